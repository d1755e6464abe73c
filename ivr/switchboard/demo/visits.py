"""A caller in a queue, what came of it, and what the agents became meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ivr.menu.team import Queue
from ivr.switchboard.demo.crew import Member

Outcome = Literal["", "answered", "abandoned", "timed_out", "left", "callback_booked", "full", "nobody_in", "closed"]
"""How a wait ended; empty while it goes on."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A caller offered to an agent. Moments are seconds after the call's beginning."""

    offer: str
    member: Member
    at: int
    why: str
    taken: int | None  # when the agent took it; None where they did not
    ends: int  # when the talk is over, or the ringing
    hung_up: bool  # whether the caller ended the talk


@dataclass(slots=True, eq=False)
class Visit:
    """One caller in a queue. `base` is when the call began, in seconds since 1970; `joined` so many after it."""

    sid: str
    base: float
    joined: int
    queue: Queue
    language: str
    known: bool = True  # whether they show a number
    booking: Booking | None = None  # what they are called back for
    rings: list[Ring] = field(default_factory=list)
    outcome: Outcome = ""
    over: int = 0  # when they wait no longer, in seconds after the call's beginning
    ahead: list[Visit] = field(default_factory=list)
    pace: float = 0.0  # seconds until the next is taken; 0 where nobody knows
    ringing: bool = False

    @property
    def came(self) -> float:
        """When they came to the queue, in seconds since 1970."""
        return self.base + self.joined

    def place(self, at: int) -> int:
        """Their place in the queue at a moment, from 1."""
        now = self.base + at
        return 1 + sum(it.base + it.over > now for it in self.ahead)


@dataclass(slots=True, eq=False)
class Booking:
    """A callback. Moments are seconds since 1970."""

    visit: Visit
    booked: float
    next_at: float
    state: str = "booked"
    tries: int = 0
    called: float | None = None
    ended: float | None = None
    leg: str | None = None
    who: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What an agent became."""

    agent: str
    state: Literal["available", "away", "offered", "talking", "wrap_up"]
    how: str
    at: float
    reason: str = ""
    offer: str | None = None
    sid: str | None = None
    queue: str | None = None
