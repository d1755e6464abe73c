"""One webhook, the whole way: the call is opened, stepped, rendered and closed.

One round trip to Redis writes state, reply, records and effects together, if the call still is what it was when
it was stepped. What it was says the token in the URL; so a key press is stepped at once, and where Redis has
another revision nothing is written. Then, and where the token does not say enough (the first webhook, a call with
secrets, a step that wants a look-up, which must not be made for a webhook that came before), Redis is read first.
So a webhook that comes twice, late, or to two workers at once has one effect, without a lock:

    this turn        stepped; whoever closes first wins, the other gives the winner's reply
    the last turn    its saved reply again, byte for byte
    any other        a Redirect to the last turn, whose reply presents the present step

With Redis away the call's place comes from the URL alone, and what would have been written is spooled (`outage`).
The higher turn wins: a place that is further on than what Redis knows was made while Redis was away.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.call import Call, step
from ivr.call.inputs import Accepted, Dialed, HungUp, Input, Recorded, RecordingReady, Started, Troubled
from ivr.call.wire import dump_record
from ivr.carrier.forms import Caller
from ivr.carrier.twiml import farewell, redirect
from ivr.carrier.urls import action_url
from ivr.menu.phrases import phrase
from ivr.store.call_rows import LOST
from ivr.store.calls import Saved
from ivr.store.live import Live
from ivr.switchboard.apology import UNKNOWN_LANGUAGE
from ivr.switchboard.folding import unfolded
from ivr.switchboard.handover import MOST_CONFLICTS, ConflictError, Handover, over
from ivr.switchboard.lines import Line, Lines
from ivr.switchboard.lookups import BUDGET
from ivr.switchboard.outage import Fact, Shelf
from ivr.switchboard.place import Places
from ivr.switchboard.sealing import Sealer
from ivr.switchboard.stepping import Reply, Stepper

NUMBERS_OF_A_WAIT = 20_000
"""More inputs than one wait has, and what is told on the way."""


class Switchboard:
    """Answers webhooks. Safe between threads."""

    def __init__(
        self,
        shelf: Shelf,
        lines: Lines,
        sealer: Sealer,
        places: Places,
        stepper: Stepper,
        handover: Handover,
        clock: Callable[[], datetime],
    ) -> None:
        self._shelf = shelf
        self._lines = lines
        self._sealer = sealer
        self._places = places
        self._stepper = stepper
        self._handover = handover
        self._clock = clock

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._clock()

    def begin(self, caller: Caller, base: str, version: str | None = None) -> Reply:
        """The document for a number's voice webhook: a new call, or one that the carrier asks about again.

        A new call begins with the `version`, where one is named, live or not. Raises UnknownVersion.
        """
        deadline = time.monotonic() + BUDGET
        for _ in range(MOST_CONFLICTS):
            try:
                saved, live = self._shelf.open_new(caller.sid)
            except RedisError:
                saved, line, expected = None, self._line_without_redis(caller), None
            else:
                if saved is not None:
                    return self._again(caller.sid, saved, 0, base)
                expected = 0
                if version:
                    line = self._lines.of(version)
                else:
                    line = self._lines.answering(caller.to, live, caller.caller, caller.sid)
            if line is None:
                return Reply(farewell(phrase("not_in_service", UNKNOWN_LANGUAGE), UNKNOWN_LANGUAGE), "no_line")
            call = Call(caller.sid, line.version, line.flow.name, caller.caller, caller.to)
            started = Started(self.now(), call.caller, call.to, call.line, call.version)
            reply = self._stepper.step(line, call, started, base, 1, deadline, expected)
            if reply is not None:
                return reply
        raise ConflictError(caller.sid)

    def act(self, sid: str, turn: int, input_: Input, base: str, place: str = "") -> Reply:
        """The document for an action URL: what the input of this turn leads to.

        `place` is the token of the URL. Raises RedisError where Redis is away and the token opens to nothing.
        """
        deadline = time.monotonic() + BUDGET
        carried = self._places.open(place, sid, turn, self.now())
        if carried is not None and carried.whole and not carried.call.ended and carried.call.queued is None:
            line = self._lines.of(carried.call.version)
            reply = self._stepper.at_once(line, carried.call, input_, base, turn + 1)
            if reply is not None:
                return reply
        for _ in range(MOST_CONFLICTS):
            expected: int | None
            try:
                saved = self._shelf.open(sid)
            except RedisError:
                if carried is None:
                    raise
                call, expected = _ahead(carried.call), None
            else:
                expected = saved.seq if saved else 0
                if carried is not None and (saved is None or saved.turn < turn):
                    call = carried.call
                elif saved is None:
                    return over(None)
                elif turn != saved.turn:
                    return self._again(sid, saved, turn, base)
                else:
                    call = self._sealer.open(saved.state)
                    if call.ended and not isinstance(input_, (Dialed, Recorded)):
                        return over(call)
            line, settled = self._lines.of(call.version), self._handover.settled(call, input_)
            reply = self._stepper.step(line, call, settled, base, turn + 1, deadline, expected)
            if reply is not None:
                return reply
        raise ConflictError(sid)

    def trouble(self, sid: str, what: str, base: str) -> Reply | None:
        """The document for a call in which something of ours raised: an apology, and a person. None if unknown."""
        for _ in range(MOST_CONFLICTS):
            saved = self._shelf.open(sid)
            if saved is None:
                return None
            call = self._sealer.open(saved.state)
            line = self._lines.of(call.version)
            deadline = time.monotonic() + BUDGET / 3
            troubled = Troubled(self.now(), what)
            reply = self._stepper.step(line, call, troubled, base, saved.turn + 1, deadline, saved.seq)
            if reply is not None:
                return reply
        raise ConflictError(sid)

    def present(self, sid: str) -> Reply | None:
        """The document that presents the call's present step again; None for a call that is unknown or over."""
        saved = self._shelf.open(sid)
        if saved is None or self._sealer.open(saved.state).ended:
            return None
        return Reply(unfolded(saved.reply), "repeated")

    def note(self, sid: str, fact: Fact) -> None:
        """Takes a fact that comes without a turn: once, at any time, also after the end.

        While turns of the call wait in the spool, the fact waits behind them.
        """
        if self._shelf.waits(sid):
            self._shelf.keep_fact(sid, fact)
            return
        try:
            self.note_now(sid, fact)
        except RedisError:
            self._shelf.keep_fact(sid, fact)

    def note_now(self, sid: str, fact: Fact) -> None:
        """Takes the fact on the state that Redis has. Raises RedisError where it has none to give."""
        identity = _identity(fact)
        for _ in range(MOST_CONFLICTS):
            saved = self._shelf.open(sid)
            if saved is None:
                return
            call = self._sealer.open(saved.state)
            if identity in call.noted:
                return
            turn = step(self._lines.of(call.version).flow, call, fact)
            turn.call.noted.append(identity)
            closed = self._stepper.closed(turn.call, saved.turn, saved.reply, (dump_record(turn.record),))
            if self._shelf.close_now(sid, closed, saved.seq):
                if isinstance(fact, HungUp) and call.queued is not None:
                    self._handover.gone(sid)
                return
        raise ConflictError(sid)

    def _line_without_redis(self, caller: Caller) -> Line | None:
        try:
            return self._lines.answering(caller.to, Live(), caller.caller, caller.sid)
        except SQLAlchemyError:
            return self._lines.last_known(caller.to)

    def _again(self, sid: str, saved: Saved, turn: int, base: str) -> Reply:
        """What a webhook gets whose turn is not the present one."""
        if turn == saved.turn - 1:
            return Reply(unfolded(saved.reply), "repeated")
        call = self._sealer.open(saved.state)
        if call.ended:
            return over(call)
        return Reply(redirect(action_url(base, sid, saved.turn - 1)), "redirected")


def _ahead(call: Call) -> Call:
    """A call as its token has it, numbered behind everything that may have come since the token was made.

    The action of a queue carries the token of the moment at which the wait began, and that of an agent's leg the one
    at which it was dialled; pieces of the wait and facts have had numbers of their own meanwhile.
    """
    if call.queued is None:
        return call
    twin = call.copy()
    twin.seq += NUMBERS_OF_A_WAIT
    return twin


def _identity(fact: Fact) -> str:
    """What tells a fact from another one of its call. One who was thought lost may still be told their real end."""
    match fact:
        case RecordingReady(url=url):
            return f"audio {url}"
        case Accepted(offer=offer):
            return f"accepted {offer}"
        case HungUp(status=status):
            return "lost" if status == LOST else "end"
