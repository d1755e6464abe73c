"""Which of several free agents takes the next caller: the strategies, under the names that the field has for them.

Each is given the free agents who fit, at least one, in the order of the queue, and gives the one who takes the call
with half a sentence that says why. All of them are deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ivr.menu.team import Queue
from ivr.routing.people import Free, Waiter, level_of

Picked = tuple[Free, str]


def longest_idle(free: Sequence[Free], now: float) -> Picked:
    """Whose last call ended first."""
    one = min(free, key=lambda it: it.idle_since)
    return one, f"has been idle longest ({span(now - one.idle_since)})"


def round_robin(free: Sequence[Free]) -> Picked:
    """Whose last offer is longest ago, so that all take turns, also those who do not answer."""
    one = min(free, key=lambda it: it.last_offered)
    return one, "is next in turn" if one.last_offered else "has had no turn yet"


def fewest_calls(free: Sequence[Free]) -> Picked:
    """Who has had the fewest calls since they signed in."""
    one = min(free, key=lambda it: (it.calls, it.idle_since))
    return one, f"has had the fewest calls ({one.calls})"


def random(free: Sequence[Free], waiter: Waiter) -> Picked:
    """By chance: by the hash of call and agent, so that the same question has the same answer."""
    one = max(free, key=lambda it: sha256(f"{waiter.sid} {it.agent.id}".encode()).digest())
    return one, "was drawn by chance"


def in_order(free: Sequence[Free]) -> Picked:
    """The first of the queue's list who is free."""
    return free[0], "is the first in the queue's list who is free"


def by_skill(free: Sequence[Free], queue: Queue) -> Picked:
    """Who has the highest level of the queue's skill; of equals, who has been idle longest."""
    one = min(free, key=lambda it: (-level_of(it.agent, queue), it.idle_since))
    return one, f"has the highest level of {queue.skill} ({level_of(one.agent, queue)})"


def pick(queue: Queue, free: Sequence[Free], waiter: Waiter, now: float) -> Picked:
    """The agent whom the queue's strategy picks for this caller."""
    match queue.strategy:
        case "longest_idle":
            return longest_idle(free, now)
        case "round_robin":
            return round_robin(free)
        case "fewest_calls":
            return fewest_calls(free)
        case "random":
            return random(free, waiter)
        case "in_order":
            return in_order(free)
        case "by_skill":
            return by_skill(free, queue)


def span(seconds: float) -> str:
    """A span for people: `45 s`, `3:05`."""
    whole = max(int(seconds), 0)
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02}"
