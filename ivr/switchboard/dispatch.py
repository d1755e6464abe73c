"""Who is offered whom: proposed by the pure choice, claimed in the slot of the queues, proposed again if taken.

It runs wherever something changed (a caller came, an agent is free) and once a second in the worker. Two that run
at once propose the same, and one of them claims it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import uuid4

from ivr.menu.team import Team
from ivr.routing import Choice, Free, Waiter, choose
from ivr.store.queues import Offer, Queues, Waiting
from ivr.switchboard.staff import Staff
from ivr.switchboard.waiting import GRACE

HEADS = 10
"""Callers of each queue and language who are looked at: behind somebody alike nobody is chosen before them, but
whom the wait has not widened for yet may stand before somebody whom an agent fits."""

log = logging.getLogger("ivr.waiting")

Move = Callable[[Offer, Waiting, datetime], None]
"""Asks for a caller's leg to be moved at once; without it they come to the offer with the next piece of their wait."""


class Dispatcher:
    """Offers callers to agents. Safe between threads and processes; raises `redis.RedisError`."""

    def __init__(self, queues: Queues, staff: Staff, move: Move) -> None:
        self._queues = queues
        self._staff = staff
        self._move = move

    def run(self, now: datetime, queues: Iterable[str] | None = None) -> list[Offer]:
        """Offers all who can be served now; only of agents of these queues, where they are given."""
        team = self._staff.now()
        names = set(team.queues if queues is None else queues) & set(team.queues)
        made: list[Offer] = []
        free = self._free(team, names)
        if not free:
            return made
        waiting = self._waiting({name for it in free for name in team.queues_of(it.agent.id)})
        while free and waiting:
            choice = choose(team, free, [_waiter(it) for it in waiting.values()], now.timestamp())
            if choice is None:
                break
            chosen = waiting.pop(choice.waiter.sid)
            offer = self._claim(team, choice, chosen, now)
            if offer is None:  # one of the two is taken: look at all of it anew
                free, waiting = self._free(team, names), self._waiting(names)
                continue
            free = [it for it in free if it.agent.id != offer.agent]
            made.append(offer)
            self._move(offer, chosen, now)
        return made

    def _claim(self, team: Team, choice: Choice, waiting: Waiting, now: datetime) -> Offer | None:
        queue, moment = team.queues[waiting.queue], now.timestamp()
        offer = Offer(
            uuid4().hex,
            waiting.sid,
            choice.free.agent.id,
            queue.name,
            waiting.language,
            moment,
            # Until the leg has come, rung and heard the whisper; the reaper ends what is older.
            moment + queue.ring + 2 * GRACE,
            why=choice.why,
        )
        return offer if self._queues.offer(offer) else None

    def _free(self, team: Team, queues: set[str]) -> list[Free]:
        agents = {agent.id: agent for name in queues for agent in team.members(name)}
        states = self._queues.agents(sorted(agents))
        return [
            Free(agents[it.name], it.idle_since, it.last_offered, it.calls) for it in states if it.state == "available"
        ]

    def _waiting(self, queues: set[str]) -> dict[str, Waiting]:
        found: dict[str, Waiting] = {}
        for name in sorted(queues):
            languages = self._queues.languages(name)
            found |= {it.sid: it for it in self._queues.heads(name, languages, HEADS)}
        return found


def _waiter(it: Waiting) -> Waiter:
    return Waiter(it.sid, it.queue, it.language, it.arrived, it.arrived - it.order)
