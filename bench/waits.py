"""How long callers wait, simulated on the real routing and the real slot of the queues, beside queueing theory.

python -m bench.waits [callers a seed]

Callers come as a Poisson process, talks last exponentially long, agents take at once; whom the dispatcher offers to
whom is decided as in the service. Without impatience the mean wait must be Erlang C's, with it Erlang A's.
"""

from __future__ import annotations

import heapq
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from math import sqrt
from pathlib import Path
from random import Random
from statistics import mean, stdev

from ivr.routing.erlang import Expected, erlang_a, erlang_c
from ivr.store.calls import Calls
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.queues import Offer, Queues, Waiting
from ivr.switchboard.dispatch import Dispatcher, Mover
from ivr.switchboard.staff import Staff

AGENTS = 10
TALK = 240.0
"""Seconds, on average."""
PATIENCE = 120.0
"""Seconds, on average, where callers have any."""
LOAD = 0.8
"""Of the agents' time, where nobody hangs up."""
SEEDS = 20
CALLERS = 1000
"""Callers of a seed who are counted; a fifth more come before them, since the day begins with nobody there."""

T95 = 2.093
"""Student's t of 19 degrees of freedom: 95 % lie between -t and t."""

BEGAN = datetime(2026, 7, 6, tzinfo=UTC)
NEVER = 9e12


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over seeds, and half the width of its 95 % interval."""

    mean: float
    half: float


@dataclass(frozen=True, slots=True)
class Result:
    """What a simulation gave beside what is expected: mean waits in seconds, shares of callers who hung up."""

    name: str
    expected: Expected
    wait: Interval
    abandons: Interval


@dataclass
class _Day:
    """One seed: events in the order of their moments."""

    queues: Queues
    dispatcher: Dispatcher
    random: Random
    rate: float
    patience: float | None
    waits: dict[str, float] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    now: float = 0.0
    arrived: dict[str, float] = field(default_factory=dict)
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def at(self, moment: float, what: Callable[[], None]) -> None:
        """Plans an event."""
        heapq.heappush(self._events, (moment, next(self._numbers), what))

    def run(self, callers: int) -> None:
        """Lets so many callers come, and all of them go."""
        moment = BEGAN.timestamp()
        for number in range(callers):
            moment += self.random.expovariate(self.rate)
            self.at(moment, lambda sid=f"CA{number}": self._comes(sid))  # type: ignore[misc]
        while self._events:
            self.now, _, what = heapq.heappop(self._events)
            what()

    def _comes(self, sid: str) -> None:
        self.arrived[sid] = self.now
        self.queues.join(Waiting(sid, "bookings", "en-US", self.now, self.now), heard_by=NEVER)
        if self.patience is not None:
            self.at(self.now + self.random.expovariate(1 / self.patience), lambda: self._loses_patience(sid))
        self._serve()

    def _loses_patience(self, sid: str) -> None:
        if sid not in self.waits:
            self.queues.leave(sid, self.now)
            self.waits[sid] = self.now - self.arrived[sid]
            self.gone.add(sid)

    def _serve(self) -> None:
        for offer in self.dispatcher.run(datetime.fromtimestamp(self.now, UTC)):
            assert self.queues.accept(offer, self.now)
            self.waits[offer.sid] = self.now - self.arrived[offer.sid]
            talk = self.random.expovariate(1 / TALK)
            self.at(self.now + talk, lambda offer=offer: self._hangs_up(offer))  # type: ignore[misc]

    def _hangs_up(self, offer: Offer) -> None:
        self.queues.finish(offer, self.now)
        self._serve()


def simulate(*, patience: float | None, seeds: int = SEEDS, callers: int = CALLERS) -> Result:
    """So many days of so many callers, on a Valkey of its own."""
    rate = LOAD * AGENTS / TALK
    waits, gone = [], []
    with tempfile.TemporaryDirectory(prefix="touchtone-") as name, Embedded(Path(name) / "valkey") as valkey:
        (Path(name) / "team.yaml").write_text(_team(), "utf-8")
        redis = connect(f"{valkey.url}?socket_timeout=20")
        staff, queues = Staff(Path(name)), Queues(redis)
        dispatcher = Dispatcher(queues, staff, Mover(Calls(redis), None))
        for seed in range(seeds):
            redis.flushall()
            for agent in staff.now().agents:
                queues.set_agent(agent, "available", BEGAN.timestamp())
            day = _Day(queues, dispatcher, Random(seed), rate, patience)
            day.run(callers + callers // 5)
            counted = [f"CA{number}" for number in range(callers // 5, callers + callers // 5)]
            waits.append(mean(day.waits[sid] for sid in counted))
            gone.append(mean(sid in day.gone for sid in counted))
        redis.close()
    if patience is None:
        return Result("Erlang C: nobody hangs up", erlang_c(rate, 1 / TALK, AGENTS), _over(waits), _over(gone))
    expected = erlang_a(rate, 1 / TALK, AGENTS, 1 / patience)
    return Result(f"Erlang A: patience {patience:.0f} s", expected, _over(waits), _over(gone))


def _over(values: list[float]) -> Interval:
    return Interval(mean(values), T95 * stdev(values) / sqrt(len(values)))


def _team() -> str:
    names = [f"agent{number}" for number in range(AGENTS)]
    agents = "".join(
        f'  {name}: {{name: Agent, phone: "+1500555{4000 + number}", languages: [en-US]}}\n'
        for number, name in enumerate(names)
    )
    return f"agents:\n{agents}queues:\n  bookings:\n    agents: [{', '.join(names)}]\n    room_for: 1000\n"


def rows(callers: int = CALLERS) -> list[str]:
    """The table: what theory expects, what came, and its 95 % interval over the seeds."""
    head = f"{AGENTS} agents, talks of {TALK:.0f} s, {LOAD:.0%} load, {SEEDS} seeds of {callers:,} callers"
    found = [head, "", f"{'':<28}{'expected':>10}{'simulated':>11}   95 % interval"]
    for patience in (None, PATIENCE):
        it = simulate(patience=patience, callers=callers)
        found.append(_row(f"{it.name}, wait", it.expected.wait, it.wait, "s"))
        if patience is not None:
            share = Interval(100 * it.abandons.mean, 100 * it.abandons.half)
            found.append(_row("  hang up", 100 * it.expected.abandons, share, "%"))
    return found


def _row(name: str, expected: float, it: Interval, unit: str) -> str:
    inside = "within" if abs(it.mean - expected) <= it.half else "OUTSIDE"
    low, high = it.mean - it.half, it.mean + it.half
    return f"{name:<34}{expected:8.1f} {unit}{it.mean:8.1f} {unit}   {low:.1f} to {high:.1f}: {inside}"


if __name__ == "__main__":
    print("\n".join(rows(int(sys.argv[1]) if len(sys.argv) > 1 else CALLERS)))
