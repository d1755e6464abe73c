"""`ivr prompts`: what it prints, what it keeps, and how it ends."""

from __future__ import annotations

import csv
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sounds import LINE, file_of, lay, spoken, voice

from ivr.cli import ivr
from ivr.switchboard.prompts import synthesis
from ivr.switchboard.prompts.manifest import read
from ivr.switchboard.prompts.synthesis import NoSynthesizerError

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `ivr prompts` on a folder of its own."""
    lay(tmp_path / "menus", {"test.yaml": LINE.encode()})
    env = {"IVR_MENUS": str(tmp_path / "menus"), "IVR_RECORDINGS": str(tmp_path / "recordings")}

    def command(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(ivr, ["prompts", *arguments], env=env | more, catch_exceptions=False)

    return command


def test_a_heap_comes_in_and_is_listed(run: Run, tmp_path: Path) -> None:
    """What fits is kept, the script then leaves it out, and the list has its true seconds."""
    heap = lay(tmp_path / "in", {"en-US/end.say.wav": spoken(), "en-US/main.menu.1.flac": spoken(), "readme": b"x"})
    tried = run("import", str(heap), "--dry-run")
    assert (tried.exit_code, "nothing imported: this was a dry run" in tried.stderr) == (0, True)
    assert not (tmp_path / "recordings").exists()
    done = run("import", str(heap))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].startswith("fits     en-US/end.say.wav: en-US/test/end.say.wav, 2.2 s, from -2")
    assert "to -20.0 LUFS" in done.stdout
    assert "skipped  readme: not named as a recording" in done.stdout
    assert "2 files: 2 fit, 0 refused; 2 recordings imported into" in done.stderr
    listed = run().stdout
    assert "Test (test), en-US: 2 recorded, " in listed
    assert "  recorded   2.2 s  end.say  Come again soon.\n" in listed
    assert "  missing   ~0.8 s  end.say  Vuelva pronto.\n" in listed
    assert "  spoken    ~1.6 s  bye.say  It is <now as time>. Goodbye.\n" in listed
    assert "recorded " not in run("test", "--missing").stdout.replace("en-US: 2 recorded", "")
    rows = list(csv.DictReader(StringIO(run("script", str(tmp_path / "menus/test.yaml"), "--missing").stdout)))
    assert ("en-US", "end.say") not in {(row["language"], row["address"]) for row in rows}
    assert ("es-MX", "end.say") in {(row["language"], row["address"]) for row in rows}


def test_one_bad_file_keeps_the_heap_out(run: Run, tmp_path: Path) -> None:
    """Each file has its line; nothing is imported, and the exit code is 1."""
    files = {
        "en-US/end.say.wav": spoken(),
        "en-US/main.menu.1.wav": b"no audio at all",
        "en-US/main.menu.9.wav": spoken(),
        "en-US/main.no_input.wav": file_of(voice(2, loud=0.0001), subtype="PCM_24"),
    }
    done = run("import", str(lay(tmp_path / "in", files)))
    assert done.exit_code == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "fits     en-US/end.say.wav",
        "refused  en-US/main.menu.1.wav",
        "refused  en-US/main.menu.9.wav",
        "refused  en-US/main.no_input.wav",
    ]
    assert "4 files: 1 fit, 3 refused; nothing imported: mend or take away what is refused" in done.stderr
    assert not (tmp_path / "recordings").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["tset"], 2, 'there is no line "tset"'),
        (["script", "none.yaml"], 2, "no such file"),
        (["import", "none"], 2, "does not exist"),
        (["import", "{empty}"], 1, "0 files: 0 fit, 0 refused; nothing imported: nothing to keep"),
        (["script", "--out", "{empty}/no/script.csv"], 2, "No such file"),
        (["--format"], 2, "No such option"),
        (["list", "broken.yaml"], 2, "no such file"),
    ],
)
def test_what_cannot_be_done_is_told(run: Run, tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    """One line, and an exit code; never a trace."""
    (tmp_path / "empty").mkdir()
    done = run(*(one.format(empty=tmp_path / "empty") for one in arguments))
    assert (done.exit_code, said in done.stderr) == (code, True), done.output


def test_menus_with_errors_and_broken_manifests_are_told(run: Run, tmp_path: Path) -> None:
    """Nothing is done on what cannot be read."""
    lay(tmp_path / "recordings", {"manifest.json": b"{"})
    assert "this is no JSON" in run().stderr
    lay(tmp_path / "menus", {"test.yaml": LINE.replace("go: end", "go: nowhere").encode()})
    done = run()
    assert (done.exit_code, "nothing done: the menus have errors" in done.stderr) == (2, True)


def test_the_page_of_the_script_is_written(run: Run, tmp_path: Path) -> None:
    """To a file if asked; how much there is to read stands on the terminal."""
    out = tmp_path / "script.html"
    done = run("script", "--format", "html", "--out", str(out))
    assert (done.exit_code, done.stdout) == (0, "")
    assert "takes, about" in done.stderr
    assert "<h2>Test (test), es-MX</h2>" in out.read_text("utf-8")


@pytest.fixture
def unpackaged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The extra `drafts` is not installed."""
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    synthesis._library.cache_clear()
    yield
    synthesis._library.cache_clear()


def synthesizer(folder: Path) -> dict[str, str]:
    """A program that is called espeak-ng, on a path where there is no other: it says two seconds, whatever it reads."""
    lay(folder, {"two.wav": file_of(voice(2, rate=22050), rate=22050), "espeak-ng": b""})
    (folder / "espeak-ng").write_text(
        f"#!/bin/sh\n{shutil.which('cat')} >/dev/null\n{shutil.which('cat')} {folder}/two.wav\n"
    )
    (folder / "espeak-ng").chmod(0o755)
    return {"PATH": str(folder)}


@pytest.mark.usefixtures("unpackaged")
def test_drafts_are_read_and_a_person_is_left_alone(run: Run, tmp_path: Path) -> None:
    """What is missing is read, what is a draft and stale is read again, what a person recorded stays, stale or not."""
    path = synthesizer(tmp_path / "bin")
    recordings = tmp_path / "recordings"
    run("import", str(lay(tmp_path / "in", {"en-US/end.say.wav": spoken(), "es-MX/end.say.wav": spoken()})))
    done = run("draft", "--only", "main.*", **path)
    assert done.exit_code == 0, done.output
    assert "6 drafts read" in done.stderr
    assert read(recordings)["en-US/test/main.menu.1.wav"].draft
    assert run("draft", "--only", "main.*", **path).stderr == "0 drafts read\n"
    changed = LINE.replace("Come again soon", "Come back soon").replace("To hear us say", "To hear us shout")
    lay(tmp_path / "menus", {"test.yaml": changed.replace("Por favor oprima", "Oprima").encode()})
    again = run("draft", "--only", "main.*", "--only", "end.*", **path)
    assert "stale    en-US/test/end.say.wav: a person's" in again.stdout
    assert [line.split("/")[-1] for line in again.stdout.splitlines() if line.startswith("read")] == [
        "main.menu.1.wav",
        "main.no_input.wav",
    ]
    assert not read(recordings)["en-US/test/end.say.wav"].draft


@pytest.mark.long
@pytest.mark.usefixtures("unpackaged")
def test_drafts_of_what_is_gone_are_removed(run: Run, tmp_path: Path) -> None:
    """Only drafts, and only where all lines were looked at."""
    path = synthesizer(tmp_path / "bin")
    run("draft", **path)
    less = LINE.replace("Por favor oprima una tecla", "Una tecla").replace("no_input:", "no_match:")
    lay(tmp_path / "menus", {"test.yaml": less.encode()})
    assert "unused: es-MX/test/main.no_input.wav: no line has a prompt for it any more" in run().stdout
    assert "removed  es-MX/test/main.no_input.wav" in run("draft", **path).stdout
    assert not (tmp_path / "recordings/es-MX/test/main.no_input.wav").exists()


@pytest.mark.usefixtures("unpackaged")
def test_without_a_synthesizer_it_is_told(run: Run, tmp_path: Path) -> None:
    """One line that names it, exit 2, nothing written."""
    done = run("draft", PATH="/nonexistent")
    assert done.exit_code == 2
    tried = "(try: pip install 'touchtone[drafts]', or apt-get install espeak-ng)"
    assert done.stderr == f"ivr prompts: there is no synthesizer {tried}\n"
    assert not (tmp_path / "recordings").exists()


def reads_both_languages(run: Run, tmp_path: Path, path: str) -> None:
    """Each language in its voice, at the loudness of every recording."""
    done = run("draft", "--only", "end.say", PATH=path)
    assert done.exit_code == 0, done.output
    entries = read(tmp_path / "recordings")
    assert set(entries) == {"en-US/test/end.say.wav", "es-MX/test/end.say.wav"}
    assert all(0.5 < (entry.seconds or 0) < 3 for entry in entries.values())


@pytest.mark.skipif(not find_spec("espeakng_loader"), reason="the extra `drafts` is not installed")
def test_the_extra_brings_the_synthesizer_whole(run: Run, tmp_path: Path) -> None:
    """No program is needed; a voice that there is not is told."""
    reads_both_languages(run, tmp_path, "/nonexistent")
    with pytest.raises(NoSynthesizerError, match="espeak-ng has no voice xx-none"):
        synthesis.read("<speak>x</speak>", "xx-none")


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
@pytest.mark.usefixtures("unpackaged")
def test_the_real_program_reads(run: Run, tmp_path: Path) -> None:
    """Where the extra is not installed, the system's program reads."""
    reads_both_languages(run, tmp_path, os.environ["PATH"])
