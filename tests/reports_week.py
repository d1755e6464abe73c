"""A week of calls whose figures are reckoned by hand in the tests of the reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Engine

from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash

NOW = datetime(2026, 7, 1, 15, tzinfo=UTC)
"""A Wednesday, ten in the morning in Chicago, half past eight in the evening in Kolkata."""

WAITS = {"step": "agents", "queue": "bookings"}

ENTERED = {"kind": "queue_entered", **WAITS, "position": 1, "language": "en-US", "head_start": 0.0}


def answered(waited: int, talked: int = 60, agent: str = "ana") -> tuple[dict[str, Any], ...]:
    """A wait that an agent ended, and the talk."""
    told = {**WAITS, "agent": agent, "waited": waited}
    return (
        ENTERED,
        {"kind": "connected", **told, "offer": f"offer-{waited}", "rang": 1},
        {"kind": "completed", **told, "talked": talked, "by": "agent"},
    )


def exited(how: str, waited: int) -> tuple[dict[str, Any], ...]:
    """A wait that ended otherwise."""
    return (ENTERED, {"kind": "queue_exited", **WAITS, "how": how, "position": 1, "waited": waited})


GOAL = {"kind": "goal_reached", "step": "told", "goal": "departure_told"}
ABANDONED = (ENTERED, {"kind": "abandoned", **WAITS, "position": 1, "entered_at": 1, "waited": 50})
REFUSED = {"kind": "queue_refused", **WAITS, "why": "closed"}
MESSAGE = {"kind": "message_left", "step": "box", "box": "general", "url": "https://example.com/RE1", "seconds": 9}
GAVE_UP = {"kind": "gave_up", "step": "main"}
ASKED = {"kind": "survey_asked", "step": "after", "survey": "after_call"}
DIALLED = (
    {"kind": "dialing", "step": "desk", "ending": "0199"},
    {"kind": "dial_ended", "step": "desk", "outcome": "answered", "seconds": 30},
)


def content(mark: int) -> dict[str, Any]:
    """An answer to the survey."""
    about = {"step": "after", "survey": "after_call", "question": "content"}
    return {"kind": "survey_answered", **about, "measure": "csat", "value": mark}


def day(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WEEK: tuple[tuple[str, tuple[dict[str, Any], ...], str], ...] = (
    ("2026-06-29T18:45", (GOAL,), "line"),  # Monday; in Kolkata a quarter past midnight on Tuesday
    ("2026-06-29T19:00", (GOAL,), "completed"),
    ("2026-06-29T19:05", (GOAL,), "completed"),
    ("2026-06-30T14:10", (*answered(10), ASKED, content(5)), "completed"),
    ("2026-06-30T14:20", (*answered(40, agent="raj"), ASKED, content(2)), "completed"),
    ("2026-06-30T14:30", ABANDONED, "completed"),
    ("2026-06-30T14:40", exited("callback_booked", 70), "completed"),
    ("2026-06-30T15:00", (REFUSED,), "line"),
    ("2026-07-01T09:00", (MESSAGE,), "completed"),
    ("2026-07-01T09:10", (GAVE_UP,), "line"),
    ("2026-07-01T09:20", (), "line"),
    ("2026-07-01T09:30", (), "lost"),
    ("2026-07-01T09:40", (), "completed"),
    ("2026-07-01T09:50", DIALLED, "completed"),
    ("2026-07-01T14:59", (), ""),  # it goes on
    # Before that, two of them in the week before:
    ("2026-06-17T12:00", (GOAL,), "completed"),
    ("2026-06-22T19:00", (GOAL,), "completed"),
    ("2026-06-23T19:00", (), "completed"),
)
"""When a call began, what happened in it, how it ended."""

ENDED = {
    "goal": 3, "talked": 3, "callback": 1, "message": 1, "abandoned": 1, "nobody": 1, "gave_up": 1, "heard": 1,
    "lost": 1, "hung_up": 1, "going_on": 1,
}  # fmt: skip
"""How those of the last seven days ended."""


def fill(engine: Engine, line: str = "meridian", version: str = "a1b2c3d4e5f6") -> None:
    """Writes the week to the log of a line, as the worker does."""
    entries = []
    for number, (began, events, how) in enumerate(WEEK):
        sid = f"CA{line[:1]}{number:031}"
        for seq, record in enumerate(_records(day(began), events, how, number, line, version), 1):
            entries.append(Entry(b"{p00}:log", b"%d-0" % seq, sid, orjson.dumps({"seq": seq, **record})))
    assert not CallLog(engine, CallerHash("k" * 40)).write(entries).refused


def _records(
    at: datetime, events: tuple[dict[str, Any], ...], how: str, number: int, line: str, version: str
) -> list[dict[str, Any]]:
    started = {"caller": f"+150055501{number:02}", "to": "+15005550006", "line": line, "version": version, "step": ""}
    first = {"kind": "started", "at": at.isoformat(), **started}
    made = [{"input": first, "events": [{"kind": "entered", "step": "welcome"}]}]
    for event in events:
        at += timedelta(seconds=5)
        made.append({"input": {"kind": "silent", "at": at.isoformat()}, "events": [event]})
    if how:
        at += timedelta(seconds=5)
        ended = {"kind": "ended", "step": "main", "how": how}
        made.append({"input": {"kind": "hung_up", "at": at.isoformat(), "status": how}, "events": [ended]})
    return made
