"""Recordings brought in: which text a file is for, and that all are kept or none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import pytest
from sounds import LINE, file_of, flows_of, lay, spoken, texts, voice

from ivr.switchboard.prompts.bringing import Judged, drop, judge, judge_folder, keep
from ivr.switchboard.prompts.manifest import ManifestError, read
from ivr.switchboard.prompts.naming import text_named
from ivr.switchboard.prompts.texts import PromptText
from ivr.switchboard.prompts.unfit import UnfitError

OTHER = LINE.replace("line: Test", "line: Other").replace("+15005550001", "+15005550002").replace("end", "finish")


@pytest.fixture
def known(tmp_path: Path) -> list[PromptText]:
    """The texts of a line in two languages."""
    return texts(flows_of(tmp_path / "menus", {"test.yaml": LINE}).values())


@pytest.fixture
def both(tmp_path: Path) -> list[PromptText]:
    """The texts of two lines."""
    return texts(flows_of(tmp_path / "menus", {"test.yaml": LINE, "other.yaml": OTHER}).values())


NAMES: Mapping[str, tuple[str, str, str]] = {
    "en-US/main.menu.1.wav": ("", "en-US/test/main.menu.1.wav", ""),
    "es-MX/main.no_input.2.wav": ("", "es-MX/test/main.no_input.2.wav", ""),
    "ES-mx/take 3/main.menu.1.FLAC": ("", "es-MX/test/main.menu.1.wav", ""),
    "main.menu.1.wav": ("es-MX", "es-MX/test/main.menu.1.wav", ""),
    "en-US/main.menu.1.mp3": ("es-MX", "en-US/test/main.menu.1.wav", ""),
    "end.say.wav": ("", "", "in which language"),
    "en-US/main.menu.7.wav": ("", "", 'did you mean "main.menu.1"'),
    "en-US/bye.say.wav": ("", "", "hold a value, <now as time>"),
    "es-MX/service.yes_no.wav": ("", "", "no address of a prompt"),
    "fr-CA/end.say.wav": ("fr-CA", "", "no line speaks fr-CA"),
    "notes.txt": ("", "", ""),
}


@pytest.mark.parametrize(("name", "language", "path", "why"), [(name, *rest) for name, rest in NAMES.items()])
def test_a_file_is_for_the_text_of_its_name(
    known: list[PromptText], name: str, language: str, path: str, why: str
) -> None:
    """The address, in the folder of its language; what is ambiguous or unknown is told so."""
    file = PurePosixPath(name)
    if why:
        with pytest.raises(UnfitError, match=why):
            text_named(file, known, language)
    else:
        found = text_named(file, known, language)
        assert (found.path if found else "") == path


def test_an_address_of_two_lines_needs_the_line(both: list[PromptText]) -> None:
    """Its folder tells; an address that only one of them has needs none."""
    with pytest.raises(UnfitError, match="of which line"):
        text_named(PurePosixPath("en-US/main.menu.1.wav"), both)
    named = text_named(PurePosixPath("en-US/other/main.menu.1.wav"), both)
    alone = text_named(PurePosixPath("en-US/finish.say.wav"), both)
    assert (named and named.line, alone and alone.line) == ("other", "other")


def test_a_heap_is_kept_and_bound_to_its_words(tmp_path: Path, known: list[PromptText]) -> None:
    """The manifest has the words, the length and the audio's mark, and no mark of a draft; nothing else is left."""
    heap = lay(tmp_path / "in", {"en-US/end.say.wav": spoken(), "es-MX/end.say.flac": spoken(), ".DS_Store": b"x"})
    judged = judge_folder(heap, known)
    folder = tmp_path / "recordings"
    assert keep(judged, folder) == ["en-US/test/end.say.wav", "es-MX/test/end.say.wav"]
    entry = read(folder)["es-MX/test/end.say.wav"]
    assert (entry.text, entry.draft, len(entry.audio)) == ("Vuelva pronto.", False, 12)
    assert entry.seconds == pytest.approx(2.15, abs=0.02)
    left = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert left == {"manifest.json", "en-US/test/end.say.wav", "es-MX/test/end.say.wav"}


def test_two_files_for_one_text_are_told(tmp_path: Path, known: list[PromptText]) -> None:
    """Which of two takes is meant nobody can know."""
    heap = lay(tmp_path / "in", {"en-US/end.say.flac": spoken(), "en-US/end.say.wav": spoken()})
    first, second = judge_folder(heap, known)
    assert first.fits
    assert "is for the same words" in second.problem


def test_a_wrong_length_is_told(known: list[PromptText]) -> None:
    """Half a minute for four words is taken, and somebody shall listen to it; so is a value's text refused."""
    text = next(one for one in known if one.path == "en-US/test/end.say.wav")
    odd = judge(file_of(voice(30)), text, "upload")
    assert odd.fits
    assert "is it the right one" in odd.warnings[0]
    valued = next(one for one in known if one.valued)
    assert "hold a value" in judge(spoken(), valued, "upload").problem


def test_all_are_kept_or_none(tmp_path: Path, known: list[PromptText]) -> None:
    """Where the second file cannot be written, the first is as it was, in the folder and in the manifest."""
    folder = tmp_path / "recordings"
    judged = [judge(spoken(), one, one.path) for one in known if one.address == "end.say"]
    keep(judged[:1], folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    lay(folder, {"es-MX": b"a file where a folder should be"})
    again = [judge(spoken(3.0), one.text, one.file) for one in judged if one.text]
    with pytest.raises(OSError, match="es-MX"):
        keep(again, folder)
    (folder / "es-MX").unlink()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not list(folder.glob(".coming-*"))


def test_imports_at_once_lose_nothing(tmp_path: Path, known: list[PromptText]) -> None:
    """Each waits for the one before it, and writes its own into what that left."""
    folder = tmp_path / "recordings"
    judged = [judge(spoken(), one, one.path) for one in known if not one.valued][:8]
    with ThreadPoolExecutor(len(judged)) as pool:
        kept = [path for paths in pool.map(lambda one: keep([one], folder), judged) for path in paths]
    assert sorted(read(folder)) == sorted(kept) == sorted(one.text.path for one in judged if one.text)


def test_a_broken_manifest_is_not_written_over(tmp_path: Path, known: list[PromptText]) -> None:
    """What it says would be lost; the message names the file."""
    folder = lay(tmp_path / "recordings", {"manifest.json": b"[1"})
    text = next(one for one in known if one.path == "en-US/test/end.say.wav")
    with pytest.raises(ManifestError, match=r"manifest\.json: this is no JSON"):
        keep([judge(spoken(), text, "x")], folder)
    assert (folder / "manifest.json").read_bytes() == b"[1"
    assert not list(folder.rglob("*.wav"))


def test_what_is_dropped_is_gone(tmp_path: Path, known: list[PromptText]) -> None:
    """The file and its entry; the others stay."""
    folder = tmp_path / "recordings"
    judged: list[Judged] = [judge(spoken(), one, one.path) for one in known if one.address == "end.say"]
    keep(judged, folder)
    drop(["en-US/test/end.say.wav"], folder)
    assert list(json.loads((folder / "manifest.json").read_text("utf-8"))) == ["es-MX/test/end.say.wav"]
    assert [path.parent.parent.name for path in folder.rglob("*.wav")] == ["es-MX"]
