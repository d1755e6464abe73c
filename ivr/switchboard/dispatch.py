"""Who is offered whom: proposed by the pure choice, claimed in the slot of the queues, proposed again if taken.

It runs wherever something changed (a caller came, an agent is free) and once a second in the worker. Two that run
at once propose the same, and one of them claims it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

import orjson

from ivr.carrier.queueing import offer_url
from ivr.menu.team import Team
from ivr.routing import Choice, Free, Waiter, choose
from ivr.store.calls import Calls
from ivr.store.queues import Offer, Queues, Waiting
from ivr.switchboard.staff import Staff
from ivr.switchboard.waiting import COMES

HEADS = 10
"""Callers of each queue and language who are looked at: behind somebody alike nobody is chosen before them, but
whom the wait has not widened for yet may stand before somebody whom an agent fits."""

MOST_LOOKS = 100
"""How often one run looks anew at who is free and who waits: more are for the next run."""

log = logging.getLogger("ivr.waiting")


class Mover:
    """Asks for a caller's leg to be moved to an offer at once, by the outbox.

    Without a public URL, and until the carrier has told its name of the queue, they come with the next piece of
    their wait. "`QueueSid` is first known from a wait request, so no move before one came."
    """

    def __init__(self, calls: Calls, public_url: str | None) -> None:
        self._calls = calls
        self._base = public_url

    def move(self, offer: Offer, waiting: Waiting) -> None:
        """Asks for it. Raises RedisError."""
        if not self._base or not waiting.carrier_queue:
            return
        url = offer_url(self._base, waiting.sid, offer.id)
        effect = {"id": f"move {offer.id}", "kind": "move_member", "queue": waiting.carrier_queue, "sid": waiting.sid}
        self._calls.ask(waiting.sid, orjson.dumps({**effect, "url": url, "offer": offer.id}))


class Dispatcher:
    """Offers callers to agents. Safe between threads and processes; raises `redis.RedisError`."""

    def __init__(self, queues: Queues, staff: Staff, mover: Mover) -> None:
        self._queues = queues
        self._staff = staff
        self._mover = mover

    def run(self, now: datetime, queues: Iterable[str] | None = None, here: str = "") -> list[Offer]:
        """Offers all who can be served now; only to agents of these queues, where they are given.

        `here` is the caller who is answered anyway: nobody has to move them.
        """
        team = self._staff.now()
        names = set(team.queues if queues is None else queues) & set(team.queues)
        made: list[Offer] = []
        for _ in range(MOST_LOOKS):
            free = self._free(team, names)
            if not free:
                break
            waiting = self._waiting({name for it in free for name in team.queues_of(it.agent.id)}, now)
            if not waiting or not self._match(team, free, waiting, now, here, made):
                break
        return made

    def _match(
        self, team: Team, free: list[Free], waiting: dict[str, Waiting], now: datetime, here: str, made: list[Offer]
    ) -> bool:
        """Offers these callers to these agents. Whether to look anew: somebody was quicker, or more may wait."""
        while free and waiting:
            choice = choose(team, free, map(_waiter, waiting.values()), now.timestamp())
            if choice is None:
                return False
            chosen = waiting.pop(choice.waiter.sid)
            offer = self._claim(team, choice, chosen, now)
            if offer is None:
                return True
            free = [it for it in free if it.agent.id != offer.agent]
            made.append(offer)
            if chosen.sid != here:
                self._mover.move(offer, chosen)
        return bool(free)

    def _claim(self, team: Team, choice: Choice, waiting: Waiting, now: datetime) -> Offer | None:
        queue, moment = team.queues[waiting.queue], now.timestamp()
        offer = Offer(
            uuid4().hex,
            waiting.sid,
            choice.free.agent.id,
            queue.name,
            waiting.language,
            moment,
            moment + COMES,  # until the leg has come; then as long as it rings. The reaper ends what is older
            why=choice.why,
        )
        return offer if self._queues.offer(offer) else None

    def _free(self, team: Team, queues: set[str]) -> list[Free]:
        agents = {agent.id: agent for name in queues for agent in team.members(name)}
        states = self._queues.agents(sorted(agents))
        return [
            Free(agents[it.name], it.idle_since, it.last_offered, it.calls) for it in states if it.state == "available"
        ]

    def _waiting(self, queues: set[str], now: datetime) -> dict[str, Waiting]:
        """Who could be offered; whom nobody has heard of for long is not there, and the reaper's."""
        found = self._queues.heads(sorted(queues), HEADS)
        return {it.sid: it for it in found if it.heard_by >= now.timestamp()}


def _waiter(it: Waiting) -> Waiter:
    return Waiter(it.sid, it.queue, it.language, it.arrived, it.arrived - it.order)
