"""How each text stands, what is played for it, and the studio's script."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sounds import LINE, flows_of, lay, spoken, texts

from ivr.menu import Flow
from ivr.switchboard.prompts.bringing import judge, keep
from ivr.switchboard.prompts.current import Recordings
from ivr.switchboard.prompts.manifest import read
from ivr.switchboard.prompts.script import as_csv, as_page, readings
from ivr.switchboard.prompts.standing import Standing, State, counted, standings, unused
from ivr.switchboard.prompts.texts import texts_of

PIECES = Path(__file__).parent.parent / "menu" / "ok_pieces"


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    """A line in two languages."""
    return flows_of(tmp_path / "menus", {"test.yaml": LINE})["test"]


def record(flow: Flow, folder: Path, *paths: str, seconds: float = 2.0, draft: bool = False) -> None:
    """Has these texts recorded."""
    keep([judge(spoken(seconds), one, one.path) for one in texts_of(flow) if one.path in paths], folder, draft=draft)


def stands(flow: Flow, folder: Path) -> dict[str, Standing]:
    """How each text of the line stands, by the path of its recording."""
    return {one.text.path: one for one in standings(texts_of(flow), folder)}


def test_each_text_is_recorded_draft_stale_missing_or_spoken(tmp_path: Path, flow: Flow) -> None:
    """A recording's own length where there is one; else an estimate by its words and pauses."""
    folder = tmp_path / "recordings"
    record(flow, folder, "en-US/test/main.menu.1.wav", "en-US/test/end.say.wav", seconds=3.0)
    record(flow, folder, "es-MX/test/end.say.wav", draft=True)
    changed = flows_of(tmp_path / "menus", {"test.yaml": LINE.replace("Come again soon.", "Come back soon.")})["test"]
    found = stands(changed, folder)
    states: dict[str, State] = {path: one.state for path, one in found.items() if "service" not in path}
    assert states == {
        "en-US/test/main.menu.1.wav": "recorded",
        "es-MX/test/main.menu.1.wav": "missing",
        "en-US/test/main.no_input.wav": "missing",
        "en-US/test/main.no_input.2.wav": "missing",
        "es-MX/test/main.no_input.wav": "missing",
        "es-MX/test/main.no_input.2.wav": "missing",
        "en-US/test/bye.say.wav": "spoken",
        "es-MX/test/bye.say.wav": "spoken",
        "en-US/test/end.say.wav": "stale",
        "es-MX/test/end.say.wav": "draft",
    }
    assert found["en-US/test/main.menu.1.wav"].seconds == pytest.approx(3.15, abs=0.02)
    assert found["en-US/test/end.say.wav"].was == "Come again soon."
    pause = found["en-US/test/main.no_input.2.wav"]  # four words at 150 a minute, and the pause
    assert (pause.seconds, pause.about) == (pytest.approx(4 * 60 / 150 + 2), True)
    assert counted(list(found.values()))["stale"] == 1


def test_a_recording_without_its_file_is_missing(tmp_path: Path, flow: Flow) -> None:
    """The manifest alone plays nothing."""
    folder = tmp_path / "recordings"
    record(flow, folder, "en-US/test/end.say.wav")
    (folder / "en-US/test/end.say.wav").unlink()
    assert stands(flow, folder)["en-US/test/end.say.wav"].state == "missing"
    assert Recordings(folder).of(flow) == {}


def test_only_words_that_the_line_says_are_listed(tmp_path: Path) -> None:
    """Languages that it offers, and how to enter dates if it asks for one, in the order of each language."""
    asks = LINE.replace("1 -> bye", "1 -> when") + (
        "  when:\n    ask:\n      en-US: Which day?\n      es-MX: ¿Qué día?\n    type: date\n    save: day\n"
        "    go: tongue\n"
        "  tongue:\n    language: [es-MX, en-US]\n    go: bye\n"
    )
    line = flows_of(tmp_path, {"test.yaml": asks})["test"]
    names = {(one.name, one.language) for one in texts_of(line) if one.name.startswith("service.")}
    assert ("service.language.1.es-MX", "es-MX") in names
    assert ("service.date_mdy", "en-US") in names
    for unsaid in ("service.language.2.es-MX", "service.money", "service.yes_no", "service.date_ymd"):
        assert unsaid not in {name for name, _ in names}


def test_a_piece_that_runs_twice_is_recorded_once(tmp_path: Path) -> None:
    """Its prompts have an address for each use, and the same words: one recording serves both, in other lines too."""
    shutil.copytree(PIECES, tmp_path / "menus")
    other = (tmp_path / "menus/line.yaml").read_text("utf-8").replace("+15005550006", "+15005550008")
    flows = flows_of(tmp_path / "menus", {"other.yaml": other.replace("line: A", "line: Another")})
    folder = tmp_path / "recordings"
    record(flows["line"], folder, "en-US/line/who.number.ask.wav", "en-US/line/who.say.wav")
    found = {one.text.path: one for one in standings(texts(flows.values()), folder)}
    path = "en-US/line/who.number.ask.wav"
    for use in ("line/who", "line/again", "other/who", "other/again"):
        assert found[f"en-US/{use}.number.ask.wav"].file == path
    assert found["en-US/other/who.say.wav"].state == "missing"  # the same words, but this line's own, not the piece's
    played = Recordings(folder).of(flows["other"])
    assert played == {
        (f"{use}.number.ask", 0, "en-US"): f"{path}?v={read(folder)[path].audio}" for use in ("who", "again")
    }
    record(flows["other"], folder, "en-US/other/again.number.ask.wav")
    assert stands(flows["other"], folder)["en-US/other/again.number.ask.wav"].file == "en-US/other/again.number.ask.wav"


def test_a_person_goes_before_a_draft(tmp_path: Path) -> None:
    """Where the same words are recorded twice, the person's recording is played at both addresses."""
    shutil.copytree(PIECES, tmp_path / "menus")
    flow = flows_of(tmp_path / "menus", {})["line"]
    folder = tmp_path / "recordings"
    record(flow, folder, "en-US/line/who.number.ask.wav", draft=True)
    record(flow, folder, "en-US/line/again.number.ask.wav")
    assert {one.file for one in stands(flow, folder).values() if one.file} == {"en-US/line/again.number.ask.wav"}


def test_recordings_without_a_prompt_are_unused(tmp_path: Path, flow: Flow) -> None:
    """Somebody took the step away."""
    folder = tmp_path / "recordings"
    record(flow, folder, "en-US/test/end.say.wav", "es-MX/test/main.menu.1.wav")
    less = flows_of(tmp_path / "menus", {"test.yaml": LINE.replace("  end:", "  fin:").replace("go: end", "go: fin")})
    found = standings(texts(less.values()), folder)
    # fin.say has the words of the old end.say, in the same line: that recording is played for it.
    assert list(unused(found, folder)) == []
    assert [one.shared for one in found if one.file] == [False, True]
    lay(folder / "en-US/gone", {"x.wav": b""})
    manifest = (folder / "manifest.json").read_text("utf-8")
    entry = '{\n  "en-US/gone/x.wav": {"text": "Old."},'
    (folder / "manifest.json").write_text(manifest.replace("{", entry, 1), "utf-8")
    assert list(unused(found, folder)) == ["en-US/gone/x.wav"]


def test_the_script_tells_a_studio_all_it_needs(tmp_path: Path, flow: Flow) -> None:
    """By line and language: address, words, length, notes and the file's name; the same words once; no values."""
    folder = tmp_path / "recordings"
    record(flow, folder, "en-US/test/end.say.wav", "es-MX/test/main.no_input.wav")
    twice = LINE.replace("Vuelva pronto.", "Por favor oprima una tecla.").replace(
        "Come again soon", "Come & go <pause 1s>"
    )
    changed = flows_of(tmp_path / "menus", {"test.yaml": twice})
    found = standings(texts(changed.values()), folder)
    rows = [
        row for row in csv.DictReader(StringIO(as_csv(readings(found, changed)))) if "service" not in row["address"]
    ]
    assert [(row["language"], row["address"], row["words"], row["state"], row["notes"]) for row in rows] == [
        ("en-US", "main.no_input", "Please press a key.", "missing", ""),
        ("en-US", "main.no_input", "Just press 1 [pause 2 s] now.", "missing", "said the second time"),
        ("en-US", "main.menu.1", "To hear us say goodbye, press 1.", "missing", "key 1 of main"),
        ("en-US", "end.say", "Come & go [pause 1 s] .", "stale", 'was: "Come again soon."'),
        ("es-MX", "main.no_input", "Por favor oprima una tecla.", "recorded", "also said at end.say"),
        ("es-MX", "main.no_input", "Solo oprima 1 [pause 2 s] ahora.", "missing", "said the second time"),
        ("es-MX", "main.menu.1", "Para escuchar nuestra despedida, oprima 1.", "missing", "key 1 of main"),
    ]
    assert rows[1]["file"] == "en-US/test/main.no_input.2.wav"
    left = readings(found, changed, missing=True)
    assert {one.state for one in left} == {"missing", "stale"}
    page = as_page(left)
    assert "Come &amp; go [pause 1 s] ." in page
    assert page.count("<section>") == 2
    assert "http" not in page
    body = page[page.index("<body>") : page.index("</html>")].replace("<br>", "<br/>")
    assert len(list(ElementTree.fromstring(body).iter("tr"))) == len(left) + 2
    assert "Nothing is to be read" in as_page([])
    assert ",'=1+1," in as_csv([replace(left[0], words="=1+1")])
