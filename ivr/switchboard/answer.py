"""One webhook, the whole way: the call is opened, stepped, rendered and closed.

Two round trips to Redis: one reads state and saved reply, one writes state, reply, records and effects
together, if the call still is what it was when it was read. So a webhook that comes twice, late, or to two
workers at once has one effect, without a lock:

    this turn        stepped; whoever closes first wins, the other gives the winner's reply
    the last turn    its saved reply again, byte for byte
    any other        a Redirect to the last turn, whose reply presents the present step
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from ivr.call import Call, step
from ivr.call.inputs import HungUp, Input, RecordingReady, Started, Troubled
from ivr.call.says import Said
from ivr.call.wire import dump_record
from ivr.carrier.forms import Caller
from ivr.carrier.twiml import empty, farewell, redirect
from ivr.carrier.urls import action_url
from ivr.menu.phrases import phrase
from ivr.store.calls import Calls, Saved
from ivr.switchboard.apology import UNKNOWN_LANGUAGE
from ivr.switchboard.lines import Line, Lines
from ivr.switchboard.lookups import BUDGET, LookupRunner
from ivr.switchboard.sealing import Sealer

LIVE_SECONDS = 6 * 3600
"""How long a call is kept after its last webhook; a dialled leg may last four hours ("timeLimit=14400")."""

ENDED_SECONDS = 3600
"""How long an ended call is kept, for facts that come late and webhooks that come again."""

MOST_CONFLICTS = 20
MOST_WANTS = 12
"""Look-ups in one webhook: a file that leads from one to the next for ever is stopped here."""


class ConflictError(RuntimeError):
    """Somebody else kept changing the call."""


class LookupLoopError(RuntimeError):
    """Look-ups led to look-ups without end."""


class Switchboard:
    """Answers webhooks. Safe between threads."""

    def __init__(
        self, calls: Calls, lines: Lines, lookups: LookupRunner, sealer: Sealer, clock: Callable[[], datetime]
    ) -> None:
        self._calls = calls
        self._lines = lines
        self._lookups = lookups
        self._sealer = sealer
        self._clock = clock

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._clock()

    def begin(self, caller: Caller, base: str) -> str:
        """The document for a number's voice webhook: a new call, or one that the carrier asks about again."""
        deadline = time.monotonic() + BUDGET
        for _ in range(MOST_CONFLICTS):
            saved, live = self._calls.open_new(caller.sid)
            if saved is not None:
                return self._again(caller.sid, saved, 0, base)
            line = self._lines.answering(caller.to, live)
            if line is None:
                return farewell(phrase("not_in_service", UNKNOWN_LANGUAGE), UNKNOWN_LANGUAGE)
            call = Call(caller.sid, line.version, line.flow.name, caller.caller, caller.to)
            reply = self._step(line, call, Started(self.now()), base, 0, deadline)
            if reply is not None:
                return reply
        raise ConflictError(caller.sid)

    def act(self, sid: str, turn: int, input_: Input, base: str) -> str:
        """The document for an action URL: what the input of this turn leads to."""
        deadline = time.monotonic() + BUDGET
        for _ in range(MOST_CONFLICTS):
            saved = self._calls.open(sid)
            if saved is None:
                return farewell(phrase("over", UNKNOWN_LANGUAGE), UNKNOWN_LANGUAGE)
            if turn != saved.turn:
                return self._again(sid, saved, turn, base)
            call = self._sealer.open(saved.state)
            reply = self._step(self._lines.of(call.version), call, input_, base, turn, deadline)
            if reply is not None:
                return reply
        raise ConflictError(sid)

    def trouble(self, sid: str, what: str, base: str) -> str | None:
        """The document for a call in which something of ours raised: an apology, and a person. None if unknown."""
        for _ in range(MOST_CONFLICTS):
            saved = self._calls.open(sid)
            if saved is None:
                return None
            call = self._sealer.open(saved.state)
            line = self._lines.of(call.version)
            deadline = time.monotonic() + BUDGET / 3
            reply = self._step(line, call, Troubled(self.now(), what), base, saved.turn, deadline)
            if reply is not None:
                return reply
        raise ConflictError(sid)

    def present(self, sid: str) -> str | None:
        """The document that presents the call's present step again; None for a call that is unknown or over."""
        saved = self._calls.open(sid)
        if saved is None or self._sealer.open(saved.state).ended:
            return None
        return saved.reply.decode()

    def note(self, sid: str, fact: HungUp | RecordingReady) -> None:
        """Takes a fact that comes without a turn: once, at any time, also after the end."""
        identity = "end" if isinstance(fact, HungUp) else f"audio {fact.url}"
        for _ in range(MOST_CONFLICTS):
            saved = self._calls.open(sid)
            if saved is None:
                return
            call = self._sealer.open(saved.state)
            if identity in call.noted:
                return
            turn = step(self._lines.of(call.version).flow, call, fact)
            turn.call.noted.append(identity)
            record = dump_record(turn.record)
            if self._close(turn.call, saved.seq, saved.turn, saved.reply, [record]):
                return
        raise ConflictError(sid)

    def _again(self, sid: str, saved: Saved, turn: int, base: str) -> str:
        """What a webhook gets whose turn is not the present one."""
        if turn == saved.turn - 1:
            return saved.reply.decode()
        return redirect(action_url(base, sid, saved.turn - 1))

    def _step(self, line: Line, call: Call, input_: Input, base: str, turn: int, deadline: float) -> str | None:
        """Steps, answers what is wanted, renders and closes. None where somebody else closed first."""
        expected = call.seq
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
        reply = line.renderer.render(says, base=base, sid=call.sid, turn=turn + 1) if says else empty()
        closed = self._close(taken.call, expected, turn + 1, reply.encode(), records)
        return reply if closed else None

    def _close(self, call: Call, expected: int, turn: int, reply: bytes, records: list[bytes]) -> bool:
        saved = Saved(seq=call.seq, turn=turn, state=self._sealer.seal(call), reply=reply)
        expires = ENDED_SECONDS if call.ended else LIVE_SECONDS
        return self._calls.close(call.sid, saved, expected=expected, records=records, expires=expires)
