"""Callbacks: whether one can be booked, which are to be made now, and what becomes of one that was made.

A callback keeps the place that its caller had: it waits in the same order as those who hold the line, and its turn
comes when theirs would have. So it neither jumps the queue nor is starved by it. Moments are seconds since 1970,
UTC; the day of the cap on calls is that of the queue's zone, and whoever counts knows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from ivr.menu.dialable import allowed
from ivr.menu.team import Queue, Team
from ivr.routing.order import in_order
from ivr.routing.people import Free, Waiter, fits

Ended = Literal["done", "busy", "no_answer", "failed"]
"""How a callback's call ended: `done` where the person was there and has talked, or has taken a way out."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A caller who waits without holding the line."""

    id: str
    queue: str
    number: str  # E.164; the one place where a full number is kept
    language: str
    arrived: float  # when they came to the queue, not when they booked
    head_start: float = 0.0
    tries: int = 0  # calls made so far
    not_before: float = 0.0  # after a try that failed

    @property
    def waiter(self) -> Waiter:
        """Its place among those who wait."""
        return Waiter(self.id, self.queue, self.language, self.arrived, self.head_start)


@dataclass(frozen=True, slots=True)
class Calls:
    """What is under way: callbacks of each queue that ring or talk, and how many were dialled today."""

    under_way: int = 0  # of all queues that share agents with this one, before an agent has taken them
    today: int = 0  # of this queue


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no callback can be booked, for the log: no text for callers."""

    why: str


def booking(queue: Queue, number: str, open_numbers: Collection[str], today: int) -> str | Refusal:
    """The number that would be called, in its international form, or why it cannot be.

    `number` is what the carrier says of the caller: any text. `open_numbers` have a callback of this queue already;
    `today` counts the queue's callbacks dialled and booked today.
    """
    if queue.callback is None:
        return Refusal("this queue offers no callback")
    found, why = allowed(number, queue.allow)
    if found is None:
        return Refusal(why)
    if found in open_numbers:
        return Refusal("this number has a callback already")
    if today >= queue.callback.a_day:
        return Refusal(f"there were {today} callbacks today, and no more are allowed")
    return found


def offered(queue: Queue, waited: float, number: str, open_numbers: Collection[str], today: int) -> bool:
    """Whether a caller who has waited so many seconds is offered a callback: only where it can be booked."""
    if queue.callback is None or waited < queue.callback.after:
        return False
    return isinstance(booking(queue, number, open_numbers, today), str)


def due(
    team: Team,
    queue: str,
    callbacks: Iterable[Callback],
    live: Iterable[Waiter],
    free: Sequence[Free],
    calls: Calls,
    now: float,
) -> list[Callback]:
    """The callbacks of a queue that are to be dialled now, the first first.

    Those whose turn it is: with f agents free and u calls under way, the first f - u of all who wait, live or not,
    each with an agent of their own who fits. Only inside the queue's hours, only after a failed try's pause, and no
    more than the day's cap leaves.
    """
    it = team.queues[queue]
    if it.callback is None or not it.is_open(datetime.fromtimestamp(now, UTC)):
        return []
    ready = {
        callback.id: callback
        for callback in callbacks
        if callback.queue == queue and callback.not_before <= now and callback.tries < it.callback.tries
    }
    left = max(it.callback.a_day - calls.today, 0)
    agents = list(free)
    room = max(len(agents) - calls.under_way, 0)
    found: list[Callback] = []
    for waiter in in_order([*live, *(callback.waiter for callback in ready.values())]):
        if room == 0:
            break
        agent = next((one for one in agents if fits(team, one.agent, waiter, now)), None)
        if agent is None:
            continue
        agents.remove(agent)
        room -= 1
        if waiter.sid in ready and len(found) < left:
            found.append(ready[waiter.sid])
    return found


def after(queue: Queue, callback: Callback, ended: Ended, now: float) -> Callback | None:
    """The callback that is left after a try: with its place, later; None where it is over."""
    tried = replace(callback, tries=callback.tries + 1)
    if ended == "done" or queue.callback is None or tried.tries >= queue.callback.tries:
        return None
    return replace(tried, not_before=now + queue.callback.again)
