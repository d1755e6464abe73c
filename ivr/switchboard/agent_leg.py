"""An agent's side of an offer: the whisper, and the key that takes the call.

"A whisper document that merely ends bridges: after the Gather comes a Hangup; errors hang up too; the accepting
answer is an empty Response." So everything that is not an accept is a Hangup.
"""

from __future__ import annotations

from datetime import datetime

from ivr.carrier.profile import Profile
from ivr.carrier.queueing import agent_url, declined, whisper
from ivr.carrier.twiml import empty
from ivr.menu.phrases_queue import whisper as words
from ivr.store.queues import Offer, Queues
from ivr.switchboard.staff import Staff
from ivr.switchboard.waiting import WaitingRoom

TAKES = "1"


class AgentLeg:
    """The documents of agents' legs. Safe between threads; every method raises `redis.RedisError`."""

    def __init__(self, queues: Queues, staff: Staff, room: WaitingRoom, profile: Profile) -> None:
        self._queues = queues
        self._staff = staff
        self._room = room
        self._profile = profile

    def picked_up(self, id_: str, base: str, now: datetime) -> tuple[str, Offer | None]:
        """The document for an agent whose phone was picked up; with the offer, if that took the call."""
        offer = self._queues.offered(id_)
        team = self._staff.now()
        queue = team.queues.get(offer.queue) if offer else None
        agent = team.agents.get(offer.agent) if offer else None
        if offer is None or queue is None or agent is None or offer.state not in ("ringing", "taken"):
            return declined(), None
        waiting = self._queues.caller(offer.sid)
        if waiting is None:
            return declined(), None
        language = agent.languages[0]
        waited = self._room.slot_now(now).timestamp() - waiting.arrived
        said = words(queue.name, waited, language, press=queue.press_to_accept)
        taken = None
        if not queue.press_to_accept:
            if not self._room.accept(offer, now):
                return declined(), None
            taken = offer
        url = agent_url(base, id_, 1)
        return whisper(said, language, url, press=queue.press_to_accept, profile=self._profile), taken

    def pressed(self, id_: str, keys: str, now: datetime) -> tuple[str, Offer | None]:
        """The document after a key: an empty one bridges, anything else hangs up; with the offer that was taken."""
        offer = self._queues.offered(id_)
        if offer is None or keys != TAKES or not self._room.accept(offer, now):
            return declined(), None
        return empty(), offer
