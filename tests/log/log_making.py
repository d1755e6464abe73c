"""Calls made up for tests, and the slow, obvious way from their records to the rows that must stand in SQL."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Engine, func, select

from ivr.store.call_log import Entry
from ivr.store.callers import CallerHash
from ivr.store.calls import log_key, partition
from ivr.store.log_tables import calls, events, records

SECRET = "a key of this test, which is long enough"
HASHES = CallerHash(SECRET)
BEGAN = datetime.fromisoformat("2026-07-01T15:00:00+00:00")
CALLER = "+15005550123"
STEPS = ("welcome", "main", "stop", "departures", "goodbye")


def record(
    seq: int, kind: str = "pressed", *happened: dict[str, Any], at: datetime | None = None, **fields: Any
) -> bytes:
    """A record's JSON; a key is pressed each ten seconds."""
    moment = at or BEGAN + timedelta(seconds=10 * (seq - 1))
    return orjson.dumps({"seq": seq, "input": {"kind": kind, "at": moment, **fields}, "events": list(happened)})


def started(caller: str = CALLER, at: datetime | None = None) -> bytes:
    """The first record of a call."""
    entered = {"kind": "entered", "step": "welcome"}
    return record(
        1, "started", entered, at=at, caller=caller, to="+15005550006", line="meridian", version="0123456789ab"
    )


def entry(sid: str, data: bytes, number: int = 1) -> Entry:
    """A record as it comes out of its stream."""
    return Entry(log_key(partition(sid)), b"%d-0" % number, sid, data)


def one_call(sid: str, length: int, seed: random.Random) -> list[bytes]:
    """The records of a call of some length, which ends with a hang-up."""
    made = [started(f"+1500555{seed.randrange(10_000):04}")]
    for seq in range(2, length):
        step = seed.choice(STEPS)
        happened = [{"kind": "chose", "step": step, "key": "1", "to": step}, {"kind": "entered", "step": step}]
        if seed.random() < 0.2:
            happened.append({"kind": "goal_reached", "step": step, "goal": f"told_{step}"})
        if seed.random() < 0.1:
            happened.append({"kind": "language_chosen", "step": step, "language": seed.choice(("en-US", "es-MX"))})
        made.append(record(seq, "pressed", *happened, keys=str(seed.randrange(10))))
    made.append(record(length, "hung_up", {"kind": "ended", "step": "main", "how": "completed"}, status="completed"))
    return made


def expected(sid: str, made: Iterable[bytes]) -> dict[str, Any]:
    """The row of a call, from its records in their order, each column by itself."""
    read = sorted((orjson.loads(data) for data in made), key=lambda one: one["seq"])
    happened = [(one, event) for one in read for event in one["events"]]
    moment = lambda one: datetime.fromisoformat(one["input"]["at"])  # noqa: E731
    first = next((one for one in read if one["input"]["kind"] == "started"), None)
    end = next((pair for pair in happened if pair[1]["kind"] == "ended"), None)
    path = ""
    for _, event in happened:
        if event["kind"] == "entered":
            path = blake2b(f"{path}\n{event['step']}".encode(), digest_size=16).hexdigest()
    said = first["input"] if first else {}
    ended_at = moment(end[0]) if end else None
    return {
        "call_sid": sid,
        "line": said.get("line"),
        "version": said.get("version"),
        "language": next((e["language"] for _, e in reversed(happened) if e["kind"] == "language_chosen"), None),
        "caller_hash": HASHES.of(said["caller"]) if first else None,
        "caller_last4": said["caller"][-4:] if first else None,
        "called": said.get("to"),
        "started_at": moment(first) if first else None,
        "ended_at": ended_at,
        "seconds": round((ended_at - moment(first)).total_seconds()) if ended_at and first else None,
        "how": end[1]["how"] if end else None,
        "step": next((e["step"] for _, e in reversed(happened) if e["kind"] == "entered"), None),
        "goals": list(dict.fromkeys(e["goal"] for _, e in happened if e["kind"] == "goal_reached")),
        "path_hash": path,
        "last_seq": read[-1]["seq"],
        "last_at": moment(read[-1]),
        "records": len(read),
        "queue": None,
        "agent": None,
        "served_at": next((moment(one) for one, e in happened if e["kind"] == "goal_reached"), None),
        "wanted_person": False,
        "called_back": False,
    }


def rows(engine: Engine) -> dict[str, dict[str, Any]]:
    """All rows of `calls`, by their key."""
    with engine.connect() as connection:
        return {row["call_sid"]: dict(row) for row in connection.execute(select(calls)).mappings()}


def counted(engine: Engine) -> tuple[int, int]:
    """How many records and events there are."""
    with engine.connect() as connection:
        return tuple(connection.scalar(select(func.count()).select_from(table)) or 0 for table in (records, events))  # type: ignore[return-value]


def seqs(engine: Engine, sid: str) -> list[int]:
    """The numbers of the call's records, in order."""
    with engine.connect() as connection:
        return list(connection.scalars(select(records.c.seq).where(records.c.call_sid == sid).order_by(records.c.seq)))
