"""Retention by kind: each has its own days, and what goes is gone with its audio, ours and the carrier's."""

from __future__ import annotations

import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from log_keeping import remove_old, retention
from log_making import BEGAN, entry, record, started
from redis import Redis
from sqlalchemy import Engine, func, insert, select

from ivr.config import KEEP, Keep, SettingError, from_environment
from ivr.reports.kpi import Scope
from ivr.reports.measuring import measure_all
from ivr.reports.outcomes import OUTCOMES
from ivr.store.agent_tables import agent_states
from ivr.store.audit import Audit
from ivr.store.call_log import CallLog
from ivr.store.calls import outbox_key, partition
from ivr.store.desk_tables import callbacks, messages
from ivr.store.log_tables import calls, effects, events, records, set_aside
from ivr.store.queue_visits import queue_visits
from ivr.store.rollups.step_reading import calls_of_versions
from ivr.store.set_aside import Aside, SetAside
from ivr.store.survey_tables import survey_answers

OLD, NEW = BEGAN, BEGAN + timedelta(days=20)
NOW = BEGAN + timedelta(days=30)
RECORDINGS = "https://api.example.com/Recordings"


def left(kind: str, at: datetime, recording: str) -> bytes:
    """The record of a message, or of a comment."""
    box = {"kind": "message_left", "box": "general"} if kind == "message" else COMMENTED
    return record(2, "recorded", {"step": "s", "url": f"{RECORDINGS}/{recording}", "seconds": 3, **box}, at=at)


COMMENTED = {"kind": "survey_commented", "survey": "satisfaction", "question": "comment"}


def fill(engine: Engine, log: CallLog, data: Path) -> None:
    """An old call and a new one with a message each, an old and a new one with a comment; all audio is here."""
    (data / "messages").mkdir(parents=True)
    for name, kind, at in (("a", "message", OLD), ("b", "message", NEW), ("c", "comment", OLD), ("d", "comment", NEW)):
        sid, recording = f"CA{name}", f"RE{name * 32}"
        log.write([entry(sid, started(at=at)), entry(sid, left(kind, at, recording), 2)])
        (data / "messages" / f"{recording}.wav").write_bytes(b"a voice")
        mine = messages.c.call_sid == sid
        with engine.begin() as connection:
            connection.execute(messages.update().where(mine).values(audio="kept", file=f"{recording}.wav"))


def counted(engine: Engine, table) -> int:
    """How many rows a table has."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def audio(data: Path) -> list[str]:
    """The audio that is there, by the letter of its call."""
    return sorted(path.name[2] for path in (data / "messages").iterdir())


def resolve(engine: Engine) -> None:
    """Somebody did what all messages ask for."""
    with engine.begin() as connection:
        connection.execute(messages.update().values(resolved_at=NOW, resolved_by="raj"))


def asked(redis: Redis, name: str) -> list[dict[str, str]]:
    """What the carrier is asked to do with a recording."""
    return [orjson.loads(it[b"effect"]) for _, it in redis.xrange(outbox_key(partition(f"RE{name * 32}")))]


def test_audio_goes_with_its_call(engine: Engine, log: CallLog, redis: Redis, tmp_path: Path) -> None:
    """Of messages and of comments: the row, the file, and the carrier's copy."""
    fill(engine, log, tmp_path)
    assert remove_old(Keep(calls=15), engine, tmp_path, NOW, redis) == {"calls": 2}
    assert audio(tmp_path) == ["b", "d"]
    assert counted(engine, messages) == 2
    assert [it["kind"] for it in asked(redis, "a")] == ["delete_recording"]
    assert asked(redis, "b") == []


def test_messages_by_their_own_days(engine: Engine, log: CallLog, redis: Redis, tmp_path: Path) -> None:
    """Those that are done go; a task stays until somebody resolves it. Their calls stay."""
    fill(engine, log, tmp_path)
    assert remove_old(Keep(messages=15), engine, tmp_path, NOW, redis) == {}
    resolve(engine)
    assert remove_old(Keep(messages=15), engine, tmp_path, NOW, redis) == {"messages": 1}
    assert audio(tmp_path) == ["b", "c", "d"]
    assert counted(engine, calls) == 4
    assert [it["kind"] for it in asked(redis, "a")] == ["delete_recording"]


def test_comments_by_their_own_days(engine: Engine, log: CallLog, tmp_path: Path) -> None:
    """What was said goes; that something was said stays, for the response rate."""
    fill(engine, log, tmp_path)
    assert remove_old(Keep(comments=15), engine, tmp_path, NOW) == {"comments": 1}
    assert audio(tmp_path) == ["a", "b", "d"]
    assert counted(engine, survey_answers) == 2


def test_detail_by_its_own_days(engine: Engine, log: CallLog, tmp_path: Path) -> None:
    """Keys and steps go; the call, its waits and its answers stay, and a record that comes late changes nothing."""
    refused = {"kind": "queue_refused", "step": "agents", "queue": "bookings", "why": "full"}
    log.write([entry("CA1", started(at=OLD)), entry("CA1", record(2, "told", refused, at=OLD), 2)])
    log.write([entry("CA2", started(at=NEW))])
    keeper = retention(Keep(detail=15), engine, tmp_path)
    removed = [keeper.round(NOW, threading.Event())["detail"] for _ in range(2)]
    assert removed == [1, 0]
    assert (counted(engine, records), counted(engine, events)) == (1, 1)
    assert (counted(engine, calls), counted(engine, queue_visits)) == (2, 1)
    with engine.connect() as connection:
        before = connection.execute(select(calls).where(calls.c.call_sid == "CA1")).one()
    log.write([entry("CA1", record(2, "told", refused, at=OLD), 2)])
    with engine.connect() as connection:
        assert connection.execute(select(calls).where(calls.c.call_sid == "CA1")).one() == before


ENDS = {
    "message": {"kind": "message_left", "step": "box", "box": "general", "url": f"{RECORDINGS}/REx", "seconds": 9},
    "talked": {"kind": "dial_ended", "step": "desk", "outcome": "answered", "seconds": 30},
    "nobody": {"kind": "dial_ended", "step": "desk", "outcome": "busy", "seconds": 0},
    "gave_up": {"kind": "gave_up", "step": "main"},
    "hung_up": {"kind": "no_input", "step": "main"},
}
"""What a call ends as, by something that happened in it."""


def test_figures_stay_when_the_detail_goes(engine: Engine, log: CallLog, tmp_path: Path) -> None:
    """How calls ended is known as before; where and with what is not, and nobody takes them for calls that go on."""
    for number, happened in enumerate(ENDS.values()):
        sid = f"CA{number}"
        dialing = [{"kind": "dialing", "step": "desk", "ending": "0199"}] if happened["kind"] == "dial_ended" else []
        over = {"kind": "ended", "step": "main", "how": "completed"}
        log.write([
            entry(sid, started(at=OLD)),
            entry(sid, record(2, "pressed", *dialing, happened, at=OLD), 2),
            entry(sid, record(3, "hung_up", over, at=OLD, status="completed"), 3),
        ])  # fmt: skip
    day = OLD - timedelta(days=1), OLD + timedelta(days=1)

    def ended() -> dict[str, float | None]:
        found = measure_all(engine, OUTCOMES, Scope(*day))
        return {name.removeprefix("ended_"): it[""].value for name, it in found.items() if it and it[""].n}

    assert ended() == dict.fromkeys(ENDS, 1)
    assert sum(calls_of_versions(engine, *day).values()) == len(ENDS)
    assert remove_old(Keep(detail=15), engine, tmp_path, NOW) == {"detail": len(ENDS)}
    assert ended() == dict.fromkeys(ENDS, 1)
    with engine.connect() as connection:
        kept = connection.execute(select(events.c.kind, events.c.step, events.c.data).order_by(events.c.kind)).all()
    assert sorted(map(str, kept)) == [
        "('dial_ended', None, {'outcome': 'answered', 'seconds': 30})",
        "('dial_ended', None, {'outcome': 'busy', 'seconds': 0})",
        "('gave_up', None, {})",
        "('message_left', None, {})",
    ]
    assert counted(engine, records) == 0
    assert calls_of_versions(engine, *day) == {}
    # Within a quarter-hour the same is read from the log itself.
    assert calls_of_versions(engine, OLD + timedelta(seconds=-1), OLD + timedelta(seconds=1)) == {}


def test_deeds_states_and_what_was_set_aside(engine: Engine, tmp_path: Path) -> None:
    """Each by its own days."""
    aside = SetAside(engine, tmp_path / "set-aside")
    for at in (OLD, NEW):
        Audit(engine, lambda at=at: at).note("raj", "signed_in")
        aside.put(Aside("{p01}:log", f"{at:%d}-0", "CA1", "it is no JSON", b"x"), at)
        row = {"agent": "raj", "id": at.day, "state": "away", "reason": "", "how": "set"}
        with engine.begin() as connection:
            connection.execute(insert(agent_states).values(**row, began_at=at, ended_at=at + timedelta(hours=1)))
        path = tmp_path / "set-aside" / f"{at:%d}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
        os.utime(path, (at.timestamp(), at.timestamp()))
    removed = remove_old(Keep(audit=15, agents=15, aside=15), engine, tmp_path, NOW)
    assert removed == {"audit": 1, "agents": 1, "aside": 2}
    assert [counted(engine, table) for table in (agent_states, set_aside)] == [1, 1]
    assert [path.name for path in (tmp_path / "set-aside").iterdir()] == [f"{NEW:%d}.txt"]


def test_by_default_only_what_could_not_be_written_goes(engine: Engine, log: CallLog, tmp_path: Path) -> None:
    """After ninety days; how long anything else is kept is for others to say."""
    fill(engine, log, tmp_path)
    resolve(engine)
    SetAside(engine, tmp_path).put(Aside("{p01}:log", "1-0", "CA1", "it is no JSON", b"x"), OLD)
    assert remove_old(from_environment({}).keep, engine, tmp_path, OLD + timedelta(days=89)) == {}
    assert remove_old(from_environment({}).keep, engine, tmp_path, OLD + timedelta(days=4000)) == {"aside": 1}


def test_an_open_callback_outlives_its_call(engine: Engine, log: CallLog, tmp_path: Path) -> None:
    """Somebody still waits for it; once it is over it goes with the call."""
    log.write([entry("CA1", started(at=OLD)), entry("CA2", started(at=OLD))])
    given = dict.fromkeys(("queue", "line", "version", "step", "language", "shown", "number_last4"), "x")
    for sid, state in (("CA1", "booked"), ("CA2", "done")):
        row = {"id": sid, "call_sid": sid, "number_hash": sid, "state": state, "tries": 0, "arrived": 1.0, "place": 1.0}
        with engine.begin() as connection:
            connection.execute(insert(callbacks).values(**given, **row, booked_at=OLD, next_at=OLD))
    assert remove_old(Keep(calls=15), engine, tmp_path, NOW) == {"calls": 2}
    with engine.connect() as connection:
        assert list(connection.scalars(select(callbacks.c.id))) == ["CA1"]
    assert counted(engine, effects) == 0


@pytest.mark.parametrize("name", ["IVR_KEEP_DAYS", *KEEP])
def test_each_is_a_setting(name: str) -> None:
    """A number of days; what is none is named."""
    kept = from_environment({name: "30"}).keep
    assert getattr(kept, KEEP.get(name, "calls")) == 30
    with pytest.raises(SettingError, match=f"{name} is a number of days, or 0 for ever"):
        from_environment({name: "a month"})
