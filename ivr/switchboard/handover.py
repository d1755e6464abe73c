"""From the queue to an agent: the webhooks of a wait, of an offer, and of the way out of the carrier's queue.

    /voice/<sid>/<turn>/wait/<k>    a piece of the wait; the turn stays, and `k` tells repetitions apart
    /voice/<sid>/offer/<id>         the leg was moved out of the carrier's queue, by REST, to be connected
    /voice/<sid>/<turn>             Enqueue's action: the leg has left by itself; or Dial's: an agent's leg is over

Before the call is stepped, the slot of the queues is asked; it may be asked again. Its answer is the input.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from redis import RedisError

from ivr.call.inputs import Dialed, Input, QueueLeft
from ivr.call.state import Call, Queued
from ivr.carrier.queueing import leave
from ivr.carrier.twiml import farewell
from ivr.menu.phrases import phrase
from ivr.store.calls import Saved
from ivr.switchboard.apology import UNKNOWN_LANGUAGE
from ivr.switchboard.dispatch import Dispatcher
from ivr.switchboard.folding import unfolded
from ivr.switchboard.lines import Lines
from ivr.switchboard.lookups import BUDGET
from ivr.switchboard.outage import Shelf
from ivr.switchboard.place import Places
from ivr.switchboard.sealing import Sealer
from ivr.switchboard.stepping import Reply, Stepper
from ivr.switchboard.waiting import WaitingRoom

MOST_CONFLICTS = 20

log = logging.getLogger("ivr.waiting")


class ConflictError(RuntimeError):
    """Somebody else kept changing the call."""


class Handover:
    """Answers the webhooks of waits and offers. Safe between threads."""

    def __init__(
        self,
        shelf: Shelf,
        lines: Lines,
        sealer: Sealer,
        places: Places,
        stepper: Stepper,
        room: WaitingRoom,
        dispatcher: Dispatcher,
        clock: Callable[[], datetime],
    ) -> None:
        self._shelf = shelf
        self._lines = lines
        self._sealer = sealer
        self._places = places
        self._stepper = stepper
        self._room = room
        self._dispatcher = dispatcher
        self._clock = clock

    def wait(self, sid: str, turn: int, k: int, keys: str, carrier_queue: str, base: str, place: str) -> Reply:
        """The document for piece `k` of a wait.

        With Redis away the leg leaves the carrier's queue. What becomes of the call decides the action that comes
        then: by then Redis may be there again.
        """
        for _ in range(MOST_CONFLICTS):
            try:
                saved = self._shelf.open(sid)
                carried = self._places.open(place, sid, turn, self._clock())
                if carried is not None and (saved is None or saved.turn < turn) and waits(carried.call):
                    call = carried.call  # what was written while Redis was away is not there yet
                else:
                    stale = self._stale(saved, turn, k, base)
                    if stale is not None:
                        return stale
                    assert saved is not None  # noqa: S101 - what is unknown is stale
                    call = self._sealer.open(saved.state)
                assert call.queued is not None  # noqa: S101 - so is who does not wait
                now = self._room.slot_now(self._clock())
                self._dispatcher.run(now, (call.queued.queue,), here=sid)
                input_ = self._room.waited(call, k, keys, carrier_queue, self._clock())
            except RedisError:
                return Reply(leave(base, sid, turn, place), "redirected")
            reply = self._step(call, input_, base, turn, saved.seq if saved else 0)
            if reply is not None:
                return reply
        raise ConflictError(sid)

    def offer(self, sid: str, id_: str, base: str) -> Reply:
        """The document for a leg that was moved to an offer: it is connected, or waits again. Raises RedisError."""
        for _ in range(MOST_CONFLICTS):
            saved = self._shelf.open(sid)
            call = self._sealer.open(saved.state) if saved else None
            if saved is None or call is None or call.ended:
                return over(call)
            if call.queued is None or call.queued.offer == id_:
                return Reply(unfolded(saved.reply), "repeated", call.line, call.place)
            offered = self._room.offered(call, self._clock())
            # An offer that stands no longer: the leg is out of the carrier's queue, and goes back into it.
            input_ = offered or QueueLeft(self._clock(), "leave")
            reply = self._step(call, input_, base, saved.turn + 1, saved.seq)
            if reply is not None:
                return reply
        raise ConflictError(sid)

    def settled(self, call: Call, input_: Input) -> Input:
        """The input of a caller who waits, as the slot of the queues sees it.

        With Redis away a talk ends as it does, and who left the carrier's queue cannot wait any longer: "callers in
        the queue hear so and go to the operator or voicemail".
        """
        if call.queued is None:
            return input_
        try:
            return self._settled(call, call.queued, input_, self._clock())
        except RedisError:
            left = isinstance(input_, QueueLeft) and input_.result == "leave"
            return QueueLeft(input_.at, "error") if left else input_

    def _settled(self, call: Call, queued: Queued, input_: Input, now: datetime) -> Input:
        match input_:
            case Dialed() if queued.offer:
                return self._room.dialled(call, input_, now)
            case QueueLeft(result="leave") if not queued.leaving:
                return self._room.offered(call, now) or input_
            case QueueLeft():  # the slot may not know: it was away when the call was let go
                self._room.gone(call.sid, now)
        return input_

    def not_moved(self, sid: str, offer: str) -> None:
        """The carrier would not move a caller to an offer: "a 4xx of that REST call frees the offer without blaming
        the agent", unless the caller has come to it in another way. Raises RedisError.
        """
        saved = self._shelf.open(sid)
        call = self._sealer.open(saved.state) if saved else None
        if call is None or not waits(call):
            self._room.gone(sid, self._clock())
        elif call.queued is not None and call.queued.offer != offer:
            self._room.free(offer, self._clock())

    def gone(self, sid: str) -> None:
        """A caller of a queue hung up. Where Redis is away, the reaper finds them gone."""
        try:
            self._room.gone(sid, self._clock())
        except RedisError as error:
            log.warning("a caller of a queue hung up, and Redis is away: %s", type(error).__name__)

    def _stale(self, saved: Saved | None, turn: int, k: int, base: str) -> Reply | None:
        """What a webhook gets that is not of the present wait; None for one that is."""
        if saved is None:
            return over(None)
        call = self._sealer.open(saved.state)
        if call.ended:
            return over(call)
        if saved.turn != turn or call.queued is None or call.queued.offer:
            # The leg is to come out of the carrier's queue, to the action, whose turn says where the call is.
            return Reply(leave(base, call.sid, turn), "redirected", call.line, call.place)
        if k == call.queued.k:
            return Reply(unfolded(saved.reply), "repeated", call.line, call.place)
        return None

    def _step(self, call: Call, input_: Input, base: str, turn: int, expected: int | None) -> Reply | None:
        line = self._lines.of(call.version)
        return self._stepper.step(line, call, input_, base, turn, time.monotonic() + BUDGET, expected)


def waits(call: Call) -> bool:
    """Whether a call has a place in a queue, or an agent of it: who is on the way out has none."""
    queued = call.queued
    return not call.ended and queued is not None and not queued.leaving and not queued.onward


def over(call: Call | None) -> Reply:
    """Polite words, and the end, for a call that is over, or unknown."""
    language = call.language if call else UNKNOWN_LANGUAGE
    return Reply(farewell(phrase("over", language), language), "unknown_call", call.line if call else "")
