"""What nobody ends by themselves is ended here: offers that nobody took, wrap-ups, callers and talks that are gone.

A worker that dies between any two steps of a hand-over leaves something in the slot of the queues with a moment at
which somebody must look. This is who looks: the caller gets their place back, the agent their freedom.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from redis import RedisError

from ivr.store.queues import Due, Queues
from ivr.switchboard.staff import Staff

SILENT = 300.0
"""Seconds without a word of a caller who waits, after which they are gone, whatever their call looks like."""

AGAIN = 30.0

log = logging.getLogger("ivr.waiting")

Waits = Callable[[str], bool]
"""Whether a call is known, goes on, and waits in a queue or talks to its agent. Raises `redis.RedisError`."""


class Reaper:
    """Looks at what is due in the queues."""

    def __init__(self, queues: Queues, staff: Staff, waits: Waits) -> None:
        self._queues = queues
        self._staff = staff
        self._waits = waits

    def round(self, now: datetime) -> int:
        """Looks at all that is due at this moment (aware); how much was ended. Raises RedisError."""
        done = 0
        for due in self._queues.due(now.timestamp()):
            try:
                done += self._look(due, now.timestamp())
            except RedisError:
                raise
            except Exception:  # one that cannot be looked at must not keep the others waiting
                log.exception("%s %s cannot be looked at", due.kind, due.name)
                self._queues.look_again(due, now.timestamp() + AGAIN)
        return done

    def _look(self, due: Due, now: float) -> bool:
        match due.kind:
            case "offer":
                return self._offer(due, now)
            case "wrap":
                if self._queues.wrapped(due.name, now):
                    return True
                self._queues.forget(due)  # they chose something else meanwhile
            case "caller":
                return self._caller(due, now)
            case _:
                self._queues.forget(due)
        return False

    def _offer(self, due: Due, now: float) -> bool:
        offer = self._queues.offered(due.name)
        if offer is None:
            self._queues.forget(due)
            return False
        log.warning("offer %s to %s was neither taken nor given back", offer.id, offer.agent)
        if offer.came:
            return self._queues.release(offer, now, "expired", "away", "did not answer")
        # The agent's phone never rang: nobody blames them.
        if not self._waits(offer.sid) and self._queues.leave(offer.sid, now) == "offered":
            return True
        return self._queues.release(offer, now, "failed", "available")

    def _caller(self, due: Due, now: float) -> bool:
        waiting = self._queues.caller(due.name)
        if waiting is None:
            self._queues.forget(due)
            return False
        over = not self._waits(waiting.sid)
        if waiting.state == "talking":
            offer = self._queues.offered(waiting.offer)
            if offer is None:
                return self._queues.leave(waiting.sid, now) is not None
            if over:
                queue = self._staff.now().queues.get(offer.queue)
                return self._queues.finish(offer, now, now + queue.wrap_up if queue and queue.wrap_up else 0.0)
        elif over or now - waiting.heard_by > SILENT:
            log.warning("a caller of %s was gone without a word, and waits no longer", waiting.queue)
            return self._queues.leave(waiting.sid, now) is not None
        self._queues.look_again(due, now + AGAIN)
        return False
