"""What agents did with their time: how long each was what, how often they missed a call, what they made of their talks.

From the roll-up where it has what is asked, and from the rows themselves at the ends of a span that are no whole
quarter-hours, and where too much has still to be rolled up. What still lasts counts until now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor

from sqlalchemy import Connection, Engine, func, select

from ivr.reports.named import NONE
from ivr.store.rollups.agents import Did, lasting, rollup_agents, tally
from ivr.store.rollups.reading import Piece, pieces
from ivr.store.rollups.rollup import QUARTER_SECONDS


@dataclass(frozen=True, slots=True)
class AgentTime:
    """What one agent did in a time: seconds and numbers. Of queues only those that were asked for, where that is so."""

    agent: str
    available: int = 0
    ringing: int = 0
    talking: int = 0
    wrap_up: int = 0
    away: Counter[str] | None = None
    """Seconds by reason. Who is away without one is signed out, and that is not counted."""
    missed: int = 0
    offered: int = 0
    codes: Counter[str] | None = None
    """How many talks were given which code; "" is none."""

    @property
    def occupancy(self) -> float | None:
        """Talk and wrap-up, of these and the time in which they were available or it rang; None without any.

        The usual figure of contact centres: the share of the time at work for which there was work.
        """
        busy = self.talking + self.wrap_up
        return busy / whole if (whole := busy + self.available + self.ringing) else None


def together(times: Iterable[AgentTime]) -> AgentTime:
    """All of them, as if they were one; whose name is empty."""
    away, codes = Counter[str](), Counter[str]()
    sums = Counter[str]()
    for it in times:
        away += it.away or Counter()
        codes += it.codes or Counter()
        for name in ("available", "ringing", "talking", "wrap_up", "missed", "offered"):
            sums[name] += getattr(it, name)
    return AgentTime("", away=away, codes=codes, **sums)


def agent_times(
    engine: Engine, since: datetime, until: datetime, now: datetime, queue: str | None = None, agent: str | None = None
) -> list[AgentTime]:
    """Each agent who did anything from `since` to before `until` (aware), by name. Raises SQLAlchemyError.

    With a queue, what has to do with calls is that of its calls; who did nothing for it is left out. Being available
    or away is of no queue.
    """
    queue = "" if queue == NONE else queue
    times, seconds = _counted(engine, since, until, now)
    found: dict[str, list[Did]] = {}
    for did in times.keys() | seconds.keys():
        if agent in (None, did.agent) and (queue is None or did.queue in ("", queue)):
            found.setdefault(did.agent, []).append(did)
    return [
        _of(name, found[name], times, seconds)
        for name in sorted(found)
        if queue is None or any(did.queue == queue for did in found[name])
    ]


def _of(agent: str, all_: Iterable[Did], times: Counter[Did], seconds: Counter[Did]) -> AgentTime:
    lasted: Counter[str] = Counter()
    number: Counter[str] = Counter()
    away, codes = Counter[str](), Counter[str]()
    for did in all_:
        lasted[did.what] += seconds[did]
        number[did.what] += times[did]
        if did.what == "away":
            away[did.name] += seconds[did]
        if did.what == "code":
            codes[did.name] += times[did]
    return AgentTime(
        agent, lasted["available"], lasted["offered"], lasted["talking"], lasted["wrap_up"], +away,
        number["missed"], number["offered"], +codes,
    )  # fmt: skip


def _counted(engine: Engine, since: datetime, until: datetime, now: datetime) -> tuple[Counter[Did], Counter[Did]]:
    """How often each thing began, and for how many seconds it lasted."""
    times, seconds = Counter[Did](), Counter[Did]()
    begin, end = floor(since.timestamp()), floor(until.timestamp())
    first, last = ceil(begin / QUARTER_SECONDS), end // QUARTER_SECONDS
    rolled = pieces(engine, first, last) if first < last else None
    with engine.connect() as connection:
        if rolled is None:
            raw = [(begin, end)]
        else:
            raw = [(begin, first * QUARTER_SECONDS), (last * QUARTER_SECONDS, end)]
            _add_rolled(connection, rolled, times, seconds)
        for one, other in raw:
            if one < other:
                found = tally(connection, one, other)
                for (_, did), value in found.times.items():
                    times[did] += value
                for (_, did), value in found.seconds.items():
                    seconds[did] += value
        seconds.update(lasting(connection, begin, end, now))
    return times, seconds


def _add_rolled(connection: Connection, rolled: Iterable[Piece], times: Counter[Did], seconds: Counter[Did]) -> None:
    it = rollup_agents.c
    of = (it.agent, it.what, it.name, it.queue)
    for piece in rolled:
        rows = select(*of, func.sum(it.times), func.sum(it.seconds)).group_by(*of)
        rows = rows.where(it.span == piece.span, it.begins >= piece.since, it.begins < piece.until)
        for *did, number, lasted in connection.execute(rows):
            times[Did(*did)] += int(number)
            seconds[Did(*did)] += int(lasted)
