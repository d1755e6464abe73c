"""Calls as tables: a menu file, and rows of what the caller does, what is heard, and (where it matters) what happened.

    transcript(line('''...'''), '''
        start   | Hello. To hear more, press 1. (1 key)
        1       | More. (hangup)                        | chose 1 -> more, entered more, ended line
    ''')

An input is `start`, `silence`, keys, `found NAME=VALUE …`, `not_found`, `failed`, `recorded URL`, `dialed OUTCOME`,
`waited NAME=VALUE …`, `released EXIT`, `left RESULT` (of the carrier's queue), `offered ID AGENT [QUEUE]`,
`accepted ID`, `hangup`, `audio URL`, `trouble` or `clock TIME` (UTC, for the rows below it). `recorded` and `dialed`
may end in `gone`: the caller hung up with it; `dialed` may have `onward=WHERE`. Between two rows the call goes through
JSON.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from ivr.call import Call, Record, Turn, step
from ivr.call.events import Event
from ivr.call.inputs import (
    Accepted,
    Dialed,
    HungUp,
    Input,
    Offered,
    Pressed,
    QueueLeft,
    Recorded,
    RecordingReady,
    Released,
    Silent,
    Started,
    Told,
    Troubled,
    Waited,
)
from ivr.call.says import Dial, DialAgent, Enqueue, Gather, Hangup, Leave, Redirect, Said, Say, Wait
from ivr.call.says import Record as RecordMessage
from ivr.call.wants import BookCallback, JoinQueue, LeaveQueue, MaySurvey, RunLookup, Want
from ivr.call.wire import dump_call, dump_record, load_call, load_record
from ivr.menu import Flow, load

NOON = datetime(2026, 6, 2, 17, 0, tzinfo=UTC)
"""A Tuesday, 12:00 in Chicago."""

HEADER = """\
line: Test
numbers: ["+15005550006"]
"""


def line(
    steps: str,
    top: str = "",
    *,
    languages: str = "[en-US]",
    start: str = "",
    country: str = "US",
    zone: str = "America/Chicago",
) -> Flow:
    """The flow of the steps, the first of which starts; `top` stands above them. It has to check."""
    steps = textwrap.dedent(steps)
    start = start or steps.strip().split(":")[0]
    place = f"country: {country}\n" if country else ""
    text = (
        f"{HEADER}timezone: {zone}\n{place}languages: {languages}\nstart: {start}\n{textwrap.dedent(top)}\n"
        f"steps:\n{textwrap.indent(steps, '  ')}"
    )
    menus = load({"test.yaml": text.encode()})
    assert not menus.errors, menus.errors
    return menus.flows["test"]


def new_call(flow: Flow, caller: str = "+12125550142", to: str = "+15005550006") -> Call:
    """A call that has not begun."""
    return Call("CA1", "v1", flow.name, caller, to)


def read_input(text: str, at: datetime = NOON) -> Input:
    """The input that a table's word stands for."""
    word, *rest = text.split()
    gone = rest[-1:] == ["gone"]
    match word:
        case "start":
            return Started(at)
        case "silence":
            return Silent(at)
        case "found":
            return Told(at, "found", dict(pair.split("=", 1) for pair in rest))
        case "not_found" | "failed":
            return Told(at, word, why=" ".join(rest))
        case "recorded":
            return Recorded(at, rest[0], 12, gone)
        case "dialed":
            onward = next((word.removeprefix("onward=") for word in rest if word.startswith("onward=")), "")
            return Dialed(at, rest[0], 60, gone, onward)  # type: ignore[arg-type]
        case "waited":
            return Waited(at, **{name: _fact(name, value) for name, value in (pair.split("=", 1) for pair in rest)})
        case "released":
            return Released(at, rest[0])  # type: ignore[arg-type]
        case "left":
            return QueueLeft(at, rest[0])  # type: ignore[arg-type]
        case "offered":
            return Offered(at, rest[0], rest[1], "+15005550401", 15.0, "It is their turn.", "".join(rest[2:]))
        case "accepted":
            return Accepted(at, rest[0])
        case "audio":
            return RecordingReady(at, rest[0], 12)
        case "hangup":
            return HungUp(at)
        case "trouble":
            return Troubled(at, "ValueError")
    return Pressed(at, word)


def _fact(name: str, text: str) -> Any:
    """A field of a Waited, as a table writes it."""
    if name in ("keys", "hold", "leave", "callback", "queue"):
        return text
    if name == "allow":
        return text.replace(",", " ")
    return text == "yes" if name in ("move", "own") else int(text)


class Line:
    """A call on a flow, an input at a time, with its records; its state goes through JSON after each."""

    def __init__(self, flow: Flow, call: Call | None = None) -> None:
        self.flow = flow
        self.call = call or new_call(flow)
        self.at = NOON
        self.records: list[bytes] = []
        self.turns: list[Turn] = []

    def take(self, *inputs: str | Input) -> Turn:
        """Steps on each input, and gives the last turn."""
        for entry in inputs:
            input_ = read_input(entry, self.at) if isinstance(entry, str) else entry
            turn = step(self.flow, self.call, input_)
            self.call = through_json(turn.call)
            assert self.call == turn.call
            self.records.append(dump_record(turn.record))
            self.turns.append(turn)
        return self.turns[-1]

    @property
    def events(self) -> list[Event]:
        """All events so far."""
        return [event for turn in self.turns for event in turn.events]

    def loaded_records(self) -> list[Record]:
        """The records, as they come back from the log."""
        return [load_record(record) for record in self.records]


def through_json(call: Call) -> Call:
    """The call as it comes back from where it was kept, with its secrets."""
    twin = load_call(dump_call(call))
    twin.secrets = dict(call.secrets)
    return twin


def heard(turn: Turn) -> str:
    """What the turn says, and in brackets what it then waits for."""
    words = [shown(said, spoken=len(turn.says) > 1) for said in turn.says]
    if turn.want:
        words.append(wanted(turn.want))
    return " ".join(" ".join(words).split())


def wanted(want: Want) -> str:
    """A want as a table shows it."""
    match want:
        case RunLookup(lookup, values):
            return f"(look up {lookup}: {' '.join(f'{name}={value}' for name, value in values.items())})"
        case JoinQueue(queue, language, head_start):
            return f"(join {queue} in {language}, {head_start:g} s ahead)"
        case LeaveQueue(queue):
            return f"(leave {queue})"
        case BookCallback(queue, number):
            return f"(book {number} in {queue})"
        case MaySurvey(survey, share, times, seconds):
            return f"(may ask {survey}: {share:g}, {times} in {seconds:g} s)"


def shown(said: Said, *, spoken: bool = False) -> str:
    """One say as a table shows it; what cannot be interrupted stands between exclamation marks.

    `spoken`: words are said before it.
    """
    match said:
        case Say():
            return said.words() if said.interruptible else f"!{said.words()}!"
        case Gather(digits, finish):
            return f"({digits} key{'s' if digits > 1 else ''}{finish})"
        case RecordMessage():
            return "(record)"
        case Dial(to, caller_id):
            return f"(dial {to} from {caller_id})"
        case Enqueue(queue, k):
            return f"(enqueue {queue}, then {k})"
        case Wait(k, audio, offset, seconds, digits, finish):
            if digits > 1 or (seconds and not audio and spoken):
                return f"({digits} key{'s' if digits > 1 else ''}{finish}, then {k})"
            return f"({audio or 'silence'} {offset:g}+{seconds:g} s, then {k})" if seconds else f"(then {k})"
        case Leave():
            return "(leave)"
        case DialAgent(offer, address, _, ring):
            return f"(offer {offer}: {address}, {ring:g} s)"
        case Redirect():
            return "(redirect)"
        case Hangup():
            return "(hangup)"


def happened(events: Iterable[Event]) -> str:
    """The events as a table shows them: their kind, and what is in them but the step."""
    return ", ".join(_event(event) for event in events)


def _event(event: Event) -> str:
    names = [spec.name for spec in fields(event)]
    values: list[Any] = [getattr(event, name) for name in names if name != "step" or len(names) == 1]
    return " ".join([event.kind, *(str(value) for value in values if value != "")])


def transcript(flow: Flow, table: str, call: Call | None = None) -> Line:
    """Plays the table's inputs and compares the other columns; an empty or missing one is not compared."""
    rows = [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]
    played = Line(flow, call)
    expected, actual = [], []
    for entry, *wanted in rows:
        if entry.startswith("clock "):
            played.at = datetime.fromisoformat(entry.removeprefix("clock ")).replace(tzinfo=UTC)
            continue
        turn = played.take(entry)
        found = [heard(turn), happened(turn.events)]
        compared = [(want, got) for want, got in zip(wanted, found, strict=False) if want]
        expected.append(" | ".join([entry, *(want for want, _ in compared)]))
        actual.append(" | ".join([entry, *(got for _, got in compared)]))
    assert "\n".join(actual) == "\n".join(expected)
    return played
