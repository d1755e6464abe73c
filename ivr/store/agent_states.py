"""What agents did, into SQL: each change once, whoever brings it and however often.

A batch is one transaction. A change that is there already does nothing. How long a state lasted follows from the rows
alone: until the next one of the same agent began. So what comes twice, or late, leaves the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.store.agent_changes import Became, Change, Said
from ivr.store.agent_tables import agent_states, wrap_ups
from ivr.store.queue_visits import queue_visits
from ivr.store.rollups.agents import counted_in
from ivr.store.rollups.marks import mark
from ivr.store.rollups.moments import quarter_of
from ivr.store.sql import for_writing

_TRIES = 5
"""How often a batch is written anew because another writer came in between."""

_STATES = agent_states.c


class AgentStates:
    """What agents did, in one database. Safe between threads; raises `SQLAlchemyError` where it is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = for_writing(engine)

    def write(self, changes: Sequence[Change]) -> int:
        """Writes changes, in one transaction; how many states were not there before."""
        for left in reversed(range(_TRIES)):
            try:
                with self._engine.begin() as connection:
                    return self._write(connection, changes)
            except IntegrityError:
                if not left:
                    raise
        raise AssertionError("the last try either returns or raises")

    def _write(self, connection: Connection, changes: Sequence[Change]) -> int:
        of_agent: dict[str, dict[int, Became]] = defaultdict(dict)
        for change in changes:
            if isinstance(change, Became):
                of_agent[change.agent].setdefault(change.id, change)
        new, counted, offers = 0, set[int](), set[str]()
        for agent in sorted(of_agent):
            fresh = _added(connection, agent, of_agent[agent])
            new += len(fresh)
            for row, lasted in _timed(connection, agent, min(fresh)) if fresh else ():
                counted.update(counted_in(row["began_at"], lasted))
                if row["how"] == "over" and row["offer"] and row["call_sid"]:
                    _wrapped(connection, row, lasted)
                    offers.add(row["offer"])
        for change in changes:
            if isinstance(change, Said):
                _say(connection, change)
                offers.add(change.offer)
        mark(connection, counted | _of_talks(connection, offers))
        return new


def _added(connection: Connection, agent: str, found: dict[int, Became]) -> list[int]:
    """Adds the rows of an agent that are not there; their ids."""
    there = set(connection.scalars(select(_STATES.id).where(_STATES.agent == agent, _STATES.id.in_(found))))
    fresh = sorted(found.keys() - there)
    rows = [
        {
            "agent": agent, "id": it.id, "state": it.state[:10], "reason": it.reason, "how": it.how[:10],
            "began_at": it.at, "ended_at": None, "offer": it.offer, "call_sid": it.sid, "queue": it.queue,
            "follows": it.follows,
        }
        for it in map(found.__getitem__, fresh)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(agent_states), rows)
    return fresh


def _timed(connection: Connection, agent: str, first: int) -> list[tuple[RowMapping, timedelta | None]]:
    """Ends the rows of an agent from the one before `first` on; each, with how long it lasted where that is known.

    A row that does not follow the one before it came after Redis had lost its data. Nobody knows how long the one
    before lasted, so it counts as long as is known: not at all.
    """
    mine = _STATES.agent == agent
    before = select(_STATES.id).where(mine, _STATES.id < first).order_by(_STATES.id.desc()).limit(1).scalar_subquery()
    from_there = select(agent_states).where(mine, (_STATES.id >= first) | (_STATES.id == before)).order_by(_STATES.id)
    rows = connection.execute(from_there).mappings().all()
    found: list[tuple[RowMapping, timedelta | None]] = []
    for row, after in zip(rows, (*rows[1:], None), strict=True):
        if after is None:
            found.append((row, None))
            continue
        known = after["follows"] == row["id"]
        ended_at = max(row["began_at"], after["began_at"]) if known else row["began_at"]
        if row["ended_at"] != ended_at:
            connection.execute(update(agent_states).where(mine, _STATES.id == row["id"]).values(ended_at=ended_at))
        found.append((row, ended_at - row["began_at"] if known else None))
    return found


def _wrapped(connection: Connection, row: RowMapping, lasted: timedelta | None) -> None:
    """Keeps when a wrap-up began, and how long it took, where that is known."""
    known: dict[str, Any] = {"began_at": row["began_at"]}
    if row["state"] != "wrap_up":
        known |= {"ended_at": row["began_at"], "seconds": 0}
    elif lasted is not None:
        known |= {"ended_at": row["began_at"] + lasted, "seconds": round(lasted.total_seconds())}
    _keep(connection, row["offer"], known, {"agent": row["agent"], "queue": row["queue"], "call_sid": row["call_sid"]})


def _say(connection: Connection, said: Said) -> None:
    """Keeps what was said of a call, unless something was said later."""
    there = connection.scalar(select(wrap_ups.c.noted).where(wrap_ups.c.offer == said.offer))
    if there is None or there < said.id:
        known = {"code": said.code, "note": said.note, "noted": said.id}
        _keep(connection, said.offer, known, {"agent": said.agent, "queue": said.queue, "call_sid": said.sid})


def _keep(connection: Connection, offer: str, known: dict[str, Any], about: dict[str, Any]) -> None:
    if not connection.execute(update(wrap_ups).where(wrap_ups.c.offer == offer).values(**known)).rowcount:
        connection.execute(insert(wrap_ups).values({"offer": offer, "code": "", "note": "", **about, **known}))


def _of_talks(connection: Connection, offers: set[str]) -> set[int]:
    """The quarter-hours in which these talks count, and their wrap-ups."""
    if not offers:
        return set()
    talks = select(wrap_ups.c.began_at, queue_visits.c.at).outerjoin(
        queue_visits,
        (queue_visits.c.call_sid == wrap_ups.c.call_sid) & (queue_visits.c.offer == wrap_ups.c.offer),
    )
    found = connection.execute(talks.where(wrap_ups.c.offer.in_(offers)))
    return {quarter_of(moment) for row in found for moment in row if moment is not None}
