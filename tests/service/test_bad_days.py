"""Bad days: the database away or refusing, the disk full, files meant to hurt; each named, and no call the worse."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from xml.etree import ElementTree

import httpx
import pytest
from running import LINE, Running, action, running, words
from serving import IVR, Serve, until
from test_watching import figures

from ivr.store.backlog import Backlog
from ivr.store.call_log import Entry
from ivr.store.calls import log_key, partition
from ivr.store.client import connect
from ivr.store.embedded import Embedded, attach
from ivr.store.streams import CROWDED

KEYS = ("2", "1", "4021", "1", "4022")


def ready(service: Serve) -> dict[str, object]:
    """What /readyz says."""
    return dict(httpx.get(f"http://127.0.0.1:{service.port}/readyz", timeout=30).json())


def metric(service: Serve, name: str) -> float:
    """A figure of /metrics."""
    return figures(httpx.get(f"http://127.0.0.1:{service.port}/metrics", timeout=30).text)[name,]


def seqs(database: Path, sid: str) -> list[int]:
    """The numbers of a call's records in SQL."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT seq FROM records WHERE call_sid = ? ORDER BY seq", (sid,))
        return [seq for (seq,) in found]


def whole_call(service: Serve, sid: str) -> None:
    """A call with KEYS, every answer of which is a step of the menu."""
    reply = service.post("/voice", CallSid=sid)
    for key in KEYS:
        assert reply.status_code == 200
        reply = service.post(action(reply), CallSid=sid, Digits=key)
    assert "Usted marcó 4 0 2 2" in words(reply)


@pytest.mark.long
def test_with_sqlite_locked_calls_go_on_and_are_written_later(serve: Callable[..., Serve]) -> None:
    """Somebody holds the database: the records wait and are counted, and each is there once when it is free."""
    service = serve()
    database = service.folder / "var" / "touchtone.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        for number in range(5):
            whole_call(service, f"CA{number}")
        until(lambda: "the database; records wait in Redis: it is away (OperationalError" in service.text())
        assert metric(service, "touchtone_log_records_waiting") == 5 * 6
        told = ready(service)
        assert (told["ready"], told["waiting"], told["alarm"]) == (True, 30, False)
        holder.execute("ROLLBACK")
    until(lambda: all(seqs(database, f"CA{number}") == [1, 2, 3, 4, 5, 6] for number in range(5)))
    until(lambda: metric(service, "touchtone_log_records_waiting") == 0)
    assert "is back, after" in service.text()


def test_too_many_records_that_wait_are_an_alarm(service: Running) -> None:
    """With more in Redis than should wait, /readyz and /metrics say so; calls are answered all the same."""
    pipeline = service.redis.pipeline(transaction=False)
    for _ in range(CROWDED + 1):
        pipeline.xadd(log_key(3), {"sid": "CA1", "record": "x"})
    pipeline.execute()
    told = httpx.get(f"{service.url}/readyz", timeout=30)
    assert (told.status_code, told.json()["waiting"], told.json()["alarm"]) == (200, CROWDED + 1, True)
    assert figures(httpx.get(f"{service.url}/metrics", timeout=30).text)["touchtone_log_alarm",] == 1
    assert words(service.post("/voice", CallSid="CA2")).startswith("Welcome.")
    service.redis.delete(log_key(3))
    assert httpx.get(f"{service.url}/readyz", timeout=30).json()["alarm"] is False


def test_records_on_this_machines_disk_are_counted_and_an_alarm(service: Running) -> None:
    """What was moved from Redis to disk is told by /readyz and /metrics, and among what waits, until it is written."""
    backlog = Backlog(service.settings.data)
    backlog.add([Entry(log_key(3), b"1-0", "CA1", b"x"), Entry(log_key(3), b"2-0", "CA1", b"x")])
    service.redis.xadd(log_key(3), {"sid": "CA1", "record": "x"})
    told = httpx.get(f"{service.url}/readyz", timeout=30).json()
    assert (told["ready"], told["waiting"], told["on_disk"], told["alarm"]) == (True, 3, 2, True)
    there = figures(httpx.get(f"{service.url}/metrics", timeout=30).text)
    names = ("records_waiting", "records_on_disk", "alarm")
    assert [there[f"touchtone_log_{name}",] for name in names] == [3, 2, 1]
    with backlog.oldest() as kept:
        assert kept
        backlog.remove(kept.name)
    assert httpx.get(f"{service.url}/readyz", timeout=30).json()["alarm"] is False


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """IVR_DATA on a disk of 24 MB, where this user may mount one."""
    folder = tmp_path / "var"
    folder.mkdir()
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(folder)], capture_output=True)
    except OSError:
        pytest.skip("there is no mount")
    if done.returncode:
        pytest.skip("mounting a small disk takes more rights than this user has")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(path: Path) -> None:
    """Writes until the disk takes no byte more."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    for size in (1 << 16, 1):
        with suppress(OSError):
            while True:
                os.write(descriptor, b"x" * size)
    os.close(descriptor)


@pytest.mark.long
def test_a_full_disk_is_survived(small_disk: Path, serve: Callable[..., Serve]) -> None:
    """Valkey, the spool and SQLite can write nothing: it is named, calls go on, and all is well with room again."""
    service = serve()
    first = service.post("/voice", CallSid="CAfull")
    until(lambda: seqs(small_disk / "touchtone.db", "CAfull") == [1])
    _fill(small_disk / "filler")
    reply = first
    heard = []
    end = time.monotonic() + 60
    while "the spool under IVR_DATA takes nothing" not in service.text() and time.monotonic() < end:
        # Spanish, then to a number and back again, for as long as Valkey believes that it writes.
        key = ("1", "4021")[(len(heard) - 1) % 2] if heard else "2"
        reply = service.post(action(reply), CallSid="CAfull", Digits=key)
        assert reply.status_code == 200
        heard.append(words(reply))
        time.sleep(0.1)
    said = service.text()
    assert "the spool under IVR_DATA takes nothing" in said
    assert "Traceback" not in said
    assert len(heard) > 1
    assert "Para marcar un número" in heard[0]
    assert not [text for text in heard if "apolog" in text.lower() or "disculp" in text.lower()]
    (small_disk / "filler").unlink()
    until(lambda: ready(service)["redis"])
    whole_call(service, "CAafter")
    until(lambda: seqs(small_disk / "touchtone.db", "CAafter") == [1, 2, 3, 4, 5, 6])
    assert service.stop() == 0


@pytest.mark.long
def test_what_sql_refuses_is_listed(serve: Callable[..., Serve]) -> None:
    """A record that cannot be written is named in the log, and `ivr calls --set-aside` lists it with the reason."""
    service = serve()
    url = attach(service.folder / "var" / "valkey")
    assert url
    client = connect(url)
    client.xadd(log_key(partition("CAbad")), {"sid": "CAbad", "record": b"{ no record of +15005550123"})
    client.close()
    whole_call(service, "CAgood")
    until(lambda: "it is set aside in the table set_aside" in service.text())
    until(lambda: seqs(service.folder / "var" / "touchtone.db", "CAgood") == [1, 2, 3, 4, 5, 6])
    listed = service.run("calls", "--set-aside")
    assert listed.returncode == 0
    assert "CAbad" in listed.stdout
    assert "it is no JSON" in listed.stdout
    assert "15005550123" not in listed.stdout + service.text()
    assert "set aside, as they could not be written: 1" in service.run("calls").stderr


BOMBS = {
    "laughs": "line: &a [x, x]\n"
    + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
    ),
    "merges": "a: &a {x: 1}\n"
    + "".join(f"{n}: &{n} {{<<: [{', '.join([f'*{b}'] * 9)}]}}\n" for b, n in zip("abcdefgh", "bcdefghi", strict=True)),
    "itself": "line: &a [*a]\n",
    "deep": "steps: " + "[" * 200_000,
    "long": "line: " + "x" * 5_000_000,
}


@pytest.mark.parametrize("command", ["check", "publish"])
@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_is_meant_to_hurt_is_refused(tmp_path: Path, name: str, command: str) -> None:
    """Aliases that multiply, nesting without end, a giant scalar: a problem, within bounds of memory and time."""
    file = tmp_path / "bomb.yaml"
    file.write_text(BOMBS[name], "utf-8")
    bounds = lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))  # noqa: E731
    environment = os.environ | {"IVR_DATA": str(tmp_path / "var")}
    done = subprocess.run(
        [*IVR, command, str(file)], env=environment, capture_output=True, text=True, timeout=60, preexec_fn=bounds
    )
    assert done.returncode == 1, done.stderr
    assert f"{file}:" in done.stdout
    assert "Traceback" not in done.stderr


class _Inside(BaseHTTPRequestHandler):
    """A server inside that nobody is to reach; and one that is allowed, and sends people there."""

    asked: ClassVar[list[str]] = []
    inside = ""

    def do_GET(self) -> None:
        self.asked.append(self.headers["Host"] + self.path)
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", self.inside)
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


ASKING = LINE.replace("    go: told\n", "    go: asked\n").replace(
    "  told:\n",
    "  asked:\n    lookup: order\n    found: told\n    not_found: told\n    failed: sorry\n"
    "  sorry:\n    say:\n      en-US: It failed.\n      es-MX: Falló.\n    go: main\n  told:\n",
)


@pytest.mark.parametrize("path", ["moved/<number>", "other/<number>"])
def test_a_look_up_reaches_only_what_is_allowed(tmp_path: Path, valkey: Embedded, path: str) -> None:
    """Through a whole call: an allowed server that redirects to one inside, or one that is not allowed, is `failed`."""
    _Inside.asked.clear()
    local = ("127.0.0.1", 0)
    with ThreadingHTTPServer(local, _Inside) as allowed, ThreadingHTTPServer(local, _Inside) as in_:
        for server in (allowed, in_):
            Thread(target=server.serve_forever, daemon=True).start()
        _Inside.inside = f"http://127.0.0.1:{in_.server_port}/secret"
        base = allowed if path.startswith("moved") else in_
        url = f"http://localhost:{base.server_port}/{path}"
        lookup = f"lookups:\n  order:\n    get: {url}\n    gives: {{status: text}}\nsteps:\n"
        text = ASKING.replace("steps:\n", lookup, 1)
        hosts = frozenset({f"localhost:{allowed.server_port}"})
        with running(tmp_path, valkey.url, {"test.yaml": text}, lookup_hosts=hosts) as service:
            reply = service.post("/voice", CallSid=f"CA{path[:5]}")
            for key in ("1", "1", "4021"):
                reply = service.post(action(reply), CallSid=f"CA{path[:5]}", Digits=key)
            for _ in range(3):
                if "It failed." in words(reply):
                    break
                # A machine that is busy says its filler first, and asks in the next webhook.
                onward = ElementTree.fromstring(reply.text).findtext("Redirect", "")
                reply = service.post(httpx.URL(onward).raw_path.decode(), CallSid=f"CA{path[:5]}")
            assert "It failed." in words(reply)
        for server in (allowed, in_):
            server.shutdown()
    assert not [host for host in _Inside.asked if f":{in_.server_port}" in host]
    assert len(_Inside.asked) == (1 if path.startswith("moved") else 0)
