"""Whole days: the service with two hundred callers and ten agents, and the routing beside queueing theory."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hall import Hall, hall

from bench.waits import PATIENCE, Interval, simulate
from ivr.phone import Callee, Dialed
from ivr.store.embedded import Embedded

HOURS = 5
CALLERS = 200
NAMES = [f"agent{number}" for number in range(10)]

TEAM = (
    "agents:\n"
    + "".join(
        f'  {name}: {{name: Agent, phone: "+150055504{number:02}", languages: [en-US, es-MX]}}\n'
        for number, name in enumerate(NAMES)
    )
    + f"""\
queues:
  bookings:
    agents: [{", ".join(NAMES)}]
    room_for: 8
    longest_wait: 5m
    callback: {{after: 30s, key: 1}}
    wrap_up: 20s
    allow: [US]
"""
)


@dataclass
class _Day:
    """Who calls when, and how agents take their calls: all of it drawn by one seed."""

    h: Hall
    random: Random

    def begin(self) -> None:
        """Everybody signs in; all calls of the day are placed."""
        for number, name in enumerate(NAMES):
            self.h.agent(name)
            self.h.exchange.party(f"+150055504{number:02}", self._takes)
        self.h.exchange.every(120, self._come_back)
        moment = 0.0
        for number in range(CALLERS):
            moment += self.random.expovariate(CALLERS / (HOURS * 3600))
            patience = int(self.random.expovariate(1 / 180)) + 1
            way = self.random.choice(["hangup", "* silence", "1 1 silence", "1 1 silence"])
            self.h.call(f"wait:{patience} {way}", after=moment, from_=f"+1312555{number:04}")

    def _takes(self) -> Callee:
        """A talk of fifteen minutes on average; one call in ten is not taken."""
        if self.random.random() < 0.1:
            return Callee(Dialed(self.random.choice(["busy", "no-answer", "voicemail", "declined", "failed"])))
        seconds = int(self.random.expovariate(1 / 900)) + 1
        return Callee(Dialed("answered", seconds, after=self.random.randrange(1, 12)))

    def _come_back(self) -> None:
        """Who missed a call is away, and comes back."""
        for agent in self.h.parts.queues.agents(NAMES):
            if agent.state == "away":
                self.h.agent(agent.name)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_the_log_of_a_day_adds_up(tmp_path: Path, valkey: Embedded, seed: int) -> None:
    """Queued = answered + abandoned + timed out + callbacks + left + still waiting; and so for every single call."""
    with hall(tmp_path, valkey.url, team=TEAM, every=2.0) as h:
        day = _Day(h, Random(seed))
        day.begin()
        h.run(HOURS * 3600 / 2)
        midday = _counted(h)
        waiting = sum(
            it.state != "talking" for it in h.parts.queues.callers(h.parts.queues.everybody("bookings")) if it
        )
        h.run(HOURS * 3600 / 2 + 4 * 3600)
        found = _counted(h)
    assert found["answered"] > CALLERS / 2
    assert min(found["abandoned"], found["left"], found["callback_booked"]) > 0
    assert midday["entered"] == midday.total() - midday["entered"] + waiting
    assert found["entered"] == found.total() - found["entered"]


def _counted(h: Hall) -> Counter[str]:
    """How many entered a queue, and how their waits ended; each ends once."""
    total: Counter[str] = Counter()
    for leg in [it for it in h.exchange.legs.values() if it.direction in ("inbound", "outbound-api")]:
        story = h.story(leg)
        one: Counter[str] = Counter()
        for event in story:
            match event.split():
                case ["entered", _]:
                    one["entered"] += 1
                case ["connected", _]:
                    one["answered"] += 1
                case ["abandoned", _]:
                    one["abandoned"] += 1
                case ["exited", how]:
                    one[how] += 1
        assert one["entered"] <= 1, story
        assert one.total() - one["entered"] <= one["entered"], story
        total += one
    return total


@pytest.mark.long
@pytest.mark.parametrize("patience", [None, PATIENCE], ids=["Erlang C", "Erlang A"])
def test_waits_are_what_queueing_theory_expects(patience: float | None) -> None:
    """Over twenty seeds the expected wait, and share of those who hang up, lie in the 95 % interval, widened to 99.9 %:
    one fair simulation in twenty lies outside of the former.
    """
    found = simulate(patience=patience)
    assert _within(found.wait, found.expected.wait)
    assert _within(found.abandons, found.expected.abandons)


def _within(it: Interval, expected: float) -> bool:
    wider = 3.883 / 2.093  # Student's t of 19 degrees of freedom: 99.9 % and 95 %
    return abs(it.mean - expected) <= it.half * wider
