"""A notice set by the command reaches every worker of a service that runs, and goes again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from running import LINE
from serving import Serve, end, until

pytestmark = pytest.mark.long

SAY = ("--say", "en-US=Snow delays us.", "--say", "es-MX=La nieve nos retrasa.")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """A service with two workers, a line, and one who may close it by phone."""
    (tmp_path / "menus").mkdir()
    (tmp_path / "menus" / "test.yaml").write_text(LINE, "utf-8")
    made = Serve(tmp_path)
    made.start()
    yield made
    end(made)
    shutil.rmtree(tmp_path, ignore_errors=True)


def heard(serve: Serve) -> str:
    """What a new caller hears first."""
    return serve.post("/voice", CallSid=f"CA{uuid4().hex}").text


def all_hear(serve: Serve, words: str, *, wanted: bool = True) -> bool:
    """Whether twenty callers in a row hear the words: no worker is left that does not know."""
    return all((words in heard(serve)) == wanted for _ in range(20))


def test_every_worker_knows_and_forgets(serve: Serve) -> None:
    """Set by another process, ended by another: also while Redis has lost what it was told."""
    assert all_hear(serve, "Snow", wanted=False)
    done = serve.run("notice", "test", *SAY, "--until", "2h")
    assert done.returncode == 0, done.stderr
    until(lambda: all_hear(serve, "Snow delays us."))
    number = done.stdout.rstrip().rpartition("ivr notice end ")[2].split()[0]
    assert serve.run("notice", "end", number).returncode == 0
    until(lambda: all_hear(serve, "Snow", wanted=False))
    assert serve.run("notice", "test", "--closed").returncode == 0
    until(lambda: all_hear(serve, "We are closed at the moment."))
    assert serve.run("notice", "test", "--say", "en-US=x").returncode == 1
    assert "is closed" in serve.run("notice", "list").stdout
    assert "closed by" in serve.run("hours", "test").stdout or "no hours" in serve.run("hours", "test").stdout
