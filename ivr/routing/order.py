"""Who is first: arrival less a head start.

A caller's age grows by one second a second for everybody alike, so the head start *is* the bound: of two callers
whom the same agents fit, the later one is before the earlier one only if they came within the difference of their
head starts, and no head start is larger than `MOST_HEAD_START`. So at most those who come within that time can
ever overtake one.
"""

from __future__ import annotations

from collections.abc import Iterable

from ivr.menu.priority import MOST_HEAD_START
from ivr.menu.team import Queue
from ivr.routing.people import Waiter


def head_start(queue: Queue, asked: float) -> float:
    """The seconds that a caller is given: what line and step ask for and what the queue has, within the bound."""
    return min(max(asked, 0.0) + queue.priority, MOST_HEAD_START)


def in_order(waiting: Iterable[Waiter]) -> list[Waiter]:
    """The callers, the first of them first. Who came at the same moment is in the order of their sids."""
    return sorted(waiting, key=lambda waiter: (waiter.order, waiter.arrived, waiter.sid))
