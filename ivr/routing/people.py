"""Callers who wait and agents who are free, and who of them fits together."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.menu.team import Agent, Queue, Team


@dataclass(frozen=True, slots=True)
class Waiter:
    """A caller who waits, live or for a callback. `sid` is the call, or the callback's own identity."""

    sid: str
    queue: str
    language: str
    arrived: float
    head_start: float = 0.0
    """Seconds: the line's, the step's and the queue's together, as `ivr.routing.order.head_start` bounds them."""

    @property
    def order(self) -> float:
        """Where they stand: the smallest is first."""
        return self.arrived - self.head_start

    def waited(self, now: float) -> float:
        """Seconds; none where clocks differ by a little."""
        return max(now - self.arrived, 0.0)


@dataclass(frozen=True, slots=True)
class Free:
    """An agent who could take a call now, and what the strategies go by."""

    agent: Agent
    idle_since: float
    """When the last call or wrap-up ended, or when they signed in."""
    last_offered: float = 0.0
    """When a caller was last offered to them; 0 for never."""
    calls: int = 0
    """How many calls they have had since they signed in."""


def level_of(agent: Agent, queue: Queue) -> int:
    """The agent's level in the queue's skill; 0 where they do not have it or it needs none."""
    return agent.skills.get(queue.skill, 0) if queue.skill else 0


def speaks(agent: Agent, queue: Queue, waiter: Waiter, now: float) -> bool:
    """Whether the caller's language is no hindrance: the agent speaks it, or the wait has widened beyond it."""
    if agent.speaks(waiter.language):
        return True
    return queue.any_language is not None and waiter.waited(now) >= queue.any_language


def skilled(agent: Agent, queue: Queue, waiter: Waiter, now: float) -> bool:
    """Whether the agent's level is enough for a caller who has waited that long."""
    return queue.skill is None or level_of(agent, queue) >= queue.level_after(waiter.waited(now))


def fits(team: Team, agent: Agent, waiter: Waiter, now: float) -> bool:
    """Whether this agent may take this caller now: of the queue, in the language, with the skill."""
    if waiter.queue not in team.queues or waiter.queue not in team.queues_of(agent.id):
        return False
    queue = team.queues[waiter.queue]
    return speaks(agent, queue, waiter, now) and skilled(agent, queue, waiter, now)
