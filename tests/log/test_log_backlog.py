"""The backlog: Redis stays bounded while SQL is away, on this machine's disk nothing is lost, and all is caught up."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_making import BEGAN, counted, entry, one_call, record, started
from log_workers import Workers, produce, until
from redis import Redis
from sqlalchemy import Engine, select, text
from test_log_worker import as_they_come, calls_of, check, holds

from ivr.store.backlog import Backlog
from ivr.store.call_log import CallLog, Entry
from ivr.store.calls import PARTITIONS, log_key, partition
from ivr.store.client import connect
from ivr.store.log_tables import set_aside
from ivr.store.set_aside import SetAside
from ivr.store.streams import LogStreams, waiting
from ivr.switchboard import overflow
from ivr.switchboard.log_writer import LogWriter
from ivr.switchboard.overflow import Overflow

Make = Callable[..., Workers]

BOUND = 20
SMALL = (
    "-c",
    "from ivr.switchboard import overflow; from ivr.cli.worker_process import main;"
    f"overflow.IN_ONE, overflow.AT_ONCE, overflow.EVERY = {BOUND}, 5, 0.02; main()",
)
"""A worker whose bounds are small, so that a few thousand records are far too many."""

EVERYTHING = list(range(PARTITIONS))


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Keeps writers out: SQLite says so after 5 seconds, PostgreSQL lets them wait."""
    if engine.dialect.name == "sqlite":
        connection = sqlite3.connect(str(engine.url.database), isolation_level=None, timeout=20)
        connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.close()
    else:
        with engine.begin() as held:
            held.execute(text("LOCK TABLE records IN ACCESS EXCLUSIVE MODE"))
            yield


def files(folder: Path) -> list[Path]:
    """The files of the backlog."""
    return sorted((folder / "backlog").glob("*.jsonl"))


def bounded(redis: Redis) -> bool:
    """Whether no stream has more than it may."""
    return max(waiting(redis)[0].values(), default=0) <= BOUND


def writer_of(redis: Redis, engine: Engine, log: CallLog, folder: Path, held: list[int]) -> LogWriter:
    """A log writer of this test's own process."""
    return LogWriter(redis, log, SetAside(engine, folder / "set-aside"), Backlog(folder), lambda: held, lambda: BEGAN)


@pytest.mark.long
def test_redis_stays_bounded_and_all_is_caught_up(workers: Make, redis: Redis, engine: Engine, tmp_path: Path) -> None:
    """With SQL locked, thousands of records come: no stream has more than it may, each record waits somewhere, the
    log says it once; with SQL back each is there once, and no file is left.
    """
    one = workers()
    made = calls_of(800, random.Random(21))
    coming = as_they_come(made)
    with locked(engine):
        one.start(*SMALL)
        for start in range(0, len(coming), 1000):
            produce(redis, coming[start : start + 1000])
            until(lambda: bounded(redis))
        on_disk = Backlog(tmp_path).records()
        assert on_disk == len(coming) - sum(waiting(redis)[0].values())
        assert on_disk > len(coming) / 2
        assert {path.stat().st_mode & 0o077 for path in files(tmp_path)} == {0}
    until(lambda: holds(engine, made), 60)
    check(engine, redis, made)
    until(lambda: not files(tmp_path))
    until(lambda: "nothing waits in" in one.text())
    assert one.text().count("the oldest are moved to") == one.text().count("ALARM") == 1
    assert one.stop() == [0]


@pytest.mark.long
def test_kill_9_while_records_are_moved(workers: Make, redis: Redis, engine: Engine, tmp_path: Path) -> None:
    """The worker is killed in the middle, several times; what is in Redis and on disk is in SQL once afterwards."""
    chance = random.Random(22)
    one = workers()
    made = calls_of(500, chance)
    with locked(engine):
        produce(redis, as_they_come(made))
        for _ in range(4):
            before = len(files(tmp_path))
            process = one.start(*SMALL)
            until(lambda before=before: len(files(tmp_path)) > before or bounded(redis))
            time.sleep(chance.random() * 0.05)
            one.kill(process)
            redis.delete(*redis.keys("*lease"), "workers")  # the next one need not wait for them to run out
        assert files(tmp_path)
    one.start(*SMALL)
    until(lambda: holds(engine, made), 60)
    check(engine, redis, made)
    until(lambda: [path.name for path in (tmp_path / "backlog").iterdir()] == ["lock"])
    with engine.connect() as connection:
        assert connection.execute(select(set_aside)).all() == []


def test_what_somebody_had_begun_to_write_is_removed(tmp_path: Path) -> None:
    """A draft of one who was killed is no file of the backlog, and gone with the next one's start."""
    backlog = Backlog(tmp_path)
    backlog.add([entry("CA1", started())])
    (tmp_path / "backlog" / "draft").write_bytes(b'["{p01}:log","1-')
    assert backlog.records() == 1
    backlog.tidy()
    backlog.tidy()
    assert sorted(path.suffix for path in (tmp_path / "backlog").iterdir()) == ["", ".jsonl"]


@pytest.mark.parametrize(
    ("one", "others", "left"),
    [(20_000, 0, 20_000), (20_001, 0, 19_001), (25_500, 0, 19_500), (2000, 1200, 2000), (2010, 1200, 50)],
)
def test_how_much_stays_in_redis(
    redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: int, others: int, left: int
) -> None:
    """20,000 records may wait in one stream; with more than 200,000 in all no stream keeps more than its share."""
    if others:  # so that the test need not make 200,000
        monkeypatch.setattr(overflow, "IN_ALL", 3200)
        monkeypatch.setattr(overflow, "AT_ONCE", 10)
    number = partition("CA1")
    produce(redis, [("CA1", b"x")] * one)
    pipeline = redis.pipeline(transaction=False)
    for n in range(others):
        pipeline.xadd(log_key((number + 1 + n % 63) % PARTITIONS), {"sid": "CA2", "record": "x"})
    pipeline.execute()
    backlog = Backlog(tmp_path)
    Overflow(redis, backlog, lambda: [number]).round(threading.Event())
    assert waiting(redis)[0][number] == left
    assert backlog.records() == one - left
    assert len(files(tmp_path)) == (one - left) / overflow.AT_ONCE


def test_the_disk_comes_first_whoever_holds_the_partition(
    redis: Redis, engine: Engine, log: CallLog, tmp_path: Path
) -> None:
    """A worker that holds no partition writes this machine's files; one that does writes them before its streams."""
    made = one_call("CA1", 9, random.Random(3))
    Backlog(tmp_path).add([entry("CA1", data, n) for n, data in enumerate(made[:4], 1)])
    Backlog(tmp_path).add([entry("CA1", data, n) for n, data in enumerate(made[4:7], 5)])
    produce(redis, [("CA1", data) for data in made])  # as if it had been killed before it trimmed them
    stop = threading.Event()
    nobody = writer_of(redis, engine, log, tmp_path, [])
    assert nobody.turn(stop, 0.001) == 4
    assert (counted(engine)[0], Backlog(tmp_path).records()) == (4, 3)
    one = writer_of(redis, engine, log, tmp_path, EVERYTHING)
    assert one.turn(stop, 0.001) == 3
    assert sum(waiting(redis)[0].values()) == 9
    one.drain(stop)
    check(engine, redis, {"CA1": made})
    assert files(tmp_path) == []


def test_a_file_is_written_by_one_at_a_time(tmp_path: Path) -> None:
    """While one worker of the machine has a file, another gets the next one, and then none."""
    for sid in ("CA1", "CA2"):
        Backlog(tmp_path).add([entry(sid, started())])
    first, second = Backlog(tmp_path), Backlog(tmp_path)
    with first.oldest() as one, second.oldest() as other, Backlog(tmp_path).oldest() as none:
        assert one is not None
        assert other is not None
        assert {one.entries[0].sid, other.entries[0].sid} == {"CA1", "CA2"}
        assert none is None
        first.remove(one.name)
        second.remove(one.name)
    assert Backlog(tmp_path).records() == 1


def test_a_broken_end_is_set_aside(
    redis: Redis, engine: Engine, log: CallLog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Half a line, or one that is none, is in the table set_aside, with numbers masked; the others are in SQL."""
    made = one_call("CA1", 4, random.Random(3))
    backlog = Backlog(tmp_path)
    backlog.add([*(entry("CA1", data) for data in made), entry("CA1", b"no record")])
    (path,) = files(tmp_path)
    with path.open("ab") as file:
        file.write(b'\xff\n[1,2,3,4]\n["{p01}:log","7-0","CA1","{\\"caller\\":\\"+15005550123')
    writer_of(redis, engine, log, tmp_path, []).drain(threading.Event())
    assert counted(engine)[0] == 4
    assert files(tmp_path) == []
    with engine.connect() as connection:
        kept = connection.execute(select(set_aside).order_by(set_aside.c.stream, set_aside.c.entry)).all()
    assert [(row.stream, row.entry, row.why) for row in kept] == [
        *(("backlog", f"{path.name}:{n}", "it is no line of the backlog") for n in (6, 7, 8)),
        (entry("CA1", b"").stream.decode(), "1-0", "it is no JSON"),
    ]
    assert kept[2].data == '["{p01}:log","7-0","CA1","{\\"caller\\":\\"…0123'.encode()
    assert "15005550123" not in caplog.text


def test_a_file_that_cannot_be_dealt_with_holds_up_no_other(
    redis: Redis, engine: Engine, log: CallLog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be read, and what cannot even be set aside, stays and is named once; the files after it go in."""
    backlog = Backlog(tmp_path)
    backlog.add([Entry(log_key(7), b"1-0", "CA\udcff", b"nothing")])  # no table takes this name
    (tmp_path / "backlog" / "0-0.strange.3.jsonl").mkdir()
    (tmp_path / "backlog" / "1-1.empty.0.jsonl").touch()
    (tmp_path / "set-aside").touch()  # nor can the folder be made
    made = one_call("CA1", 4, random.Random(3))
    backlog.add([entry("CA1", data, 2) for data in made])
    one = writer_of(redis, engine, log, tmp_path, [])
    for _ in range(9):
        one.turn(threading.Event(), 0.001)
    assert counted(engine)[0] == 4
    assert [path.name.partition(".")[0] for path in files(tmp_path)] == ["0-0", "1-0"]
    assert caplog.text.count("cannot be read or removed") == caplog.text.count("nor set aside") == 1
    (tmp_path / "set-aside").unlink()
    writer_of(redis, engine, log, tmp_path, []).turn(threading.Event(), 0.001)  # the one that cannot be read
    writer_of(redis, engine, log, tmp_path, []).drain(threading.Event())


@pytest.fixture(params=["full", "nearly full", "no folder"])
def no_room(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SimpleNamespace]:
    """A folder that takes nothing, and how to change that: a small disk that is full, or a file in its place."""
    folder = tmp_path / "small"
    folder.mkdir()
    if request.param == "no folder":
        (folder / "backlog").touch()
        yield SimpleNamespace(folder=folder, mend=(folder / "backlog").unlink)
        return
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("mounting a small disk takes more rights than this user has")
    if request.param == "full":
        monkeypatch.setattr("ivr.store.backlog.RESERVE", 0)
    (folder / "filler").write_bytes(b"x" * (980 << 10))
    yield SimpleNamespace(folder=folder, mend=(folder / "filler").unlink)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_named_and_loses_nothing(
    redis: Redis,
    engine: Engine,
    log: CallLog,
    no_room: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The streams grow on, and it is said once; with room again they are bounded, and all comes into SQL."""
    monkeypatch.setattr(overflow, "IN_ONE", BOUND)
    made = {f"CA{n}": [started(), record(2, keys="1", more="x" * 1500)] for n in range(2000)}
    produce(redis, as_they_come(made))
    backlog, stop = Backlog(no_room.folder), threading.Event()
    stop.set()  # its pauses are nothing then
    one = Overflow(redis, backlog, lambda: EVERYTHING)
    monkeypatch.setattr(stop, "is_set", lambda: False)
    for _ in range(3):
        one.round(stop)
    assert sum(waiting(redis)[0].values()) + backlog.records() == 4000
    assert not bounded(redis)
    assert caplog.text.count("for records that are too many for Redis, is away") == 1
    writer = writer_of(redis, engine, log, no_room.folder, [])
    writer.drain(stop)  # with a full disk, too
    no_room.mend()
    while not bounded(redis):
        one.round(stop)
        writer.drain(stop)
    assert caplog.text.count("for records that are too many for Redis, is back") == 1
    writer_of(redis, engine, log, no_room.folder, EVERYTHING).drain(stop)
    check(engine, redis, made)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            Entry,
            st.integers(0, 63).map(log_key),
            st.integers(1, 2**40).map(lambda n: b"%d-0" % n),
            st.binary(max_size=9).map(lambda sid: sid.decode(errors="surrogateescape")),
            st.binary(max_size=40),
        ),
        min_size=1,
        max_size=9,
    )
)
def test_what_goes_in_comes_out(tmp_path: Path, entries: list[Entry]) -> None:
    """Whatever the bytes of sid and record are, the file gives the entries back as they were."""
    backlog = Backlog(tmp_path)
    backlog.add(entries)
    with backlog.oldest() as kept:
        assert kept is not None
        assert (kept.entries, kept.broken) == (tuple(entries), ())
        backlog.remove(kept.name)
    assert backlog.records() == 0


def test_with_redis_away_nothing_is_moved_and_it_goes_on(redis: Redis, tmp_path: Path) -> None:
    """A look that Redis does not answer changes nothing; the next one is a look like any other."""
    away = connect("redis://127.0.0.1:1")
    Overflow(away, Backlog(tmp_path), lambda: EVERYTHING).round(threading.Event())
    away.close()
    assert not (tmp_path / "backlog").exists()
    assert LogStreams(redis).read(EVERYTHING, most=1, wait=0) == []
