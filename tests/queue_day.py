"""A day of two queues and two agents that one can count by hand: calls in the log, and what the agents did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine

from ivr.store.agent_changes import Became, Change, Said
from ivr.store.agent_states import AgentStates
from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash

DAY = datetime(2026, 7, 6, 9, tzinfo=UTC)
NOW = DAY + timedelta(hours=11)

TEAM = """\
timezone: UTC
agents:
  ana: {name: Ana Ruiz, languages: [en-US], phone: "+15005550401"}
  raj: {name: Raj Patel, languages: [en-US], phone: "+15005550402"}
queues:
  bookings: {agents: [ana, raj], service_level: 80% in 20s, wrap_up_codes: [booked, changed]}
  refunds: {agents: [raj], service_level: 50% in 30s}
"""

CALLS: tuple[dict[str, Any], ...] = (
    {"queue": "bookings", "ends": "connected", "waited": 10, "agent": "ana", "talked": 60, "wrap": 30,
     "code": "booked"},
    {"queue": "bookings", "ends": "connected", "waited": 15, "agent": "raj", "talked": 100, "wrap": 10, "code": ""},
    {"queue": "bookings", "ends": "connected", "waited": 95, "agent": "ana", "talked": 80, "wrap": 50, "code": "booked",
     "told": (70, 115), "missed": "raj"},
    {"queue": "bookings", "ends": "abandoned", "waited": 40},
    {"queue": "bookings", "ends": "abandoned", "waited": 3},
    {"queue": "bookings", "ends": "callback_booked", "waited": 90},
    {"queue": "refunds", "ends": "connected", "waited": 25, "agent": "raj", "talked": 200, "wrap": 0, "code": "",
     "told": (200, 300)},
    {"queue": "refunds", "ends": "abandoned", "waited": 70},
)  # fmt: skip
"""Half an hour apart, from nine o'clock: all but the last three before noon. Of `bookings` (80 % in 20 s): 2 of 4 in
time. Of `refunds` (50 % in 30 s): 1 of 2."""


def fill(engine: Engine, menus: Path) -> None:
    """Writes the day, and the team beside it."""
    (menus / "team.yaml").write_text(TEAM)
    log, changes = CallLog(engine, CallerHash("k" * 40)), _Changes()
    for agent in ("ana", "raj"):
        changes.became(agent, "available", "set", DAY - timedelta(minutes=10))
    entries = []
    for number, call in enumerate(CALLS):
        sid = f"CAqueueday{number:02}"
        records = _records(sid, call, DAY + timedelta(minutes=30 * number), changes)
        entries += [Entry(b"{p00}:log", b"%d-0" % number, sid, orjson.dumps(it)) for it in records]
    assert not log.write(entries).refused
    changes.became("ana", "away", "set", NOW - timedelta(hours=3), reason="lunch")
    changes.became("ana", "away", "set", NOW - timedelta(hours=2))
    AgentStates(engine).write(changes.all)


class _Changes:
    """What agents did, in its order."""

    def __init__(self) -> None:
        self.all: list[Change] = []
        self._last: dict[str, int] = {}

    def became(
        self, agent: str, state: str, how: str, at: datetime, sid: str = "", queue: str = "", reason: str = ""
    ) -> None:
        """An agent became something."""
        number = len(self.all) + 1
        offer = f"offer {sid} {agent}" if sid else None
        self.all.append(
            Became(number, agent, state, reason, how, at, offer, sid or None, queue or None, self._last.get(agent))
        )
        self._last[agent] = number

    def said(self, agent: str, sid: str, queue: str, code: str) -> None:
        """An agent chose a code."""
        self.all.append(Said(len(self.all) + 1, f"offer {sid} {agent}", agent, sid, queue, code, ""))


def _records(sid: str, call: dict[str, Any], began: datetime, changes: _Changes) -> list[dict[str, Any]]:
    """The records of one call, and what agents did because of it."""
    queue, where = call["queue"], {"step": "agents", "queue": call["queue"]}
    made: list[dict[str, Any]] = []

    def add(kind: str, seconds: float, *events: dict[str, Any], **fields: Any) -> None:
        at = (began + timedelta(seconds=seconds)).isoformat()
        made.append({"seq": len(made) + 1, "input": {"kind": kind, "at": at, **fields}, "events": list(events)})

    first = {"caller": "+15005550101", "line": "meridian", "version": "aaaaaaaaaaaa", "step": "", "to": "+15005550006"}
    add("started", 0, {"kind": "entered", "step": "welcome"}, **first)
    add("waited", 0, {"kind": "queue_entered", **where, "position": 1, "language": "en-US", "head_start": 0.0})
    if "told" in call:
        low, high = call["told"]
        add("waited", 5, {"kind": "wait_told", **where, "position": 1, "low": low, "high": high})
    over = call["waited"]
    if call["ends"] == "connected":
        agent, answered = call["agent"], began + timedelta(seconds=over)
        if "missed" in call:
            changes.became(call["missed"], "offered", "offered", answered - timedelta(seconds=30), sid, queue)
            changes.became(
                call["missed"], "away", "missed", answered - timedelta(seconds=15), sid, queue, "missed a call"
            )
            changes.became(call["missed"], "available", "set", answered + timedelta(seconds=45))
        changes.became(agent, "offered", "offered", answered - timedelta(seconds=5), sid, queue)
        changes.became(agent, "talking", "taken", answered, sid, queue)
        ended = answered + timedelta(seconds=call["talked"])
        if call["code"]:
            changes.said(agent, sid, queue, call["code"])
        if call["wrap"]:
            changes.became(agent, "wrap_up", "over", ended, sid, queue)
            changes.became(agent, "available", "wrapped", ended + timedelta(seconds=call["wrap"]))
        else:
            changes.became(agent, "available", "over", ended, sid, queue)
        told = {**where, "agent": agent, "waited": over}
        add("accepted", over, {"kind": "connected", **told, "offer": f"offer {sid} {agent}", "rang": 5})
        add("dialed", over + call["talked"], {"kind": "completed", **told, "talked": call["talked"], "by": "caller"})
    elif call["ends"] == "abandoned":
        add("queue_left", over, {"kind": "abandoned", **where, "position": 1, "entered_at": 1, "waited": over})
    else:
        add("released", over, {"kind": "queue_exited", **where, "how": call["ends"], "position": 1, "waited": over})
    add("hung_up", over + 300, {"kind": "ended", "step": "agents", "how": "completed"}, status="completed")
    return made
