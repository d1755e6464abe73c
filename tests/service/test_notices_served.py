"""A notice set by the command, in the console or by another process reaches every worker of a service that runs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from running import LINE
from serving import Serve, end, until

from ivr.config import from_environment
from ivr.menu.team import Team
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.sql import open_engine
from ivr.switchboard.clock import utc_now
from ivr.switchboard.notice_board import NoticeBoard
from ivr.switchboard.notices import Notices

pytestmark = pytest.mark.long

PAGES = ("/", "/console", "/console/lines/test", "/reports", "/reports/flow?line=test", "/desk/live", "/people")

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


def test_from_the_console_to_every_worker_and_every_page(serve: Serve) -> None:
    """Set by the form, heard by callers of each worker, told at the top of all pages, and ended by a press."""
    people = f"http://127.0.0.1:{serve.port + 1}"
    until(lambda: "/welcome/" in serve.text() and _answers(f"{people}/healthz"), 100)
    link = re.search(r"http://\S+/welcome/\S+", serve.text())
    assert link
    with httpx.Client(timeout=30, follow_redirects=True) as browser:
        token = _token(browser.get(link[0]))
        password = {"password": "correct horse battery", "again": "correct horse battery"}
        assert browser.post(link[0], data={"csrf_token": token, **password}).status_code == 200
        page = browser.get(f"{people}/console/notices?target=test&does=say")
        words = {"words en-US": "Snow delays us.", "words es-MX": "La nieve nos retrasa."}
        form = {"csrf_token": _token(page), "target": "test", "does": "say", "lasts": "1h", **words}
        assert "plays it first until" in browser.post(f"{people}/console/notices", data=form).text
        until(lambda: all_hear(serve, "Snow delays us."))
        for path in (
            "/",
            "/console",
            "/console/lines/test",
            "/reports",
            "/reports/flow?line=test",
            "/desk/live",
            "/people",
        ):
            assert "The line test plays a notice until" in browser.get(f"{people}{path}").text, path
        page = browser.get(f"{people}/console/notices")
        number = re.findall(r"/notices/(\d+)/end", page.text)[0]
        browser.post(f"{people}/console/notices/{number}/end", data={"csrf_token": _token(page)})
        until(lambda: all_hear(serve, "Snow", wanted=False))


def test_it_ends_by_itself_on_every_worker(serve: Serve) -> None:
    """Nobody does anything: at its time no caller hears it any more."""
    settings = from_environment(serve.environment)
    engine, url = open_engine(settings.database), attach(settings.valkey_folder)
    assert url
    with connect(url, patience=20) as redis:
        board = NoticeBoard(redis, engine)
        switch = Notices(board, engine, Team, utc_now)
        words = {"en-US": "Snow delays us.", "es-MX": "La nieve nos retrasa."}
        ends = utc_now() + timedelta(seconds=8)
        switch.put("test", words, until=ends, who="a test")
        until(lambda: "Snow delays us." in heard(serve) or utc_now() > ends)
        until(lambda: all_hear(serve, "Snow", wanted=False))
        assert utc_now() >= ends
        assert switch.all(1)[0].ended_by is None
        board.close()
    engine.dispose()


def _token(page: httpx.Response) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
