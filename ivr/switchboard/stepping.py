"""A call stepped and closed: what an input leads to, with everything that is wanted on the way, written at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ivr.call import Call, Turn, step
from ivr.call.inputs import Input, Troubled
from ivr.call.says import Said
from ivr.call.wants import MaySurvey, RunLookup, Want
from ivr.call.wire import dump_record
from ivr.carrier.twiml import empty
from ivr.store.calls import Saved
from ivr.store.spool import ClosedTurn
from ivr.switchboard.folding import folded
from ivr.switchboard.lines import Line
from ivr.switchboard.lookups import LookupRunner
from ivr.switchboard.notice_board import NoticeBoard
from ivr.switchboard.outage import Shelf
from ivr.switchboard.place import Places
from ivr.switchboard.sealing import Sealer
from ivr.switchboard.surveys import SurveyDesk
from ivr.switchboard.waiting import WaitingRoom

KEPT_SECONDS = 6 * 3600
"""How long a call is kept after its last webhook: a dialled leg may last four hours ("timeLimit=14400"). A call
that has ended is kept as long, and no place in a URL opens longer: an old webhook cannot revive it."""

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


@dataclass(frozen=True, slots=True)
class _Stepped:
    """What the inputs of one webhook led to."""

    call: Call
    says: tuple[Said, ...]
    records: tuple[bytes, ...]
    outcome: Outcome = "stepped"


class WantsLoopError(RuntimeError):
    """What was wanted led to other wants without end."""


class Stepper:
    """Steps calls and closes them. Safe between threads."""

    def __init__(
        self,
        shelf: Shelf,
        lookups: LookupRunner,
        room: WaitingRoom,
        surveys: SurveyDesk,
        sealer: Sealer,
        places: Places,
        board: NoticeBoard,
        clock: Callable[[], datetime],
    ) -> None:
        self._board = board
        self._shelf = shelf
        self._lookups = lookups
        self._room = room
        self._surveys = surveys
        self._sealer = sealer
        self._places = places
        self._clock = clock

    def at_once(self, line: Line, call: Call, input_: Input, base: str, turn: int) -> Reply | None:
        """Steps a call without asking what Redis has of it. None where it must be asked; nothing is changed then.

        `turn` is the one that the document awaits.
        """
        try:
            taken, records = self._taken(line, call, input_)
        except Exception:  # it raises again where it is sure that this webhook is not an old one
            return None
        if taken.want is not None:
            return None
        return self._write(line, _Stepped(taken.call, taken.says, tuple(records)), base, turn, call.seq)

    def step(
        self, line: Line, call: Call, input_: Input, base: str, turn: int, deadline: float, expected: int | None
    ) -> Reply | None:
        """Steps, answers what is wanted, renders and closes. None where somebody else closed first.

        `turn` is the one that the document awaits, `deadline` that of the look-ups on the monotonic clock, and
        `expected` the seq that Redis must have of the call, None where Redis is away.
        """
        taken, records = self._taken(line, call, input_)
        says = taken.says
        wants = 0
        while taken.want is not None:
            wants += 1
            if wants > MOST_WANTS:
                raise WantsLoopError(line.flow.name)
            taken = step(line.flow, taken.call, self._told(line, taken.call, taken.want, deadline))
            says += taken.says
            records.append(dump_record(taken.record))
        outcome: Outcome = "rescued" if isinstance(input_, Troubled) else "stepped"
        return self._write(line, _Stepped(taken.call, says, tuple(records), outcome), base, turn, expected)

    def closed(self, call: Call, turn: int, reply: bytes, records: tuple[bytes, ...]) -> ClosedTurn:
        """What is written of a call that was stepped."""
        saved = Saved(seq=call.seq, turn=turn, state=self._sealer.seal(call), reply=reply)
        return ClosedTurn(saved, records, KEPT_SECONDS, bool(call.ended))

    def _taken(self, line: Line, call: Call, input_: Input) -> tuple[Turn, list[bytes]]:
        """What an input from outside leads to; before it the call learns what holds for its line by now."""
        records = []
        news = self._board.news(line.flow, call, input_)
        if news is not None:
            known = step(line.flow, call, news)
            call = known.call
            records.append(dump_record(known.record))
        taken = step(line.flow, call, self._board.informed(line.flow, input_))
        return taken, [*records, dump_record(taken.record)]

    def _told(self, line: Line, call: Call, want: Want, deadline: float) -> Input:
        """The answer to what the engine wants."""
        if isinstance(want, RunLookup):
            return self._lookups.run(line.flow, want, self._clock(), deadline)
        if isinstance(want, MaySurvey):
            return self._surveys.may(call, want, self._clock())
        return self._room.answer(call, want, self._clock())

    def _write(self, line: Line, stepped: _Stepped, base: str, turn: int, expected: int | None) -> Reply | None:
        """Renders and closes. None where somebody else closed first."""
        call, says = stepped.call, stepped.says
        place = self._places.seal(call, turn, self._clock())
        reply = line.renderer.render(says, base=base, sid=call.sid, turn=turn, place=place) if says else empty()
        if not self._shelf.close(call.sid, self.closed(call, turn, folded(reply, place), stepped.records), expected):
            return None
        return Reply(reply, stepped.outcome, line.flow.name, call.place)
