"""The agents of the demonstration: those of the team file, and as many more as the calls need.

Each has hours of their own, talks longer or shorter than others, and is liked more or less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from ivr.menu.team import Agent, Team

TALK, SPREAD = 195.0, 0.55
"""Seconds of a talk (the median), and its spread (of the logarithm)."""

MEAN_TALK = 227.0
"""Seconds of a talk in the mean."""

BUSY = 0.8
"""How much of their time agents are meant to be busy, at the busiest hour of a usual day."""

NAMES = (
    "abby", "ben", "cleo", "dan", "eva", "finn", "gina", "hugo", "iris", "joe", "kim", "leo", "mia", "ned", "olga",
    "pam", "quin", "rosa", "sam", "tess", "uma", "vic", "wes", "xena", "yuri", "zoe",
)  # fmt: skip
"""The first names of those who are in no team file."""


@dataclass(frozen=True, slots=True)
class Member:
    """An agent, and their way."""

    agent: Agent
    queues: frozenset[str]
    slow: float  # how long they talk, beside the others
    liked: float  # what a caller feels after it, from -0.15 to 0.15
    misses: float  # the share of calls that they do not take


@dataclass(frozen=True, slots=True)
class Shift:
    """When a member is in, in seconds since 1970."""

    member: Member
    begins: float
    lunch: float
    back: float
    ends: float


class Crew:
    """All of them. Who is in on which day is drawn by the dice that are given."""

    def __init__(
        self, team: Team, queues: Sequence[str], languages: Sequence[str], busiest: float, dice: Random
    ) -> None:
        """`busiest` is how many come to the queues in the busiest hour of a usual day."""
        self.members: list[Member] = []
        if not queues:
            return
        served = {it.id: frozenset(team.queues_of(it.id)) & frozenset(queues) for it in team.agents.values()}
        known = [it for it in team.agents.values() if served[it.id]]
        self._per_caller = (MEAN_TALK + 45) / 3600 / BUSY
        wanted = max(len(known), round(busiest * self._per_caller * 1.5) + 2)
        for number in range(wanted):
            if number < len(known):
                agent, queues_of = known[number], served[known[number].id]
            else:
                agent, queues_of = _another(number - len(known), languages), frozenset(queues)
            ways = dice.lognormvariate(0, 0.22), dice.uniform(-0.15, 0.12), dice.uniform(0.005, 0.05)
            self.members.append(Member(agent, queues_of, *ways))

    def shifts(self, hours: Sequence[tuple[float, float]], expected: float, day: int, dice: Random) -> list[Shift]:
        """Who is in on a day whose office hours (seconds since 1970) and callers in its busiest hour are these."""
        if not hours or not self.members:
            return []
        opens, closes = hours[0][0], hours[-1][1]
        need = max(1, round(expected * self._per_caller + 0.35))
        # They take turns: who was off yesterday is in today. A few are ill.
        turn = [self.members[(day * 2 + number) % len(self.members)] for number in range(len(self.members))]
        there = [it for it in turn[: need + need // 3] if dice.random() > 0.04] or turn[:1]
        shifts = []
        whole = closes - opens
        for place, member in enumerate(there):
            early = place % 2 == 0
            begins = opens - 240 + dice.randrange(360) if early or len(there) < 3 else opens + whole * 0.15
            ends = closes + 60 + dice.randrange(600) if not early or len(there) < 3 else closes - whole * 0.15
            if whole < 6 * 3600:
                shifts.append(Shift(member, begins, ends, ends, closes + dice.randrange(600)))
                continue
            lunch = opens + whole * 0.36 + (place % 4) * 1500 + dice.randrange(600)
            shifts.append(Shift(member, begins, lunch, lunch + 1800 + dice.randrange(600), ends))
        return shifts


def _another(number: int, languages: Sequence[str]) -> Agent:
    name = NAMES[number % len(NAMES)] + (str(number // len(NAMES) + 1) if number >= len(NAMES) else "")
    speaks = tuple(languages) if number % 2 or len(languages) < 2 else (languages[0],)
    return replace(Agent(name.capitalize(), speaks, client=name), id=name)
