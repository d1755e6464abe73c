"""The leg of a callback: who was called hears who calls, presses 1, and waits in the place that they kept.

"An answering machine does not count as an answer": it presses nothing. Only the leg of the last try counts, and once;
a leg that comes twice is told goodbye.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from ivr.call import Call
from ivr.call.inputs import Started
from ivr.carrier.queueing import invitation
from ivr.carrier.twiml import farewell
from ivr.menu.phrases_callback import calling_back
from ivr.store.callbacks import Callback, Callbacks
from ivr.store.queues import Queues
from ivr.switchboard.apology import UNKNOWN_LANGUAGE
from ivr.switchboard.callbacks import Numbers, not_reached
from ivr.switchboard.folding import unfolded
from ivr.switchboard.lines import Lines
from ivr.switchboard.lookups import BUDGET
from ivr.switchboard.outage import Shelf
from ivr.switchboard.staff import Staff
from ivr.switchboard.stepping import Reply, Stepper

CONNECTS = "1"

log = logging.getLogger("ivr.waiting")


class CustomerLeg:
    """The documents of callbacks. Safe between threads; raises `redis.RedisError` and `SQLAlchemyError`."""

    def __init__(
        self,
        callbacks: Callbacks,
        numbers: Numbers,
        queues: Queues,
        staff: Staff,
        lines: Lines,
        shelf: Shelf,
        stepper: Stepper,
        clock: Callable[[], datetime],
    ) -> None:
        self._callbacks = callbacks
        self._numbers = numbers
        self._queues = queues
        self._staff = staff
        self._lines = lines
        self._shelf = shelf
        self._stepper = stepper
        self._clock = clock

    def picked_up(self, id_: str, sid: str, base: str) -> Reply:
        """Who calls, and which key connects."""
        callback = self._callbacks.get(id_)
        if callback is None or callback.state != "calling" or callback.leg_sid not in (None, sid):
            return _goodbye(callback)
        language = callback.language
        name = self._lines.of(callback.version).flow.title
        words = calling_back("hello", language, name), calling_back("press", language)
        return Reply(invitation(*words, language, f"{base}/callback/{id_}/1"), "stepped", callback.line)

    def pressed(self, id_: str, sid: str, keys: str, base: str) -> Reply:
        """With the key that connects, they wait in the queue, in their place; else that was it for this try."""
        callback = self._callbacks.get(id_)
        if callback is None or keys != CONNECTS:
            return _goodbye(callback)
        saved = self._shelf.open(sid)
        if saved is not None:  # the same key press again
            return Reply(unfolded(saved.reply), "repeated", callback.line)
        number = self._numbers.open(callback.number_sealed or "", id_) if callback.number_sealed else None
        if number is None or not self._callbacks.taken(id_, sid):
            return _goodbye(callback)
        self._queues.keep_place(sid, callback.place)
        line = self._lines.of(callback.version)
        call = Call(sid, line.version, line.flow.name, number, callback.shown)
        started = Started(
            self._clock(), number, callback.shown, call.line, call.version, callback.step, callback.language
        )
        reply = self._stepper.step(line, call, started, base, 1, time.monotonic() + BUDGET, 0)
        return reply or self.pressed(id_, sid, keys, base)

    def over(self, id_: str, sid: str, status: str) -> None:
        """The carrier says how the leg ended: before they pressed 1 it came to nothing, and is tried again later."""
        callback = self._callbacks.get(id_)
        if callback is not None and callback.state == "calling":
            queue = self._staff.now().queues.get(callback.queue)
            why = "nobody pressed 1" if status == "completed" else status.replace("-", " ")
            not_reached(self._callbacks, callback, queue, why, self._clock(), sid)

    def connected(self, sid: str) -> None:
        """An agent talks to a caller, who may be one who was called back. Never raises."""
        try:
            if self._queues.kept_place(sid) is not None:
                self._callbacks.talking(sid)
        except SQLAlchemyError as error:
            log.warning("a callback's talk is not noted: %s", type(error).__name__)


def _goodbye(callback: Callback | None) -> Reply:
    language = callback.language if callback else UNKNOWN_LANGUAGE
    return Reply(farewell(calling_back("gone", language), language), "unknown_call")
