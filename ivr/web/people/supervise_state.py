"""What supervisors see: each queue with its service level today, who waits in it, and what each agent does."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

from flask import current_app

from ivr.menu.team import Queue, Team
from ivr.reports.figure import Figure
from ivr.reports.kpi import Scope
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.store.queues import AgentState, Waiting
from ivr.web.people.desk_known import known_call
from ivr.web.people.office import Office, office

FRESH = 0.7
"""Seconds for which a service level serves all who look: with a page that asks each second none is two seconds old."""

MOST_CALLERS = 200
"""Of those who wait in a queue so many are listed."""


class Today:
    """The service levels of today, measured at most every `FRESH` seconds. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._measured = -FRESH
        self._pause = FRESH
        self._figures: dict[str, Figure] = {}

    def figures(self, room: Office, team: Team) -> dict[str, Figure]:
        """By queue. Raises SQLAlchemyError."""
        with self._lock:
            began = time.monotonic()
            if began - self._measured >= self._pause:
                self._figures = _measure(room, team)
                self._measured = time.monotonic()
                # After some 100,000 calls in a day it takes a second: then it is measured half of the time, not always.
                self._pause = max(FRESH, self._measured - began)
            return self._figures


def _measure(room: Office, team: Team) -> dict[str, Figure]:
    now = room.clock()
    since = now.astimezone(team.zone or UTC).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    by_aim: dict[float, list[str]] = {}
    for queue in team.queues.values():
        by_aim.setdefault(queue.service_level.seconds, []).append(queue.name)
    found: dict[str, Figure] = {}
    for aim, names in by_aim.items():
        scope = Scope(since, datetime.max.replace(tzinfo=UTC), tuple(names))
        found |= SERVICE_LEVEL.measure(room.engine, scope, {"seconds": aim})
    return found


def live_state() -> dict[str, Any]:
    """All of it. Raises RedisError and SQLAlchemyError."""
    team = office().staff.now()
    states = {it.name: it for it in office().queues.agents(list(team.agents))}
    today: Today = current_app.extensions["ivr_today"]
    figures = today.figures(office(), team)
    return {
        "queues": [_queue(team, queue, states, figures.get(queue.name)) for queue in team.queues.values()],
        "agents": [_agent(team, name, it) for name, it in states.items()],
    }


def _queue(team: Team, queue: Queue, states: dict[str, AgentState], figure: Figure | None) -> dict[str, Any]:
    queues = office().queues
    callers = [it for it in queues.callers(queues.everybody(queue.name, MOST_CALLERS)) if it]
    waiting = queues.size(queue.name)
    expected = office().waits.expected(team, queue, waiting, office().clock())
    members = [states[agent.id].state for agent in team.members(queue.name)]
    return {
        "name": queue.name,
        "waiting": waiting,
        "longest": min((it.arrived for it in callers), default=None),
        "expected": [_fives(expected.low), _fives(expected.high)] if expected else None,
        "agents": {state: members.count(state) for state in ("available", "offered", "talking", "wrap_up", "away")},
        "open": office().notices.takes_callers(queue, team, office().clock()),
        "aim": {"share": queue.service_level.share, "seconds": queue.service_level.seconds},
        "level": _level(figure),
        "callers": [_caller(it) for it in callers],
    }


def _level(figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {
        "value": figure.value, "n": figure.n, "low": figure.low, "high": figure.high,
        "abandoned": figure.counts["abandoned"], "short": figure.counts["short"],
    }  # fmt: skip


def _caller(it: Waiting) -> dict[str, Any]:
    call = known_call(it.sid, it.queue, it.language)
    offer = office().queues.offered(it.offer) if it.offer else None
    return {
        "sid": it.sid,
        "caller": call.caller if call else "…",
        "line": call.line if call else "",
        "language": it.language,
        "arrived": it.arrived,
        "state": it.state,
        "agent": offer.agent if offer else "",
    }


def _agent(team: Team, name: str, it: AgentState) -> dict[str, Any]:
    offer = office().queues.offered(it.offer) if it.offer else None
    caller = office().queues.caller(offer.sid) if offer else None
    call = known_call(offer.sid, offer.id, offer.language) if offer else None
    return {
        "name": name,
        "full": team.agents[name].full_name,
        "queues": list(team.queues_of(name)),
        "languages": list(team.agents[name].languages),
        "state": it.state,
        "reason": it.reason,
        "since": it.since,
        "next": it.next,
        "wrap_until": it.wrap_until,
        "calls": it.calls,
        "call": {
            "queue": offer.queue, "language": offer.language, "caller": call.caller if call else "…",
            "arrived": caller.arrived if caller else None, "onward": offer.onward,
        } if offer else None,
    }  # fmt: skip


def _fives(seconds: float) -> int:
    """Whole five seconds: a range that crawls would be another state each second."""
    return round(seconds / 5) * 5
