"""Callers who wait: what a call wants of the queues, and what the queues tell a call, as the engine's inputs.

The slot of the queues decides; it is asked first, and the call is stepped with what it said. Each question may be
asked again with the same answer, so a webhook that comes twice, or a worker that dies between the two, harms nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from redis import RedisError

from ivr.call.inputs import Dialed, Offered, Released, Waited
from ivr.call.state import Call
from ivr.call.wants import BookCallback, JoinQueue, LeaveQueue
from ivr.menu.team import Queue, Team
from ivr.routing.order import head_start
from ivr.store.agent_tables import MISSED
from ivr.store.queues import Offer, Queues, Waiting
from ivr.switchboard.notice_board import NoticeBoard
from ivr.switchboard.staff import Staff
from ivr.switchboard.waits import Waits, facts

Want = JoinQueue | LeaveQueue | BookCallback

HEARD_WITHIN = 90.0
"""Seconds within which a caller who waits is heard of again: a piece of the wait takes less than half of it."""

PIECE = 10.0
"""Seconds of hold audio between two looks for an offer, where the leg cannot be moved while it hears one."""

LONG_PIECE = 25.0
"""The same where it can: each end of a piece is a gap in the music. Less than `COMES`, so that a leg whose move was
lost comes to its offer all the same."""

COMES = 30.0
"""Seconds within which a caller's leg comes to an offer: moved at once, or after the piece that it hears."""

GRACE = 20.0
"""Seconds that an offer stands after the ringing: "`timeout=30` (+5 s)", and the whisper is heard after it."""

log = logging.getLogger("ivr.waiting")

Book = Callable[[Call, Waiting, Queue, str, datetime], bool]
"""Keeps a callback, at a number, of a caller who waits; whether they will be called back."""

Callable_ = Callable[[str, Queue], bool]
"""Whether a number may be called back for a queue."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """How a caller stands: where, since when, with how many before them."""

    call: Call
    team: Team
    queue: Queue
    waiting: Waiting
    before: int
    k: int = 0  # which webhook of the wait
    keys: str = ""


class WaitingRoom:
    """What the queues tell calls. Safe between threads."""

    def __init__(
        self,
        queues: Queues,
        staff: Staff,
        waits: Waits,
        board: NoticeBoard,
        *,
        book: Book,
        callable_: Callable_,
        moves: bool = False,
        slot_clock: Callable[[], datetime] | None = None,
    ) -> None:
        """`moves`: a leg that waits can be moved at any moment, since the carrier can be asked to.

        `slot_clock` is the clock that all who use the slot of the queues share, where calls have others: in
        development a call may be placed at any moment.
        """
        self._queues = queues
        self._staff = staff
        self._board = board
        self._book = book
        self._callable = callable_
        self._moves = moves
        self._waits = waits
        self._slot_clock = slot_clock

    def slot_now(self, now: datetime) -> datetime:
        """The moment for the slot of the queues, at this moment of a call."""
        return self._slot_clock() if self._slot_clock else now

    def answer(self, call: Call, want: Want, now: datetime) -> Waited | Released:
        """The answer to what a call wants; `unavailable` where Redis is away, or the queue is no longer there."""
        team = self._staff.now()
        queue = team.queues.get(want.queue)
        try:
            if queue is None:
                log.error("line %s asks for the queue %s, which team.yaml does not have", call.line, want.queue)
                return Released(now, "unavailable")
            match want:
                case JoinQueue():
                    return self._join(call, want, team, queue, now)
                case LeaveQueue():
                    return self._leave(call, team, queue, now)
                case BookCallback():
                    return self._callback(call, want, team, queue, now)
        except RedisError:
            return Released(now, "unavailable")

    def waited(self, call: Call, k: int, keys: str, carrier_queue: str, now: datetime) -> Waited | Released:
        """What webhook `k` of a wait brings. Raises RedisError."""
        team = self._staff.now()
        assert call.queued is not None  # noqa: S101 - whoever asks has looked
        name = call.queued.queue
        heard_by = self.slot_now(now).timestamp() + HEARD_WITHIN
        heard = self._queues.heard(call.sid, name, heard_by=heard_by, carrier_queue=carrier_queue)
        queue = team.queues.get(heard[0].queue if heard else name)  # a supervisor may have moved them
        if queue is None:
            self._queues.leave(call.sid, self.slot_now(now).timestamp())
            return Released(now, "unavailable")
        if heard is None:  # Redis lost them: they have their place again, by the moment at which they came
            since = call.queued.since
            again = Waiting(call.sid, name, call.language, since, since - head_start(queue, call.queued.ahead))
            self._queues.join(again, heard_by=heard_by)
            heard = again, call.queued.position - 1
        waiting, before = heard
        stand = _Stand(call, team, queue, waiting, before, k, keys)
        if waiting.state == "waiting" and self.slot_now(now).timestamp() - waiting.arrived >= queue.longest_wait:
            return self._out(stand, Released(now, "timed_out"))
        closed = call.closed or self._board.closed(queue, now)  # by somebody, whatever the hours
        if closed and waiting.state == "waiting" and not self._waits.there(team, queue.name):
            _, notice = self._board.of_queue(queue, team, now, call.language)
            return self._out(stand, Released(now, "closed", notice))
        return self._facts(stand, now)

    def offered(self, call: Call, now: datetime) -> Offered | None:
        """The offer that stands for a caller, as an input; None where there is none. Raises RedisError."""
        waiting = self._queues.caller(call.sid)
        offer = self._queues.offered(waiting.offer) if waiting and waiting.offer else None
        if offer is None or offer.state not in ("ringing", "taken"):
            return None
        team = self._staff.now()
        agent, queue = team.agents.get(offer.agent), team.queues.get(offer.queue)
        if agent is None or queue is None:
            self._queues.release(offer, self.slot_now(now).timestamp(), "failed", "away", "no longer in team.yaml")
            return None
        if offer.state == "ringing":
            self._queues.came(
                offer, self.slot_now(now).timestamp(), self.slot_now(now).timestamp() + queue.ring + GRACE
            )
        return Offered(now, offer.id, offer.agent, agent.address, queue.ring, offer.why, offer.queue)

    def accept(self, offer: Offer, now: datetime) -> bool:
        """The agent takes the call; False where the offer stands no longer. Raises RedisError."""
        waiting = self._queues.caller(offer.sid)
        if waiting is None:
            return False
        note = self._waits.note(self._staff.now(), offer, waiting, self.slot_now(now).timestamp())
        return self._queues.accept(offer, self.slot_now(now).timestamp(), note)

    def dialled(self, call: Call, dialed: Dialed, now: datetime) -> Dialed:
        """What the end of an agent's leg means: "DialBridged=true and our own accept", which decides where the
        parameter is missing; and where the agent sends the caller on to. Raises RedisError.

        The agent wraps up, or is away for having missed it; the caller is out, or back in their place.
        """
        assert call.queued is not None  # noqa: S101 - whoever asks has looked
        offer = self._queues.offered(call.queued.offer)
        if offer is None:
            return dialed
        if offer.state in ("taken", "over") and dialed.outcome == "answered":
            self._finish(offer, now)
            return replace(dialed, onward=offer.onward)
        if dialed.hung_up:
            # "caller hung up while it rang: ABANDON; the agent is free, not paused"
            if self._queues.leave(call.sid, self.slot_now(now).timestamp()) == "talking":
                self._queues.finish(offer, self.slot_now(now).timestamp())
        else:
            self._back(call, offer, dialed, self.slot_now(now).timestamp())
        return replace(dialed, outcome="no_answer") if dialed.outcome == "answered" else dialed

    def free(self, id_: str, now: datetime) -> None:
        """Ends an offer to which its caller cannot come; the agent is free. Raises RedisError."""
        offer = self._queues.offered(id_)
        if offer is not None:
            self._queues.release(offer, self.slot_now(now).timestamp(), "failed", "available")

    def gone(self, sid: str, now: datetime) -> None:
        """The caller hung up, wherever they were. Raises RedisError."""
        if self._queues.leave(sid, self.slot_now(now).timestamp()) == "talking":
            waiting = self._queues.caller(sid)
            offer = self._queues.offered(waiting.offer) if waiting else None
            if offer is not None:
                self._finish(offer, now)

    def _finish(self, offer: Offer, now: datetime) -> None:
        """The talk is over: the agent wraps up."""
        queue = self._staff.now().queues.get(offer.queue)
        moment = self.slot_now(now).timestamp()
        self._queues.finish(offer, moment, moment + queue.wrap_up if queue and queue.wrap_up else 0.0)

    # Wants

    def _join(self, call: Call, want: JoinQueue, team: Team, queue: Queue, now: datetime) -> Waited | Released:
        moment = self.slot_now(now).timestamp()
        place = None if call.queued else self._queues.kept_place(call.sid)  # who is sent on has had theirs
        notice = ""
        if place is None:  # whom we call back has heard it, and is expected
            takes, notice = self._board.of_queue(queue, team, now, want.language)
            if call.closed or not takes:
                return Released(now, "closed", notice)
            members = [agent.id for agent in team.members(queue.name)]
            if all(it.state == "away" for it in self._queues.agents(members)):
                return Released(now, "nobody_in", notice)
        order = place or moment - head_start(queue, want.head_start)
        expected = self._waits.expected(team, queue, self._queues.size(queue.name), self.slot_now(now))
        waiting = Waiting(call.sid, queue.name, want.language, moment, order, facts=facts(expected))
        joined, before = self._queues.join(waiting, room=0 if place else queue.room_for, heard_by=moment + HEARD_WITHIN)
        if not joined:
            return Released(now, "full", notice)
        return replace(self._facts(_Stand(call, team, queue, waiting, before), now), notice=notice)

    def _leave(self, call: Call, team: Team, queue: Queue, now: datetime) -> Waited | Released:
        waiting = self._queues.caller(call.sid)
        if waiting is None:
            return Released(now, "left")
        return self._out(self._stand(call, team, queue, waiting), Released(now, "left"))

    def _callback(self, call: Call, want: BookCallback, team: Team, queue: Queue, now: datetime) -> Waited | Released:
        waiting = self._queues.caller(call.sid)
        if waiting is None:
            return Released(now, "callback_booked")
        stand = self._stand(call, team, queue, waiting)
        if waiting.state == "waiting" and self._book(call, waiting, stand.queue, want.number, now):
            return self._out(stand, Released(now, "callback_booked"))
        return self._facts(stand, now)

    def _stand(self, call: Call, team: Team, queue: Queue, waiting: Waiting) -> _Stand:
        queue = team.queues.get(waiting.queue, queue)  # a supervisor may have moved them
        before = self._queues.position(queue.name, call.sid) or 0
        return _Stand(call, team, queue, waiting, before, call.queued.k if call.queued else 0)

    def _out(self, stand: _Stand, released: Released) -> Waited | Released:
        """Lets a caller go; unless an agent has been offered to them meanwhile, who comes first."""
        if stand.waiting.state != "waiting":
            return self._facts(stand, released.at)
        self._queues.leave(stand.call.sid, self.slot_now(released.at).timestamp())
        return released

    def _facts(self, stand: _Stand, now: datetime) -> Waited:
        """How it stands: the place, the wait as a range, whether an agent is offered, and which keys there are."""
        queue, waiting, before = stand.queue, stand.waiting, max(stand.before, 0)
        expected = self._waits.expected(stand.team, queue, before, self.slot_now(now))
        offer = queue.callback
        waited = self.slot_now(now).timestamp() - waiting.arrived
        late = offer is not None and waited >= offer.after
        piece = PIECE
        if self._moves and waiting.carrier_queue:
            until = min(queue.longest_wait - waited, offer.after - waited if offer and not late else LONG_PIECE)
            piece = max(min(LONG_PIECE, until), PIECE)
        return Waited(
            now,
            stand.k,
            stand.keys,
            before + 1,
            round(expected.low) if expected else None,
            round(expected.high) if expected else None,
            move=waiting.state == "offered",
            announce=queue.announce,
            hold=queue.hold or "",
            leave=queue.leave,
            callback=offer.digit if offer is not None and late else "",
            own=offer is not None and late and self._callable(stand.call.caller, queue),
            allow=" ".join(queue.allow),
            queue=queue.name,
            piece=piece,
        )

    # An agent's leg is over

    def _back(self, call: Call, offer: Offer, dialed: Dialed, moment: float) -> None:
        """The caller has their place back. An agent whose phone cannot be had is away, so that the next is asked."""
        words = MISSED.get(dialed.outcome, "missed a call")
        if self._queues.release(offer, moment, "missed", "away", words):
            return
        waiting = self._queues.caller(call.sid)
        if offer.state == "taken":  # they pressed 1, and the two were not connected all the same
            self._queues.finish(offer, moment)
        if waiting is None or offer.state == "taken":
            since = waiting.arrived if waiting else call.queued.since if call.queued else moment
            again = Waiting(call.sid, offer.queue, offer.language, since, waiting.order if waiting else since)
            self._queues.join(again, heard_by=moment + HEARD_WITHIN)
