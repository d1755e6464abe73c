"""`ivr test` as people type it: scripts that pass, differ, do not fit, are rewritten, and cannot be run."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import stat
import struct
import subprocess
import termios
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from running import LINE
from test_commands import IVR
from test_commands import ivr as ivr_process

from ivr.cli import ivr as commands
from ivr.cli.scripted import Placed, run_all
from ivr.phone.scripts import read_script_file
from ivr.switchboard.menu_folder import check_files

HTTP = (
    LINE.replace(
        "steps:\n",
        "lookups:\n  booking:\n    get: https://api.example.com/<number>\n"
        "    gives: {status: text, due: money, leaves: date}\nsteps:\n",
    )
    .replace(
        "go: told",
        "go: look\n  look:\n    lookup: booking\n    found: told\n    not_found: number\n    failed: agents",
    )
    .replace("You entered <number>.", "It is <booking.status>, <booking.due> for <booking.leaves>.")
    .replace("Usted marcó <number>.", "Es <booking.status>, <booking.due> para <booking.leaves>.")
)
FOUND = "booking: found status=open due=12.5 leaves=2026-07-03"
AT = "2026-07-01T10:00"
TERMINAL = {"TERM": "xterm-256color", "COLUMNS": "300"}


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def ivr(*command: str) -> Done:
    """The command, in this process: a second for each of its own would be most of what these tests take."""
    result = CliRunner().invoke(commands, command)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def line(folder: Path, text: str = LINE) -> Path:
    """A menu file in the folder."""
    (folder / "test.yaml").write_text(text, "utf-8")
    return folder / "test.yaml"


def recorded(menu: Path, name: str, keys: str, *options: str) -> Path:
    """What `ivr call` prints, saved as a script."""
    done = ivr("call", str(menu), "--at", AT, "--keys", keys, *options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    path = menu.parent / name
    path.write_text(done.stdout, "utf-8")
    return path


@pytest.mark.long
def test_a_session_pasted_is_a_test(tmp_path: Path) -> None:
    """What a call prints passes: keys, barge-in, silence, dialled parties, recordings, faked look-ups, hang-ups."""
    menu = line(tmp_path, HTTP)
    recorded(menu, "a.call", "early:2 1 4021 silence hangup", "--lookup", FOUND)
    recorded(menu, "b.call", "1 1 4021 4022 4023 no-answer speak:8:#", *["--lookup", "booking: not_found"] * 2,
             "--lookup", "booking: failed")  # fmt: skip
    (tmp_path / "below").mkdir()
    recorded(menu, "below/c.call", "silence 2 2 answered:45:hangup", "--from", "anonymous")
    recorded(menu, "below/.hidden.call", "hangup").write_text("nothing", "utf-8")
    assert "lookup booking: not_found\n" in (tmp_path / "b.call").read_text("utf-8")
    for options, settings in (([str(tmp_path)], {}), ([], {"IVR_MENUS": str(tmp_path)})):
        done = ivr_process("test", *options, **settings)
        assert (done.returncode, done.stdout, done.stderr) == (0, "3 passed, 0 failed\n", "")


def test_a_difference_is_shown_and_the_others_pass(tmp_path: Path) -> None:
    """Minus is what the script says, plus what was heard, with the file's name and line; exit 1."""
    menu = line(tmp_path)
    differs = recorded(menu, "a.call", "1 hangup")
    recorded(menu, "b.call", "1 1 4021 hangup")
    line(tmp_path, LINE.replace("To leave a message", "To leave us a message"))
    recorded(menu, "b.call", "1 1 4021 hangup")
    done = ivr("test", str(tmp_path))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        f"--- {differs} -expected\n+++ {differs} +heard\n@@ -9,6 +9,6 @@\n"
        " > 1\n en-US  To enter a number, press 1.\n en-US  To talk to us, press 2.\n"
        "-en-US  To leave a message, press 3.\n+en-US  To leave us a message, press 3.\n"
        " > hangup\n hangup by the caller\n1 passed, 1 failed\n"
    )


def test_update_rewrites_only_what_differs(tmp_path: Path) -> None:
    """New words take the place of old ones, comments stay, and what passes is not touched; then all pass, exit 0."""
    menu = line(tmp_path)
    same, differs = recorded(menu, "a.call", "hangup"), recorded(menu, "b.call", "1 hangup")
    differs.write_text(
        differs.read_text("utf-8").replace("line:", "# Why.\nline:").replace("> 1", "# Here.\n> 1"), "utf-8"
    )
    line(tmp_path, LINE.replace("To leave a message", "To leave us a message"))
    before = same.stat().st_mtime_ns
    done = ivr("test", str(tmp_path), "--update")
    assert (done.returncode, done.stdout) == (0, f"rewritten: {differs}\n2 passed, 0 failed\n")
    assert same.stat().st_mtime_ns == before
    text = differs.read_text("utf-8")
    assert text.startswith("# Why.\nline: test.yaml\n")
    assert "# Here.\n> 1\n" in text
    assert "To leave us a message, press 3." in text
    assert ivr("test", str(differs)).returncode == 0


def test_update_completes_what_was_only_begun(tmp_path: Path) -> None:
    """A header and what the caller does are enough; where that runs out, the caller hangs up."""
    line(tmp_path, HTTP)
    script = tmp_path / "a.call"
    script.write_text(
        f"line: test\nfrom:\nto: +15005550001\nat: {AT}\n\n> 1\n> 1\n>4021\nlookup {FOUND}\n> 2\n", "utf-8"
    )
    done = ivr("test", str(script))
    assert done.returncode == 1
    assert (
        f'{script}:10: the script ends, and the call goes on; write what happens then, such as "> answered 30 s"'
        in (done.stdout)
    )
    assert ivr("test", str(script), "--update").returncode == 0
    text = script.read_text("utf-8")
    assert "> 4021\nlookup booking: found status=open due=12.5 leaves=2026-07-03\nen-US  It is open, 12.50" in text
    assert text.endswith("> 2\ndial   +15005550150\n> answered 30 s\nen-US  Goodbye.\nhangup by the line\n")


MISFITS = [
    ("hangup by the caller\n", "> 1\nhangup by the caller\n", ':{end}: the call is over before this: "> 1"'),
    ("> 4021\n", "> speak 3 s\n> 4021\n", ":{here}: 'speak 3 s' does not fit a prompt for keys"),
    ("hangup by", "lookup booking: failed\nhangup by", ':{end}: no look-up asked for this: "lookup booking: failed"'),
    (f"lookup {FOUND}\n", "", ': the look-up "booking" asks a server, which no script does; write "lookup booking: …"'),
    ("due=12.5 ", "", ':{fake}: "booking" has no value "due"; write found status=TEXT due=MONEY leaves=DATE'),
    ("due=12.5", "due=much", ':{fake}: due="much": it is no number; "booking" gives a money there'),
    ("status=open", "status=open seat=4A", ':{fake}: "booking" does not give "seat"; write found status=TEXT'),
    ("lookup booking: ", "lookup bokings: ", ':{fake}: test has no look-up "bokings"; it has booking'),
    ("> 4021\n", "> one\n", ":{here}: 'one' is nothing a caller can do; allowed: keys"),
    ("line: test.yaml", "line: toast.yaml", ':1: there is no menu file "toast.yaml"; write its name or path'),
]
"""What is changed in a script that passes, into what, and what is said of it then."""


def test_what_does_not_fit_is_said_where_it_stands_and_never_rewritten(tmp_path: Path) -> None:
    """A sentence with file and line; no update makes such a script pass."""
    script = recorded(line(tmp_path, HTTP), "good.call", "1 1 4021 hangup", "--lookup", FOUND)
    text = script.read_text("utf-8")
    rows = text.splitlines()
    numbers = {"end": len(rows), "here": rows.index("> 4021") + 1, "fake": rows.index("> 4021") + 2}
    texts = {tmp_path / f"{at}.call": text.replace(old, new, 1) for at, (old, new, _) in enumerate(MISFITS)}
    for path, changed in texts.items():
        assert changed != text
        path.write_text(changed, "utf-8")
    for options in ([], ["--update"]):
        done = ivr("test", str(tmp_path), *options)
        told = done.stdout.splitlines()
        assert (done.returncode, told[-1]) == (1, f"1 passed, {len(MISFITS)} failed")
        for (path, changed), (_, _, said) in zip(texts.items(), MISFITS, strict=True):
            assert [row for row in told if row.startswith(f"{path}{said.format(**numbers)}")], (path, done.stdout)
            assert path.read_text("utf-8") == changed


def test_a_dialled_party_that_the_script_forgets(tmp_path: Path) -> None:
    """Where the line dials and the next act is none of that, the script says so; update writes an answer."""
    script = recorded(line(tmp_path), "a.call", "1 2 busy silence")
    text = script.read_text("utf-8").replace("> busy\n", "")
    script.write_text(text, "utf-8")
    done = ivr("test", str(script))
    number = text.splitlines().index("> silence") + 1
    assert f'{script}:{number}: the line dials before this; write what becomes of it, such as "> answered 30 s"' in (
        done.stdout
    )


def test_a_menu_with_errors_fails_its_scripts_and_no_others(tmp_path: Path) -> None:
    """The problems are told as `ivr check` does, and nothing of such a script is rewritten."""
    scripts = []
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
        scripts.append(recorded(line(tmp_path / name), "a.call", "1 hangup"))
    line(tmp_path / "bad", LINE.replace("go: main", "go: mian"))
    text = scripts[1].read_text("utf-8")
    done = ivr("test", str(tmp_path), "--update")
    assert done.returncode == 1
    assert f"{tmp_path}/bad/test.yaml:14:9: error unknown-step" in done.stdout
    assert (
        f"{scripts[1]}: {tmp_path}/bad/test.yaml has errors, so nobody can call it\n1 passed, 1 failed\n" in done.stdout
    )
    assert scripts[1].read_text("utf-8") == text


@pytest.mark.long
def test_scripts_of_many_lines_run_at_once_and_apart(tmp_path: Path) -> None:
    """Lines with the same name and number in several folders, tables of their own: none disturbs another."""
    table = HTTP.replace("get: https://api.example.com/<number>\n", "table: t.csv\n    where: {a: <number>}\n")
    for number in range(6):
        folder = tmp_path / str(number)
        folder.mkdir()
        menu = line(folder, table.replace("It is <booking.status>", f"Folder {number} has <booking.status>"))
        (folder / "t.csv").write_text(f"a,status,due,leaves\n4021,row {number},1,2026-07-09\n", "utf-8")
        text = f"line: {menu.name}\nfrom: +1\nto: +15005550001\nat: {AT}\n\n> 1\n> 1\n> 4021\n"
        for position in range(5):
            (folder / f"{position}.call").write_text(text, "utf-8")
    assert ivr("test", str(tmp_path), "--update").stdout.endswith("30 passed, 0 failed\n")
    for number in range(6):
        for script in (tmp_path / str(number)).glob("*.call"):
            assert f"en-US  Folder {number} has row {number}, " in script.read_text("utf-8")
    assert ivr("test", str(tmp_path)).stdout == "30 passed, 0 failed\n"


def test_a_script_that_breaks_the_test_stops_no_other(tmp_path: Path) -> None:
    """What is raised in one is its own failure, with the place; so is a service that does not come up."""
    menu = line(tmp_path)
    flow = check_files([menu]).flows["test"]
    text = recorded(menu, "a.call", "1 hangup").read_text("utf-8")
    script = read_script_file(text)
    good = [Placed(tmp_path / f"{number}.call", text, script, menu, flow) for number in range(3)]
    raising = Placed(tmp_path / "raising.call", text, script, menu, None)  # type: ignore[arg-type]
    nowhere = Placed(tmp_path / "nowhere.call", text, script, tmp_path / "nowhere.yaml", flow)
    done: list[Path] = []
    verdicts = run_all([good[0], raising, good[1], nowhere, good[2]], lambda verdict: done.append(verdict.placed.path))
    assert [verdict.passed for verdict in verdicts] == [True, False, True, False, True]
    assert "this script broke the test, AttributeError at " in verdicts[1].problems[0][1]
    assert "no service came up for it, FileNotFoundError at " in verdicts[3].problems[0][1]
    assert sorted(done) == sorted(verdict.placed.path for verdict in verdicts)


@pytest.mark.long
def test_a_terminal_sees_colours_and_a_pipe_none(tmp_path: Path) -> None:
    """On a terminal the difference is coloured and a line tells how far it is; the words are the same."""
    menu = line(tmp_path)
    recorded(menu, "a.call", "1 hangup")
    line(tmp_path, LINE.replace("To leave a message", "To leave us a message"))
    plain = ivr("test", str(tmp_path)).stdout
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 300, 0, 0))
    with subprocess.Popen(
        [*IVR, "test", str(tmp_path)], stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, env=os.environ | TERMINAL
    ) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the end of a terminal whose program has ended
            while block := os.read(ours, 65536):
                shown += block
    os.close(ours)
    assert process.returncode == 1
    text = shown.decode().replace("\r\n", "\n")
    assert "calling" in text
    assert "\x1b[32m+en-US  To leave us a message, press 3.\x1b[0m\n" in text
    assert re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).endswith(plain)
    assert "\x1b" not in plain


def test_what_cannot_be_run_exits_with_2(tmp_path: Path) -> None:
    """No such path, no scripts, a file that may not be read: one line that says so."""
    script = recorded(line(tmp_path), "a.call", "hangup")
    (tmp_path / "empty").mkdir()
    for path, said in (("nowhere", "there is no such file or folder"), ("empty", "there is no script")):
        done = ivr("test", str(script), str(tmp_path / path))
        if path == "empty":
            done = ivr("test", str(tmp_path / path))
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert said in done.stderr
    script.chmod(0)
    if os.access(script, os.R_OK):
        script.chmod(stat.S_IRUSR)
        pytest.skip("this user may read everything")
    assert ivr("test", str(script)).returncode == 2


def test_what_is_no_text_fails_alone(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 and an empty file are failures with a place; the others are run."""
    recorded(line(tmp_path), "a.call", "hangup")
    (tmp_path / "b.call").write_bytes(b"line: test.yaml\nfrom: \xff\n")
    (tmp_path / "c.call").write_bytes(b"")
    done = ivr("test", str(tmp_path))
    assert done.returncode == 1
    assert f"{tmp_path}/b.call:2: this is no text in UTF-8\n" in done.stdout
    assert f"{tmp_path}/c.call:1: a script begins with line:" in done.stdout
    assert done.stdout.endswith("1 passed, 2 failed\n")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("bookings: failed", 'test has no look-up "bookings"; it has booking'),
        ("booking: found status=open", '"booking" has no value "due"'),
        ("booking", "is no answer of a look-up"),
    ],
)
def test_call_says_what_it_cannot_fake(tmp_path: Path, option: str, said: str) -> None:
    """An answer that the line could not take is a message and exit 2."""
    done = ivr("call", str(line(tmp_path, HTTP)), "--keys", "1", "--lookup", option)
    assert done.returncode == 2
    assert said in done.stderr


def test_call_tells_of_an_answer_that_nobody_asked_for(tmp_path: Path) -> None:
    """The transcript is whole, and a line on standard error says what was left."""
    done = ivr("call", str(line(tmp_path, HTTP)), "--keys", "hangup", "--lookup", "booking: failed")
    assert (done.returncode, done.stderr) == (0, "ivr call: never used: lookup booking: failed\n")
