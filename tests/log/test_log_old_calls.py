"""Calls without an end, and calls that are kept no longer."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from log_keeping import remove_old
from log_making import BEGAN, SECRET, counted, entry, one_call, record, rows, started
from log_workers import produce
from redis import Redis
from sqlalchemy import Engine, func, select

from ivr.call import Call
from ivr.call.inputs import HungUp
from ivr.config import Keep, Settings
from ivr.store.call_log import CallLog
from ivr.store.call_rows import LOST
from ivr.store.calls import Calls, Saved, log_key, partition
from ivr.store.claims import Claims
from ivr.store.embedded import Embedded
from ivr.store.log_tables import calls, effects, events, records, set_aside
from ivr.store.old_calls import OldCalls
from ivr.store.set_aside import Aside, SetAside
from ivr.store.streams import LogStreams
from ivr.store.versions import Versions, version_of
from ivr.switchboard.ended import SILENT, close_lost
from ivr.switchboard.sealing import Sealer
from ivr.switchboard.stepping import KEPT_SECONDS
from ivr.switchboard.wiring import wire

LATER = BEGAN + SILENT + timedelta(minutes=5)
LINE = b"""\
line: Test
numbers: ["+15005550006"]
timezone: America/Chicago
country: US
languages: [en-US]
start: main
steps:
  main:
    menu:
      1 -> hangup: To end this call
"""


def never(sid: str, fact: HungUp) -> None:
    """A switchboard that must not be asked."""
    raise AssertionError(sid)


def test_a_silent_call_is_given_up_in_sql(redis: Redis, engine: Engine, log: CallLog) -> None:
    """Redis has forgotten it: its row ends with the last that was heard of it; others stay as they are."""
    log.write([entry("CA1", started()), entry("CA1", record(2, keys="1"), 2)])
    log.write([entry("CA2", started(at=LATER))])
    log.write([entry("CA3", data) for data in one_call("CA3", 3, random.Random(1))])
    before = rows(engine)
    assert close_lost(OldCalls(engine), redis, never, LATER) == 1
    after = rows(engine)
    assert (after["CA1"]["how"], after["CA1"]["ended_at"]) == (LOST, BEGAN + timedelta(seconds=10))
    assert after["CA1"]["seconds"] == 10
    assert {sid: after[sid] for sid in ("CA2", "CA3")} == {sid: before[sid] for sid in ("CA2", "CA3")}
    assert close_lost(OldCalls(engine), redis, never, LATER) == 0


def test_a_call_is_not_given_up_while_its_records_wait(redis: Redis, engine: Engine, log: CallLog) -> None:
    """With SQL behind, silence there means nothing."""
    log.write([entry("CA1", started())])
    produce(redis, [("CA1", record(2, keys="1", at=LATER))])
    assert close_lost(OldCalls(engine), redis, never, LATER) == 0
    assert rows(engine)["CA1"]["how"] is None


def test_a_call_that_redis_knows_ends_by_a_record(
    valkey: Embedded, redis: Redis, engine: Engine, log: CallLog, tmp_path, database_url: str
) -> None:
    """Its state is stepped like any other, so the log has the end as a record with its event."""
    files = {"test.yaml": LINE}
    version = version_of(files)
    Versions(engine).publish("test", version, files, who="a test", why=None, at=BEGAN)
    call = Call("CA1", version, "test", "+15005550123", "+15005550006", language="en-US", place="main", seq=1)
    saved = Saved(seq=1, turn=1, state=Sealer(SECRET).seal(call), reply=b"")
    assert Calls(redis).close("CA1", saved, expected=0, records=[started()], expires=60)
    streams = LogStreams(redis)
    batch = streams.read([partition("CA1")], most=10, wait=0.01)
    log.write(batch)
    streams.trim(batch)

    url = f"{valkey.url}?socket_timeout=20&socket_connect_timeout=20"
    settings = Settings(redis_url=url, database_url=database_url, data=tmp_path, secret_key=SECRET)
    parts = wire(settings, lambda: LATER)
    try:
        assert close_lost(OldCalls(engine), redis, parts.switchboard.note, LATER) == 1
    finally:
        parts.close()
    assert redis.xlen(log_key(partition("CA1"))) == 1
    log.write(streams.read([partition("CA1")], most=10, wait=0.01))
    assert (rows(engine)["CA1"]["how"], rows(engine)["CA1"]["ended_at"]) == (LOST, BEGAN)
    with engine.connect() as connection:
        assert connection.scalar(select(events.c.data).where(events.c.kind == "ended")) == {"how": LOST}


def test_a_call_by_a_clock_of_the_past_goes_on(redis: Redis, engine: Engine, log: CallLog) -> None:
    """The browser phone can set the time of a call: what Redis heard of just now is not silent."""
    saved = Saved(seq=1, turn=1, state=b"{}", reply=b"")
    assert Calls(redis).close("CA1", saved, expected=0, records=[started()], expires=KEPT_SECONDS)
    streams = LogStreams(redis)
    batch = streams.read([partition("CA1")], most=10, wait=0.01)
    log.write(batch)
    streams.trim(batch)
    assert close_lost(OldCalls(engine), redis, never, LATER) == 0
    assert rows(engine)["CA1"]["how"] is None


def test_old_calls_are_removed_whole(engine: Engine, log: CallLog, tmp_path) -> None:
    """With them go their records, events and effects, and what was set aside in their time; the others stay."""
    old, new = BEGAN - timedelta(days=31), BEGAN - timedelta(days=29)
    log.write([entry(f"CA{n}", started(at=old)) for n in range(450)])
    log.write([entry("CB1", started(at=new))])
    aside = SetAside(engine, tmp_path)
    for at in (old, new):
        aside.put(Aside("{p01}:log", f"{at:%d}-0", "CX", "it is no JSON", b"x"), at)
        Claims(engine).claim(f"e{at:%d}", sid=f"C{at:%d}", kind="send_message", at=at)
    assert remove_old(Keep(aside=0), engine, tmp_path, BEGAN) == {}
    assert counted(engine) == (451, 451)
    assert remove_old(Keep(calls=30, aside=0), engine, tmp_path, BEGAN) == {"calls": 450}
    assert list(rows(engine)) == ["CB1"]
    with engine.connect() as connection:
        left = [connection.scalar(select(func.count()).select_from(t)) for t in (records, events, effects, set_aside)]
    assert left == [1, 1, 1, 1]


def test_removal_ends_where_it_is_told_to(engine: Engine, log: CallLog, tmp_path) -> None:
    """A worker that is to end does not first remove a year of calls."""
    log.write([entry(f"CA{n}", started()) for n in range(450)])
    stop = threading.Event()
    stop.set()
    assert remove_old(Keep(calls=1), engine, tmp_path, datetime.now(UTC) + timedelta(days=9), stop=stop) == {}
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(calls)) == 450


@pytest.mark.parametrize("sid", ["CA1", "it's", 'a "b" {c}'])
def test_sids_are_any_text(redis: Redis, engine: Engine, log: CallLog, sid: str) -> None:
    """A SID is opaque, here as well."""
    log.write([entry(sid, started())])
    assert close_lost(OldCalls(engine), redis, never, LATER) == 1
    assert rows(engine)[sid]["how"] == LOST
