"""A call on the real engine, as it is recorded: made once, and told again with other names and at other moments.

All moments of a tape are whole seconds after its call began; when that was, and whose call it is, comes with `rows`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from ivr.call import Call, step
from ivr.call.inputs import Input
from ivr.call.state import Turn
from ivr.call.wire import dump_record
from ivr.menu.flow import Flow
from ivr.store.call_rows import CallRow, LoggedRecord, fold
from ivr.store.callers import CallerHash

RECORDING = "REdemodata"
"""Stands for the sid of a recording, in its address: each call has its own."""

ZERO = datetime(2000, 1, 1, tzinfo=UTC)
"""When the call of a row began, until it is known when it did."""

ROWS = frozenset(
    {
        "survey_asked", "survey_answered", "survey_commented", "message_left", "entered", "connected", "goal_reached",
        "queue_entered", "queue_refused", "wait_told", "completed", "abandoned", "queue_exited",
    }
)  # fmt: skip
"""The kinds of event of which rows of messages, surveys and visits to queues are made."""

_BESIDE = frozenset({"entered", "goal_reached"})
"""Of these those that say something of the others alone."""

_NOBODY = CallerHash("nobody")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record: its moment, its input's JSON before and after the moment, and its events as rows have them."""

    after: int
    head: str
    tail: str
    events: tuple[tuple[str, str | None, str], ...]
    own: bool
    """Whether it names what each call has its own of: a recording."""


class Tape:
    """A call that goes on. `began` is when it is on the engine's clock."""

    __slots__ = ("began", "call", "entries", "flow", "more", "now", "row", "told")

    def __init__(self, flow: Flow, call: Call, began: datetime) -> None:
        self.flow = flow
        self.call = call
        self.began = began
        self.now = 0  # seconds after the beginning
        self.entries: list[Entry] = []
        self.told: list[tuple[int, int, dict[str, Any]]] = []  # seq, moment, event: of those with rows of their own
        self.more = False  # whether rows of their own come of it
        self.row = CallRow("")

    def at(self) -> datetime:
        """The moment."""
        return self.began + timedelta(seconds=self.now)

    def take(self, input_: Input) -> Turn:
        """Steps the call, and notes what came of it. The input is of this moment."""
        turn = step(self.flow, self.call, input_)
        self.call = turn.call
        fields = orjson.loads(dump_record(turn.record))
        kept, happened = fields["input"], fields["events"]
        record = LoggedRecord(fields["seq"], ZERO + timedelta(seconds=self.now), kept, happened)
        fold(self.row, (record,), _NOBODY)
        text = orjson.dumps(kept).decode()
        head, _, tail = text.partition(kept["at"])
        rows = []
        own = RECORDING in text
        for event in happened:
            kind, place = event.pop("kind"), event.pop("step", None)
            if kind in ROWS:
                self.more = self.more or kind not in _BESIDE
                self.told.append((record.seq, self.now, {"kind": kind, "step": place, **event}))
            rows.append((kind, place, orjson.dumps(event).decode() if event else "{}"))
        self.entries.append(Entry(self.now, head, tail, tuple(rows), own))
        return turn

    def again(self, began: datetime, sid: str, caller: str) -> Tape:
        """The same call so far, of somebody else and at another moment."""
        call = self.call
        if not call.ended:  # else nothing more happens to it
            call = call.copy()
            call.sid, call.caller = sid, caller
        twin = Tape(self.flow, call, began)
        twin.now = self.now
        twin.entries = self.entries.copy()
        twin.told = self.told.copy()
        twin.more = self.more
        twin.row = replace(self.row, goals=self.row.goals.copy())
        return twin

    def loses_end(self) -> bool:
        """Takes the end off a call that ended with the caller's hanging up in the menu; whether it did."""
        last = self.entries[-1]
        if len(self.entries) < 2 or len(last.events) != 1 or last.events[0][0] != "ended":
            return False
        del self.entries[-1]
        row = self.row
        row.last_seq, row.records, row.ended_at, row.how = row.last_seq - 1, row.records - 1, None, None
        row.last_at = ZERO + timedelta(seconds=self.entries[-1].after)
        return True
