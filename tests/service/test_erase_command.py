"""`ivr erase` on a service that runs, and beside one that does not: down to the bytes of every file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from running import action
from serving import Serve, until

NUMBER, OTHER = "+15005550187", "+15005550188"
SID, AGAIN, THEIRS = "CA" + "a" * 32, "CA" + "b" * 32, "CA" + "c" * 32


def call(serve: Serve, sid: str, caller: str, *keys: str, over: bool = True) -> None:
    """A call with these keys, to its end."""
    reply = serve.post("/voice", CallSid=sid, From=caller)
    for key in keys:
        reply = serve.post(action(reply), CallSid=sid, From=caller, Digits=key)
    if over:
        serve.post("/voice/status", CallSid=sid, From=caller, CallStatus="completed")


def written(serve: Serve, sid: str) -> bool:
    """Whether the end of a call is in the log."""
    return any(sid in line and "going-on" not in line for line in serve.run("calls").stdout.splitlines())


def files_with(folder: Path, *wanted: bytes) -> list[str]:
    """The files that have any of it in their bytes."""
    files = [path for path in folder.rglob("*") if path.is_file() and "versions" not in path.parts]
    return [path.name for path in files if any(one in path.read_bytes() for one in wanted)]


@pytest.mark.long
def test_erased_while_the_service_runs_and_while_it_does_not(serve: Callable[..., Serve], tmp_path: Path) -> None:
    """Nothing of the caller is in any file, the other call is whole, and the number is printed nowhere."""
    made = serve()
    traces = NUMBER[2:].encode(), SID.encode(), AGAIN.encode()
    call(made, SID, NUMBER, "2", "1", "4021")
    call(made, THEIRS, OTHER, "2", "1", "4022")
    until(lambda: written(made, SID) and written(made, THEIRS))
    assert files_with(tmp_path / "var", *traces)

    call(made, AGAIN, NUMBER, "2", over=False)
    refused = made.run("erase", NUMBER)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "1 call from …0187 that goes on right now; nothing was erased" in refused.stderr
    assert written(made, SID)

    rest = made.run("erase", NUMBER, "--now")
    assert rest.returncode == 1
    assert "Not erased: 1 call that goes on right now" in rest.stdout
    assert not written(made, SID)

    made.post("/voice/status", CallSid=AGAIN, From=NUMBER, CallStatus="completed")
    until(lambda: written(made, AGAIN))
    would = made.run("erase", NUMBER, "--dry-run")
    assert would.returncode == 0
    assert written(made, AGAIN)
    erased = made.run("erase", NUMBER)
    assert (erased.returncode, erased.stderr) == (0, ""), erased.stdout
    assert erased.stdout.endswith(": 0 found\n")
    assert files_with(tmp_path / "var", *traces) == []
    assert written(made, THEIRS)
    assert "4022" in made.run("calls", THEIRS).stdout

    call(made, SID[:-1] + "d", NUMBER, "2")
    until(lambda: written(made, SID[:-1] + "d"))
    made.stop()
    assert files_with(tmp_path / "var", *traces)
    erased = made.run("erase", NUMBER)
    assert (erased.returncode, erased.stderr) == (0, ""), erased.stdout
    assert files_with(tmp_path / "var", *traces, SID[:-1].encode() + b"d") == []
    for said in (refused, rest, would, erased):
        assert not re.search(r"\d{10}", said.stdout + said.stderr)
    assert NUMBER[2:] not in made.text()


def test_what_is_no_number(serve: Callable[..., Serve], tmp_path: Path) -> None:
    """It says what one is, and touches nothing."""
    made = Serve(tmp_path)
    answer = made.run("erase", "5005550187")
    assert answer.returncode == 2
    assert "such as +15005550006" in answer.stderr
