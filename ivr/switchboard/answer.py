"""One webhook, the whole way: the call is opened, stepped, rendered and closed.

Two round trips to Redis: one reads state and saved reply, one writes state, reply, records and effects
together, if the call still is what it was when it was read. So a webhook that comes twice, late, or to two
workers at once has one effect, without a lock:

    this turn        stepped; whoever closes first wins, the other gives the winner's reply
    the last turn    its saved reply again, byte for byte
    any other        a Redirect to the last turn, whose reply presents the present step

With Redis away the call's place comes from the URL, and what would have been written is spooled (`outage`).
The higher turn wins: a place that is further on than what Redis knows was made while Redis was away.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.call import Call, step
from ivr.call.inputs import Dialed, HungUp, Input, Recorded, RecordingReady, Started, Troubled
from ivr.call.says import Said
from ivr.call.wire import dump_record
from ivr.carrier.forms import Caller
from ivr.carrier.twiml import empty, farewell, redirect
from ivr.carrier.urls import action_url
from ivr.menu.phrases import phrase
from ivr.store.call_rows import LOST
from ivr.store.calls import Saved
from ivr.store.spool import ClosedTurn
from ivr.switchboard.apology import UNKNOWN_LANGUAGE
from ivr.switchboard.lines import Line, Lines
from ivr.switchboard.lookups import BUDGET, LookupRunner
from ivr.switchboard.outage import Shelf
from ivr.switchboard.place import Places
from ivr.switchboard.sealing import Sealer

KEPT_SECONDS = 6 * 3600
"""How long a call is kept after its last webhook: a dialled leg may last four hours ("timeLimit=14400"). A call
that has ended is kept as long, and no place in a URL opens longer: an old webhook cannot revive it."""

MOST_CONFLICTS = 20
MOST_WANTS = 12
"""Look-ups in one webhook: a file that leads from one to the next for ever is stopped here."""


Outcome = Literal["stepped", "repeated", "redirected", "rescued", "unknown_call", "no_line"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a webhook gets, and for those who watch: what was done, on which line, at which place."""

    document: str
    outcome: Outcome
    line: str = ""
    place: str = ""


class ConflictError(RuntimeError):
    """Somebody else kept changing the call."""


class LookupLoopError(RuntimeError):
    """Look-ups led to look-ups without end."""


class Switchboard:
    """Answers webhooks. Safe between threads."""

    def __init__(
        self,
        shelf: Shelf,
        lines: Lines,
        lookups: LookupRunner,
        sealer: Sealer,
        places: Places,
        clock: Callable[[], datetime],
    ) -> None:
        self._shelf = shelf
        self._lines = lines
        self._lookups = lookups
        self._sealer = sealer
        self._places = places
        self._clock = clock

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._clock()

    def begin(self, caller: Caller, base: str) -> Reply:
        """The document for a number's voice webhook: a new call, or one that the carrier asks about again."""
        deadline = time.monotonic() + BUDGET
        for _ in range(MOST_CONFLICTS):
            try:
                saved, live = self._shelf.open_new(caller.sid)
            except RedisError:
                saved, line, expected = None, self._line_without_redis(caller.to), None
            else:
                if saved is not None:
                    return self._again(caller.sid, saved, 0, base)
                line, expected = self._lines.answering(caller.to, live), 0
            if line is None:
                return Reply(farewell(phrase("not_in_service", UNKNOWN_LANGUAGE), UNKNOWN_LANGUAGE), "no_line")
            call = Call(caller.sid, line.version, line.flow.name, caller.caller, caller.to)
            started = Started(self.now(), call.caller, call.to, call.line, call.version)
            reply = self._step(line, call, started, base, 0, deadline, expected)
            if reply is not None:
                return reply
        raise ConflictError(caller.sid)

    def act(self, sid: str, turn: int, input_: Input, base: str, place: str = "") -> Reply:
        """The document for an action URL: what the input of this turn leads to.

        `place` is the token of the URL. Raises RedisError where Redis is away and the token opens to nothing.
        """
        deadline = time.monotonic() + BUDGET
        for _ in range(MOST_CONFLICTS):
            expected: int | None
            try:
                saved = self._shelf.open(sid)
            except RedisError:
                call = self._places.open(place, sid, turn, self.now())
                if call is None:
                    raise
                expected = None
            else:
                ahead = saved is None or saved.turn < turn
                carried = self._places.open(place, sid, turn, self.now()) if ahead else None
                expected = saved.seq if saved else 0
                if carried is not None:
                    call = carried
                elif saved is None:
                    return Reply(farewell(phrase("over", UNKNOWN_LANGUAGE), UNKNOWN_LANGUAGE), "unknown_call")
                elif turn != saved.turn:
                    return self._again(sid, saved, turn, base)
                else:
                    call = self._sealer.open(saved.state)
                    if call.ended and not isinstance(input_, (Dialed, Recorded)):
                        return _over(call)
            reply = self._step(self._lines.of(call.version), call, input_, base, turn, deadline, expected)
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
            reply = self._step(line, call, Troubled(self.now(), what), base, saved.turn, deadline, saved.seq)
            if reply is not None:
                return reply
        raise ConflictError(sid)

    def present(self, sid: str) -> Reply | None:
        """The document that presents the call's present step again; None for a call that is unknown or over."""
        saved = self._shelf.open(sid)
        if saved is None or self._sealer.open(saved.state).ended:
            return None
        return Reply(saved.reply.decode(), "repeated")

    def note(self, sid: str, fact: HungUp | RecordingReady) -> None:
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

    def note_now(self, sid: str, fact: HungUp | RecordingReady) -> None:
        """Takes the fact on the state that Redis has. Raises RedisError where it has none to give."""
        # A call that was closed for lack of an end may still be told its real one.
        identity = f"audio {fact.url}" if isinstance(fact, RecordingReady) else "lost" if fact.status == LOST else "end"
        for _ in range(MOST_CONFLICTS):
            saved = self._shelf.open(sid)
            if saved is None:
                return
            call = self._sealer.open(saved.state)
            if identity in call.noted:
                return
            turn = step(self._lines.of(call.version).flow, call, fact)
            turn.call.noted.append(identity)
            closed = self._closed(turn.call, saved.turn, saved.reply, [dump_record(turn.record)])
            if self._shelf.close_now(sid, closed, saved.seq):
                return
        raise ConflictError(sid)

    def _line_without_redis(self, number: str) -> Line | None:
        try:
            return self._lines.answering(number, {})
        except SQLAlchemyError:
            return self._lines.last_known(number)

    def _again(self, sid: str, saved: Saved, turn: int, base: str) -> Reply:
        """What a webhook gets whose turn is not the present one."""
        if turn == saved.turn - 1:
            return Reply(saved.reply.decode(), "repeated")
        call = self._sealer.open(saved.state)
        if call.ended:
            return _over(call)
        return Reply(redirect(action_url(base, sid, saved.turn - 1)), "redirected")

    def _step(
        self, line: Line, call: Call, input_: Input, base: str, turn: int, deadline: float, expected: int | None
    ) -> Reply | None:
        """Steps, answers what is wanted, renders and closes. None where somebody else closed first.

        `expected` is the seq that Redis has of the call, None where Redis is away.
        """
        taken = step(line.flow, call, input_)
        says: list[Said] = list(taken.says)
        records = [dump_record(taken.record)]
        wants = 0
        while taken.want is not None:
            wants += 1
            if wants > MOST_WANTS:
                raise LookupLoopError(line.flow.name)
            told = self._lookups.run(line.flow, taken.want, self.now(), deadline)
            taken = step(line.flow, taken.call, told)
            says += taken.says
            records.append(dump_record(taken.record))
        place = self._places.seal(taken.call, turn + 1, self.now())
        reply = line.renderer.render(says, base=base, sid=call.sid, turn=turn + 1, place=place) if says else empty()
        if not self._shelf.close(call.sid, self._closed(taken.call, turn + 1, reply.encode(), records), expected):
            return None
        outcome: Outcome = "rescued" if isinstance(input_, Troubled) else "stepped"
        return Reply(reply, outcome, line.flow.name, taken.call.place)

    def _closed(self, call: Call, turn: int, reply: bytes, records: list[bytes]) -> ClosedTurn:
        saved = Saved(seq=call.seq, turn=turn, state=self._sealer.seal(call), reply=reply)
        ended = bool(call.ended)
        return ClosedTurn(saved, tuple(records), KEPT_SECONDS, ended)


def _over(call: Call) -> Reply:
    """Polite words, and the end, for a call that is over."""
    return Reply(farewell(phrase("over", call.language), call.language), "unknown_call", call.line)
