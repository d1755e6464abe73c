"""How `ivr serve` starts: what it can be told meanwhile, who may call meanwhile, and with what it goes on."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from running import FROM, LINE, TO, action, words
from serving import IVR, Serve, until

from ivr.store.embedded import Embedded
from ivr.store.live import Live
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions, version_of
from ivr.switchboard.lines import Lines

OTHER = LINE.replace("+15005550001", "+15005550002").replace("Welcome.", "Good day.")


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts `ivr serve`, and returns as soon as it has its handlers of signals."""
    (tmp_path / "menus").mkdir()
    (tmp_path / "menus" / "test.yaml").write_text(LINE, "utf-8")
    made = Serve(tmp_path)
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        with made.log.open("ab") as log:
            command = [*IVR, "serve", "--port", str(made.port)]
            started.append(subprocess.Popen(command, env=made.environment, stdout=log, stderr=log))
        until(lambda: _catches(started[-1].pid, signal.SIGTERM))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def _catches(pid: int, number: int) -> bool:
    mask = re.search(r"^SigCgt:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
    return bool(mask and int(mask[1], 16) >> (number - 1) & 1)


def _belonging(folder: Path) -> list[int]:
    """The pids of all processes that were started for this folder: its name is in their environment or arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            said = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            alive = (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            continue
        if alive and f"{folder}/var".encode() in said:
            found.append(int(entry.name))
    return found


MOMENTS = [0.0, 0.3, 0.7, 1.1, 1.5, 1.9, 2.3, 3.0]
"""Seconds after its beginning: importing, Valkey, tables, publishing, forking, the first calls."""


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["sigterm", "ctrl_c"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_it_can_be_stopped_at_any_moment_of_its_start(
    starting: Callable[[], subprocess.Popen[bytes]], tmp_path: Path, moment: float, number: int
) -> None:
    """SIGTERM or Ctrl-C while it imports, publishes or forks: it ends with 0, and nothing of it goes on."""
    process = starting()
    time.sleep(moment)
    process.send_signal(number)
    # On a busy machine importing alone takes its time; a worker that swallowed the signal would add 15 seconds.
    assert process.wait(14) == 0, (tmp_path / "serve.log").read_text()
    assert _belonging(tmp_path) == []


@pytest.mark.long
def test_whoever_calls_while_it_starts_hears_the_line(
    starting: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """A carrier that tries again until it gets through hears the line, and never that there is none."""
    process = starting()
    said = lambda: (tmp_path / "serve.log").read_text("utf-8")  # noqa: E731
    command = Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")
    port = int(command[command.index(b"--port") + 1])
    answers: list[str] = []
    end = time.monotonic() + 30
    while "ready:" not in said() and time.monotonic() < end:
        try:
            form = {"From": FROM, "To": TO, "CallSid": f"CA{len(answers)}"}
            answers.append(words(httpx.post(f"http://127.0.0.1:{port}/voice", data=form, timeout=15)))
        except httpx.TransportError:
            time.sleep(0.02)
    assert answers
    assert {answer.startswith("Welcome.") for answer in answers} == {True}
    process.terminate()
    assert process.wait(30) == 0


def test_it_serves_an_ipv6_address(serve: Callable[..., Serve]) -> None:
    """`--host ::1` comes to be ready, and is reached there."""
    service = serve("--host", "::1")
    assert f"ready: calls come in at http://[::1]:{service.port}/voice" in service.text()
    form = {"From": FROM, "To": TO, "CallSid": "CA1"}
    assert "Welcome." in words(httpx.post(f"http://[::1]:{service.port}/voice", data=form, timeout=15))


@pytest.mark.long
def test_what_is_no_menu_file_by_its_name_is_told(serve: Callable[..., Serve]) -> None:
    """`.yml` is named at start and on save; a file that is removed leaves its line live, and that is said."""
    service = serve("--watch", menus={"test.yaml": LINE, "other.yml": OTHER})
    menus = service.folder / "menus"
    named = f"{menus / 'other.yml'} is not served: the name of a menu file ends with .yaml"
    assert named in service.text()
    time.sleep(0.5)
    (menus / "other.yml").write_text(OTHER + "\n", "utf-8")
    until(lambda: service.text().count(named) == 2)
    (menus / "test.yaml").unlink()
    until(lambda: "test.yaml is gone; the line test stays live as it was last published" in service.text())
    assert "Welcome." in words(service.post("/voice", CallSid="CA1"))


@pytest.mark.long
def test_what_is_published_is_compiled_before_anybody_calls(serve: Callable[..., Serve]) -> None:
    """A process compiles the lines before it answers, and what is published later without a call."""
    service = serve()
    copies = service.folder / "var" / "versions"
    assert len(list(copies.iterdir())) == 1
    file = service.folder / "menus" / "test.yaml"
    file.write_text(LINE.replace("Welcome.", "Good day."), "utf-8")
    assert service.run("publish", str(file)).returncode == 0
    until(lambda: len(list(copies.iterdir())) == 2)


def test_a_caller_does_not_wait_for_another_line(tmp_path: Path) -> None:
    """Of what was published, only the line that is called has to be compiled; a lost version stops no other line."""
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")
    migrate(engine)
    versions = Versions(engine)
    live = {}
    for name, text in (("test", LINE), ("other", OTHER)):
        files = {f"{name}.yaml": text.encode()}
        live[name] = version_of(files)
        versions.publish(name, live[name], files, who="a test", why=None, at=datetime(2026, 1, 1, tzinfo=UTC))
    lines = Lines(versions, recordings=tmp_path, copies=tmp_path / "copies")
    lines.prepare(Live({"test": live["test"]}))
    found = lines.answering(TO, Live(live))
    assert found is not None
    assert found.version == live["test"]
    assert [path.stem for path in (tmp_path / "copies").iterdir()] == [live["test"]]
    found = lines.answering("+15005550002", Live({**live, "lost": "0123456789ab"}))
    assert found is not None
    assert found.version == live["other"]
    engine.dispose()


def _garbage(database: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    database.write_bytes(b"this is no database" * 1000)


def _half_migrated(database: Path) -> None:
    """As by hand, or by a tool that does not know transactions: some tables are there, and the revision is not."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.execute("DROP TABLE effects")
        connection.commit()


def _newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


@pytest.mark.long
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_garbage, "DATABASE_URL: DatabaseError: file is not a database"),
        (_half_migrated, "already exists"),
        (_newer, "9999"),
    ],
)
def test_a_database_that_cannot_be_used_stops_no_line(
    serve: Callable[..., Serve], tmp_path: Path, harm: Callable[[Path], None], said: str
) -> None:
    """Broken, half migrated, or of a newer release: named at the start; calls are answered, their records wait."""
    service = serve()
    database = tmp_path / "var" / "touchtone.db"
    assert service.stop() == 0
    kept = database.read_bytes()
    harm(database)
    service.start()
    assert said in service.text()
    assert "lines are served as they were last published here" in service.text()
    first = service.post("/voice", CallSid="CA1")
    assert words(first).startswith("Welcome.")
    assert "Para marcar un número" in words(service.post(action(first), CallSid="CA1", Digits="2"))
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    assert service.stop() == 0
    database.write_bytes(kept)
    service.start()
    until(lambda: _seqs(database) == [1, 2])


def _seqs(database: Path) -> list[int]:
    with closing(sqlite3.connect(database)) as connection:
        return [seq for (seq,) in connection.execute("SELECT seq FROM records WHERE call_sid = 'CA1' ORDER BY seq")]


def test_without_a_line_a_broken_database_is_an_error(tmp_path: Path, valkey: Embedded) -> None:
    """Where no line was ever live here there is nothing to serve: exit 2, and the database is named."""
    (tmp_path / "menus").mkdir()
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "touchtone.db").write_bytes(b"this is no database" * 1000)
    made = Serve(tmp_path)
    done = made.run("serve", "--port", str(made.port))
    assert done.returncode == 2
    assert done.stderr.startswith("ivr serve: DATABASE_URL: ")
    assert _belonging(tmp_path) == []


def test_a_migration_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    """kill -9 in the middle of a migration: the next start makes it whole."""
    url = f"sqlite:///{tmp_path}/a.db"
    program = (
        "import os, signal, sys\n"
        "from sqlalchemy import event\n"
        "from ivr.store.sql import migrate, open_engine\n"
        "engine = open_engine(sys.argv[1])\n"
        "def kill(connection, cursor, statement, *rest):\n"
        "    if 'CREATE TABLE events' in statement: os.kill(os.getpid(), signal.SIGKILL)\n"
        "event.listen(engine, 'before_cursor_execute', kill)\n"
        "migrate(engine)\n"
    )
    done = subprocess.run([*IVR[:2], program, url], capture_output=True, timeout=60, env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL, done.stderr
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM sqlite_master").all() == []
    migrate(engine)
    assert Versions(engine).live() == {}
    engine.dispose()
