"""The time of agents: how long each was what, how often they missed a call, and what they made of their talks.

    available, offered, talking, wrap_up    how often it began, and for how many seconds it lasted
    away       the same, by reason; without a reason they were signed out, and that is no working time: it is not here
    missed     how often they did not take a call that was offered to them
    code       how often a talk got which code (none: ""), and the seconds of the wrap-ups

A state counts in each quarter-hour for as long as it lasted in it, what happens at a moment in that of the moment.
Seconds are whole ones, from second to second of the clock, so that the parts add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import floor
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    text,
)

from ivr.store.agent_tables import agent_states, wrap_ups
from ivr.store.rollups.moments import quarter_of
from ivr.store.rollups.rollup import BLOCK, DAY, QUARTER_SECONDS, Rollup
from ivr.store.sql import metadata

LONGEST = timedelta(days=1)
"""A state counts no longer than that: who is said to take calls for longer has gone home, and nobody was told."""

rollup_agents = Table(
    "rollup_agents",
    metadata,
    Column("span", Integer, primary_key=True, autoincrement=False),
    Column("begins", Integer, primary_key=True, autoincrement=False),
    Column("agent", Text, primary_key=True),
    Column("what", String(10), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("queue", Text, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""One row for what an agent did in a span of so many quarter-hours; `name` is the reason or the code, `queue` that of
the call, "" where there is none."""

_STATES, _WRAPS = agent_states.c, wrap_ups.c


class Did(NamedTuple):
    """Of what something is counted."""

    agent: str
    what: str
    name: str
    queue: str


class Tally(NamedTuple):
    """What is counted: how often each thing began, and for how many seconds it lasted, by quarter-hour."""

    times: Counter[tuple[int, Did]]
    seconds: Counter[tuple[int, Did]]


def tally(connection: Connection, since: int, until: int) -> Tally:
    """What is counted from second to before second (since 1970), from the rows themselves.

    Of what still lasts only that it began.
    """
    found = Tally(Counter(), Counter())
    for row in _states(connection, since, until):
        began, over = _second(row.began_at), row.ended_at
        if since <= began < until and row.how in ("missed", "expired"):
            found.times[began // QUARTER_SECONDS, Did(row.agent, "missed", "", row.queue or "")] += 1
        if row.state == "away" and not row.reason:
            continue
        did = Did(row.agent, row.state, row.reason if row.state == "away" else "", row.queue or "")
        if row.state in ("away", "available"):
            did = did._replace(queue="")
        if since <= began < until:
            found.times[began // QUARTER_SECONDS, did] += 1
        if over is not None:
            end = min(_second(over), _second(row.began_at + LONGEST), until)
            for quarter, seconds in _parts(max(began, since), end):
                found.seconds[quarter, did] += seconds
    within = (_WRAPS.began_at >= _moment(since), _WRAPS.began_at < _moment(until))
    columns = (_WRAPS.agent, _WRAPS.code, _WRAPS.queue, _WRAPS.began_at, _WRAPS.seconds)
    for agent, code, queue, began_at, seconds in connection.execute(select(*columns).where(*within)):
        counted = _second(began_at) // QUARTER_SECONDS, Did(agent, "code", code, queue)
        found.times[counted] += 1
        found.seconds[counted] += seconds or 0
    return found


def lasting(connection: Connection, since: int, until: int, now: datetime) -> Counter[Did]:
    """The seconds of what still lasts, which the roll-up has not."""
    found: Counter[Did] = Counter()
    for row in connection.execute(select(agent_states).where(_STATES.ended_at.is_(None))):
        if row.state != "away" or row.reason:
            end = min(_second(now), _second(row.began_at + LONGEST), until)
            queue = "" if row.state in ("away", "available") else row.queue or ""
            name = row.reason if row.state == "away" else ""
            found[Did(row.agent, row.state, name, queue)] += max(end - max(_second(row.began_at), since), 0)
    return found


def counted_in(began_at: datetime, lasted: timedelta | None) -> range:
    """The quarter-hours in which a state counts; of one that lasts, the one in which it began."""
    end = began_at + min(lasted or timedelta(), LONGEST)
    return range(quarter_of(began_at), quarter_of(end) + 1)


def _rebuild(connection: Connection, since: int, until: int) -> None:
    of = rollup_agents.c
    connection.execute(delete(rollup_agents).where(of.span == 1, of.begins >= since, of.begins < until))
    found = tally(connection, since * QUARTER_SECONDS, until * QUARTER_SECONDS)
    rows = [
        {"span": 1, "begins": quarter, **did._asdict(), "times": found.times[quarter, did],
         "seconds": found.seconds[quarter, did]}
        for quarter, did in found.times.keys() | found.seconds.keys()
    ]  # fmt: skip
    if rows:
        connection.execute(insert(rollup_agents), rows)


_LENGTHEN = text("""
    INSERT INTO rollup_agents (span, begins, agent, what, name, queue, times, seconds)
    SELECT CAST(:span AS INTEGER), CAST(:begins AS INTEGER), agent, what, name, queue, sum(times), sum(seconds)
    FROM rollup_agents WHERE span = :shorter AND begins >= :begins AND begins < :ends
    GROUP BY agent, what, name, queue
""")


def _lengthen(connection: Connection, span: int, begins: int) -> None:
    of = rollup_agents.c
    connection.execute(delete(rollup_agents).where(of.span == span, of.begins == begins))
    shorter = DAY if span == BLOCK else 1
    connection.execute(_LENGTHEN, {"span": span, "begins": begins, "shorter": shorter, "ends": begins + span})


ROLLUP = Rollup("agents", _rebuild, _lengthen)


def _states(connection: Connection, since: int, until: int) -> Iterator[Row[Any]]:
    """The rows that count in a time: those that began in it, and those that reach into it."""
    columns = (_STATES.agent, _STATES.state, _STATES.reason, _STATES.how, _STATES.queue, _STATES.began_at,
               _STATES.ended_at)  # fmt: skip
    first = _moment(since)
    query = select(*columns).where(_STATES.began_at >= first - LONGEST, _STATES.began_at < _moment(until))
    return iter(
        connection.execute(
            query.where(or_(_STATES.began_at >= first, _STATES.ended_at > first, _STATES.ended_at.is_(None)))
        )
    )


def _parts(since: int, until: int) -> Iterator[tuple[int, int]]:
    """The quarter-hours of a time, each with how many seconds of it are in it."""
    while since < until:
        quarter = since // QUARTER_SECONDS
        end = min((quarter + 1) * QUARTER_SECONDS, until)
        yield quarter, end - since
        since = end


def _second(moment: datetime) -> int:
    return floor(moment.timestamp())


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
