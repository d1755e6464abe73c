"""The worker as a process: what it writes, through kills, outages and restarts."""

from __future__ import annotations

import contextlib
import random
import signal
import socket
import socketserver
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from log_making import counted, expected, one_call, record, rows, started
from log_workers import Workers, produce, until
from redis import Redis, RedisError
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.calls import log_key, partition
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.log_tables import set_aside
from ivr.store.sql import open_engine
from ivr.store.streams import waiting

Make = Callable[..., Workers]


def calls_of(count: int, seed: random.Random, longest: int = 9) -> dict[str, list[bytes]]:
    """Some calls of some lengths."""
    return {f"CA{n:05}": one_call(f"CA{n:05}", seed.randrange(2, longest), seed) for n in range(count)}


def as_they_come(made: dict[str, list[bytes]]) -> list[tuple[str, bytes]]:
    """The records of calls that go on at the same time."""
    return [(sid, ones[turn]) for turn in range(9) for sid, ones in made.items() if turn < len(ones)]


def holds(engine: Engine, made: dict[str, list[bytes]]) -> bool:
    """Whether all records are in SQL; while it is locked or still has no tables, not yet."""
    try:
        return counted(engine)[0] >= sum(map(len, made.values()))
    except SQLAlchemyError:
        return False


def check(engine: Engine, redis: Redis, made: dict[str, list[bytes]]) -> None:
    """Every record is there once, every row is what its records say, and the streams are empty."""
    assert counted(engine)[0] == sum(map(len, made.values()))
    assert rows(engine) == {sid: expected(sid, ones) for sid, ones in made.items()}
    until(lambda: waiting(redis) == ({}, {}))


def test_records_come_into_sql_and_leave_redis(workers: Make, redis: Redis, engine: Engine) -> None:
    """What is there at the start and what comes later is written at once; SIGTERM ends it with 0, all written."""
    started_ones = workers()
    made = calls_of(40, random.Random(3))
    produce(redis, as_they_come(made))
    started_ones.start()
    until(lambda: holds(engine, made))
    check(engine, redis, made)

    quick = {"CAquick": [started(at=datetime.now(UTC))]}  # one that is old and has no end counts as lost
    produce(redis, as_they_come(quick))
    until(lambda: counted(engine)[0] > sum(map(len, made.values())))
    late = calls_of(300, random.Random(4)) | {}
    produce(redis, [(f"X{sid}", data) for sid, data in as_they_come(late)])
    assert started_ones.stop() == [0]
    check(engine, redis, made | quick | {f"X{sid}": ones for sid, ones in late.items()})
    assert redis.keys("*lease*") == []
    assert started_ones.text() == ""


def test_what_cannot_be_written_stops_nothing(workers: Make, redis: Redis, engine: Engine) -> None:
    """No JSON, no record, no fields at all: named, in the table, gone from the stream; the others go in."""
    one = workers()
    sid = "CA1"
    produce(redis, [(sid, started()), (sid, b"+15005550123 {"), (sid, b"[1]"), (sid, record(2, keys="1"))])
    redis.xadd(log_key(partition(sid)), {"strange": "entry"})
    one.start()
    until(lambda: waiting(redis) == ({}, {}))
    assert counted(engine)[0] == 2
    with engine.connect() as connection:
        kept = connection.execute(select(set_aside).order_by(set_aside.c.entry)).all()
    assert [(row.call_sid, row.why) for row in kept] == [
        (sid, "it is no JSON"),
        (sid, "it is no record: it lacks seq, input or events"),
        (None, "it is no JSON"),
    ]
    assert kept[0].data == "…0123 {".encode()
    assert one.text().count("it is set aside in the table set_aside") == 3


def test_what_even_the_table_refuses_is_a_file(workers: Make, redis: Redis, engine: Engine, tmp_path: Path) -> None:
    """A name that no database takes is set aside on disk, readable by its owner alone."""
    one = workers()
    redis.xadd(log_key(7), {"sid": b"CA\xff", "record": b"nothing"})
    one.start()
    until(lambda: list((tmp_path / "set-aside").glob("*.txt")))
    until(lambda: waiting(redis) == ({}, {}))
    (path,) = (tmp_path / "set-aside").iterdir()
    assert path.read_text("utf-8") == "it is no JSON\ncall CA\\udcff\nnothing"
    assert path.stat().st_mode & 0o077 == 0
    assert str(path) in one.text()


@pytest.mark.long
def test_two_workers_share_and_one_takes_over(workers: Make, redis: Redis, engine: Engine) -> None:
    """Two workers hold half each; kill -9 of one, and within seconds the other writes the records of all calls."""
    both = workers()
    first, _ = both.start(), both.start()
    owners = lambda: [redis.get(key) for key in redis.keys("*lease")]  # noqa: E731
    until(lambda: sorted(owners().count(owner) for owner in set(owners())) == [32, 32])
    both.kill(first)
    made = calls_of(80, random.Random(6), longest=4)
    began = time.monotonic()
    produce(redis, as_they_come(made))
    until(lambda: holds(engine, made))
    assert time.monotonic() - began < 12  # the leases run out after 4 seconds; the rest is a busy machine
    check(engine, redis, made)


@pytest.mark.long
def test_with_sql_away_the_streams_keep_what_comes(workers: Make, redis: Redis, engine: Engine) -> None:
    """A database that cannot be written for a while is said to be so once, and caught up with by itself."""
    one = workers()
    one.start()
    before = {"CAbefore": [started()]}
    produce(redis, as_they_come(before))
    until(lambda: holds(engine, before))
    made = calls_of(60, random.Random(8))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE records RENAME TO records_away"))
    produce(redis, as_they_come(made))
    until(lambda: "is away" in one.text())
    time.sleep(1.0)
    assert sum(waiting(redis)[0].values()) == sum(map(len, made.values()))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE records_away RENAME TO records"))
    until(lambda: holds(engine, before | made))
    check(engine, redis, before | made)
    until(lambda: "is back" in one.text())
    assert one.text().count("is away") == 1


@pytest.mark.long
@pytest.mark.parametrize("seed", [11, 12])
def test_faults_of_all_kinds_at_once(
    workers: Make, tmp_path: Path, database_url: str, engine: Engine, seed: int
) -> None:
    """kill -9 of workers at random, SQL locked, Redis restarted, while some thousand records come in: each is in
    SQL once, and each row of `calls` is what the records say.
    """
    chance = random.Random(seed)
    made = calls_of(700, chance)
    every = as_they_come(made)
    chance.shuffle(every)
    stop = threading.Event()
    with Embedded(tmp_path / "faulty") as embedded:
        several = workers(embedded.url)
        for _ in range(2):
            several.start()
        redis = connect(embedded.url, patience=20)
        locker = threading.Thread(target=lock_now_and_then, args=(database_url, stop, chance.random()))
        locker.start()
        slices = [every[start : start + 150] for start in range(0, len(every), 150)]
        restarts = {len(slices) // 3, 2 * len(slices) // 3}
        for number, some in enumerate(slices):
            insist(lambda some=some: produce(redis, some))
            time.sleep(chance.random() * 0.6)
            if chance.random() < 0.2:
                several.kill(chance.choice(several.running))
                several.start()
            if number in restarts:
                redis.bgrewriteaof()
                redis.shutdown(nosave=False)
                embedded.ensure()
        stop.set()
        locker.join()
        until(lambda: holds(engine, made), 60)
        check(engine, redis, made)
        assert set(several.stop()) <= {0, -signal.SIGTERM}  # one that is just being started has no manners yet
        redis.close()


def insist(act: Callable[[], None]) -> None:
    """Does it until Redis takes it. What came twice is there once in the end: that is the point."""
    for _ in range(200):
        try:
            act()
            return
        except RedisError:
            time.sleep(0.05)
    raise AssertionError("Redis never came back")


def lock_now_and_then(database_url: str, stop: threading.Event, seed: float) -> None:
    """Keeps writers out of the database for a moment, again and again."""
    chance = random.Random(seed)
    engine = open_engine(database_url)
    while not stop.wait(chance.random()):
        if engine.dialect.name == "sqlite":
            connection = sqlite3.connect(str(engine.url.database), isolation_level=None, timeout=5)
            connection.execute("BEGIN EXCLUSIVE")
            stop.wait(chance.random())
            connection.close()
        else:
            with engine.begin() as held:
                held.execute(text("LOCK TABLE records IN ACCESS EXCLUSIVE MODE"))
                stop.wait(chance.random())
    engine.dispose()


class Cable(socketserver.ThreadingTCPServer):
    """The way to a database: a port of this machine that hands everything on, until it is cut."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, at: int = 0) -> None:
        self.to = (host, port)
        self.open: list[socket.socket] = []
        super().__init__(("127.0.0.1", at), _Strand)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def cut(self) -> None:
        """Ends what goes through, and takes nothing more."""
        self.shutdown()
        self.server_close()
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class _Strand(socketserver.BaseRequestHandler):
    server: Cable

    def handle(self) -> None:
        with socket.create_connection(self.server.to) as far:
            self.server.open += (self.request, far)
            back = threading.Thread(target=_pump, args=(far, self.request), daemon=True)
            back.start()
            _pump(self.request, far)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for one in (source, sink):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_cable_that_is_cut_to_postgresql(
    workers: Make, tmp_path: Path, redis: Redis, engine: Engine, valkey: Embedded
) -> None:
    """The server cannot be reached in the middle of writing, for a while: each record is there once afterwards."""
    url = engine.url
    cable = Cable(url.host or "127.0.0.1", url.port or 5432)
    port = cable.server_address[1]
    through = url.set(drivername="postgresql", host="127.0.0.1", port=port).render_as_string(hide_password=False)
    one = Workers(tmp_path, valkey.url, through, {})
    one.start()
    try:
        made = calls_of(400, random.Random(9))
        coming = as_they_come(made)
        produce(redis, coming[: len(coming) // 2])
        until(lambda: counted(engine)[0] > 0)
        cable.cut()
        produce(redis, coming[len(coming) // 2 :])
        until(lambda: "is away" in one.text())
        cable = Cable(url.host or "127.0.0.1", url.port or 5432, at=port)
        until(lambda: holds(engine, made), 60)
        check(engine, redis, made)
        until(lambda: "is back" in one.text())
        assert one.stop() == [0]
    finally:
        for process in list(one.running):
            one.kill(process)
        cable.cut()
