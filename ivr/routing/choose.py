"""The choice: which caller is next, and which agent takes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.menu.team import Queue, Team
from ivr.routing.order import in_order
from ivr.routing.people import Free, Waiter, fits
from ivr.routing.strategies import pick, span


@dataclass(frozen=True, slots=True)
class Choice:
    """One caller for one agent, and why these two in one sentence: it becomes the offer's `why`, and an event."""

    waiter: Waiter
    free: Free
    why: str


def choose(team: Team, free: Iterable[Free], waiting: Iterable[Waiter], now: float) -> Choice | None:
    """The first caller, in order, whom a free agent fits, and the agent whom the queue's strategy picks.

    `waiting` are all who wait, or the first few of each queue and language: one is enough where nothing widens with
    time and everybody's head start is the same. None where no free agent fits anybody. The same arguments give the
    same choice, in whatever order they come.
    """
    rested = sorted(free, key=lambda it: it.agent.id)
    passed: list[Waiter] = []
    for waiter in in_order(waiting):
        fitting = [it for it in rested if fits(team, it.agent, waiter, now)]
        if not fitting:
            passed.append(waiter)
            continue
        queue = team.queues[waiter.queue]
        rank = {agent.id: place for place, agent in enumerate(team.members(queue.name))}
        fitting.sort(key=lambda it: rank[it.agent.id])
        one, why = pick(queue, fitting, waiter, now)
        return Choice(waiter, one, _reason(queue, waiter, one, why, len(fitting), passed, now))
    return None


def _reason(queue: Queue, waiter: Waiter, one: Free, why: str, fitting: int, passed: list[Waiter], now: float) -> str:
    """The sentence: `The caller has waited 2:05 and is first in bookings; ana has been idle longest (3:10).`"""
    first = f"The caller has waited {span(waiter.waited(now))}"
    if waiter.head_start:
        first += f", with a head start of {span(waiter.head_start)},"
    first += f" and is first in {queue.name}" if not passed else f" and is the first in {queue.name} whom anybody fits"
    if queue.skill and queue.level_after(waiter.waited(now)) < queue.level:
        first += f", where level {queue.level_after(waiter.waited(now))} of {queue.skill} is enough by now"
    if not one.agent.speaks(waiter.language):
        first += f"; nobody free who speaks {waiter.language} was found in time"
    alone = f"{one.agent.id} is the only one free who fits"
    return f"{first}; {alone if fitting == 1 else f'{one.agent.id} {why}'}."
