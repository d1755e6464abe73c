"""`ivr publish`, `versions`, `rollback`, `promote`, `retire`, `diff`: what they print, and how they end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from running import LINE

from ivr.cli import ivr, main
from ivr.cli.log_database import log_database

OTHER = LINE.replace("1 -> number", "1 -> agents").replace("2 -> agents", "2 -> number")


class Shell:
    """Commands on a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "menus" / "test.yaml"
        self._given = {"IVR_DATA": str(folder / "data"), "IVR_MENUS": str(self.file.parent)}
        self.file.parent.mkdir()
        self.write(LINE)

    def write(self, text: str) -> None:
        """The menu file."""
        self.file.write_text(text, "utf-8")

    def run(self, *words: object) -> Result:
        """A command that ends in a line, and never in a trace."""
        done = CliRunner().invoke(ivr, [str(word) for word in words], env=self._given)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done

    def said(self, *words: object) -> str:
        """What a command says that works."""
        done = self.run(*words)
        assert done.exit_code == 0, done.output
        return done.stdout


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """An empty one; the environment's own settings are none of its."""
    for name in ("REDIS_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return Shell(tmp_path)


def test_a_line_from_its_first_version_to_its_last(shell: Shell) -> None:
    """Published, compared, tried out, given to all, taken back, retired: each says so, and `versions` keeps it."""
    assert re.fullmatch(r"test is live as version [0-9a-f]{12}\n", shell.said("publish", shell.file, "--why", "first"))
    assert shell.said("diff", "test").endswith(": 0 changes\n")
    shell.write(OTHER)
    assert shell.said("diff", "test").splitlines()[1:] == [
        "key 1 of main: “To enter a number” now goes to agents, and no longer to number",
        "key 2 of main: “To talk to us” now goes to number, and no longer to agents",
    ]
    assert shell.said("diff", shell.file) == shell.said("diff", "test")
    assert "is tried out on 12.5 % of callers" in shell.said("publish", shell.file, "--share", "12.5%")
    compared = shell.said("versions", "test", "--compare")
    assert "Nothing is judged before" in compared
    assert re.search(r"since 20\S+-0[56]:00, beside", compared)  # by the line's own clock
    assert "(before: " in shell.said("promote", "test", "--why", "it does well")
    rows = [row.split() for row in shell.said("versions", "test").splitlines()]
    assert [row[2] for row in rows] == ["promoted", "tried", "published"]
    assert "live" in rows[0]
    old, new = rows[2][0], rows[0][0]
    changes = json.loads(shell.said("diff", old[:6], new[:6], "--format", "json"))["changes"]
    assert [(it["kind"], it["key"], it["callers_a_week"]) for it in changes] == [
        ("leads", "menu.1", None), ("leads", "menu.2", None),
    ]  # fmt: skip
    assert f"test is live as version {old} (before: {new})" in shell.said("rollback", "test")
    assert f"version {new} (before: {old})" in shell.said("rollback", "test", "--to", new[:4], "--why", "after all")
    assert "its numbers are free" in shell.said("retire", "test")
    assert re.match(r"\S+  20\S+-0[56]:00  retired ", shell.said("versions", "test"))  # still by its own clock
    assert new in shell.said("rollback", "test")


NOT_DONE = [
    ("versions nosuch", 1, "no line nosuch was ever published"),
    ("versions test --compare", 1, "no version of test is being tried out"),
    ("rollback test", 1, "has no version before this one"),
    ("rollback test --to xyz", 1, "is no version"),
    ("promote test", 1, "being tried out"),
    ("retire nosuch", 1, "no line nosuch was ever published"),
    ("diff nosuch", 2, "no line nosuch is live; there are test"),
    ("diff test ffff", 2, "there is no version ffff"),
    ("diff test \N{SNOWMAN}", 2, "is no version"),
    ("publish FILE --force", 2, "needs its reason"),
    ("publish FILE --share 0%", 2, "is no share"),
    ("publish FILE --share 100%", 2, "is no share"),
    ("publish FILE --share 10%", 1, "live version already"),
]


def test_what_cannot_be_done_is_said(shell: Shell) -> None:
    """In a line, with the exit code of its kind; nothing is changed."""
    shell.said("publish", shell.file)
    before = shell.said("versions", "test")
    for words, code, said in NOT_DONE:
        done = shell.run(*(shell.file if word == "FILE" else word for word in words.split()))
        assert (words, done.exit_code, said in done.output) == (words, code, True), done.output
    assert shell.said("versions", "test") == before


def test_any_file_gets_problems_and_no_trace(shell: Shell) -> None:
    """Whatever is to be published or compared."""
    shell.said("publish", shell.file)
    before = shell.said("versions", "test")
    for data in (b"", b"\xff\xfe\x00", b"line: a\nsteps: [", b"- \n" * 50, b"line: *a\n"):
        shell.file.write_bytes(data)
        for words in (("publish", shell.file, "--force", "--why", "now"), ("diff", shell.file), ("diff", "test")):
            assert shell.run(*words).exit_code == 1
    assert shell.said("versions", "test") == before


def test_what_no_disk_takes_is_a_line_and_no_trace(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that is too long for any file, wherever a file may be meant: exit 2, and what the disk says."""
    monkeypatch.setenv("IVR_DATA", str(shell.file.parent.parent / "data"))
    for command in ("check", "draw", "diff", "hours", "prompts", "publish", "replay"):
        monkeypatch.setattr("sys.argv", ["ivr", command, "x" * 4096])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr().err.splitlines()
        assert (command, ended.value.code) == (command, 2)
        assert "File name too long" in told[-1] or "does not exist" in told[-1], told


def test_what_is_wrong_beside_the_database_is_not_laid_to_it(tmp_path: Path) -> None:
    """A reader of the output who has enough, a file that cannot be written: the command's, or `main`'s, to tell."""
    with pytest.raises(BrokenPipeError), log_database(f"sqlite:///{tmp_path}/a.db", "hours"):
        raise BrokenPipeError
    with pytest.raises(SystemExit), log_database(f"sqlite:///{tmp_path}/a.db/b.db", "hours"):
        pass


@pytest.mark.long
def test_scripted_calls_stand_between_a_file_and_its_callers(shell: Shell) -> None:
    """One that fails shows what differs and refuses; with force and a reason it goes live, and both are kept."""
    script = shell.said("call", shell.file, "--keys", "hangup", "--at", "2026-07-01T10:00")
    shell.file.with_name("welcome.call").write_text(script, "utf-8")
    shell.said("publish", shell.file)
    shell.write(LINE.replace("Welcome.", "Hello."))
    done = shell.run("publish", shell.file)
    assert done.exit_code == 1
    assert "-en-US  Welcome.\n+en-US  Hello." in done.output
    assert "1 of 1 scripted calls failed" in done.output
    assert "is live as version" in shell.said("publish", shell.file, "--force", "--why", "a new day")
    assert "forced, although 1 of 1 scripted calls failed: a new day" in shell.said("versions", "test")
