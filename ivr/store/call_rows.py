"""The row of a call: its records, in the order of `seq`, folded into what one wants to know of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import orjson

from ivr.store.callers import CallerHash, last_four, masked

LOST = "lost"
"""How a call ended whose end nobody reported."""

_LONGEST_SEQ = 2**31 - 1

WANTS_PERSON = frozenset({"queue_entered", "queue_refused", "dialing", "dial_refused", "message_left"})
"""The kinds of event by which a caller is past self-service: they asked for a person, or left word for one."""

_IN_QUEUES = frozenset({"queue_entered", "queue_refused", "connected", "abandoned", "queue_exited"})

_TOLD = WANTS_PERSON | _IN_QUEUES | {"entered", "language_chosen", "goal_reached", "dial_ended", "ended"}
"""The kinds of event that a row tells of."""


@dataclass(slots=True)  # not frozen: of that, making one would cost more than reading its JSON
class LoggedRecord:
    """A record, as it comes out of a stream."""

    seq: int
    at: datetime
    """The moment of its input; aware."""
    input: dict[str, Any]
    events: list[dict[str, Any]]


@dataclass(slots=True)
class CallRow:
    """One row of `calls`. All but the key and the last four may be unknown: the log need not have the beginning."""

    call_sid: str
    line: str | None = None
    version: str | None = None
    language: str | None = None
    """The last one that the caller chose; None: the line's first."""
    caller_hash: str | None = None
    caller_last4: str | None = None
    called: str | None = None
    """The number that was called, in full: it is the line's."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: int | None = None
    """From start to end."""
    how: str | None = None
    """How it ended: `line`, the carrier's word, or `lost`."""
    step: str | None = None
    """The last step that the caller came to."""
    goals: list[str] = field(default_factory=list)
    """The goals reached, each once, in the order in which they were."""
    path_hash: str = ""
    """The same for two calls that came to the same steps in the same order; empty before the first step."""
    last_seq: int = 0
    last_at: datetime | None = None
    records: int = 0
    """Records that are there; fewer than `last_seq` while some are still to come."""
    queue: str | None = None
    """The last queue that the caller came to, or was not let into."""
    agent: str | None = None
    """The last agent of a queue who took the call."""
    served_at: datetime | None = None
    """When a person answered or a goal was reached for the first time."""
    wanted_person: bool = False
    """Whether the caller asked for a person, or left word for one."""
    called_back: bool = False
    """Whether we called, as was agreed."""

    @property
    def whole(self) -> bool:
        """Whether no record before the last one is missing."""
        return self.records == self.last_seq


def read_record(data: bytes) -> LoggedRecord:
    """Read a record's JSON. Raises `ValueError` for what is none; the message repeats nothing of it."""
    try:
        fields = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise ValueError("it is no JSON") from None
    try:
        seq, input_, events = fields["seq"], fields["input"], fields["events"]
        at = datetime.fromisoformat(input_["at"])
        if type(seq) is not int or not 0 < seq <= _LONGEST_SEQ:
            raise ValueError("its seq is no number of a record")
        if at.tzinfo is None or type(input_["kind"]) is not str:
            raise ValueError("its input has no moment or no kind")
        for event in events:
            if type(event["kind"]) is not str or type(event.get("step", "")) is not str:
                raise ValueError("one of its events has no kind, or a step that is no text")
    except (KeyError, TypeError, AttributeError):
        raise ValueError("it is no record: it lacks seq, input or events") from None
    return LoggedRecord(seq, at, input_, events)


def without_number(input_: dict[str, Any]) -> dict[str, Any]:
    """Give the input as it is kept: with the caller's number masked, if it has one."""
    caller = input_.get("caller")
    return input_ | {"caller": masked(caller)} if isinstance(caller, str) else input_


def fold(row: CallRow, records: Iterable[LoggedRecord], hashes: CallerHash) -> None:
    """Fold records into a row. They are in the order of `seq`, and later than what the row has."""
    record = None
    for record in records:
        kind = record.input["kind"]
        if kind == "started":
            _begin(row, record, hashes)
        for event in record.events:
            if event["kind"] in _TOLD:
                _happened(row, event, record.at)
        # Who was thought lost and then hung up after all, was not: the engine makes no event of that.
        if kind == "hung_up" and row.how == LOST and (status := _text(record.input, "status")) not in (None, LOST):
            row.how, row.ended_at = status, record.at
        row.records += 1
    if record is not None:
        row.last_seq, row.last_at = record.seq, record.at
    if row.started_at is not None and row.ended_at is not None:
        row.seconds = max(0, round((row.ended_at - row.started_at).total_seconds()))


def kept_caller(input_: dict[str, Any], hashes: CallerHash) -> tuple[str | None, str | None]:
    """Give hash and last four digits of the caller whom a `started` input names."""
    caller = _text(input_, "caller")
    return (None, None) if caller is None else (hashes.of(caller), last_four(caller))


def _begin(row: CallRow, record: LoggedRecord, hashes: CallerHash) -> None:
    row.started_at = record.at
    row.line = _text(record.input, "line") or None
    row.version = _text(record.input, "version") or None
    row.called = _text(record.input, "to") or None
    row.called_back = bool(_text(record.input, "step"))
    if row.caller_hash is None and row.caller_last4 is None:
        row.caller_hash, row.caller_last4 = kept_caller(record.input, hashes)


def _happened(row: CallRow, event: dict[str, Any], at: datetime) -> None:
    kind = event["kind"]
    if kind in WANTS_PERSON:
        row.wanted_person = True
    if kind in _IN_QUEUES:
        row.queue = _text(event, "queue") or row.queue
    match kind:
        case "entered" if step := event.get("step"):
            row.step = step
            row.path_hash = path_on(row.path_hash, step)
        case "language_chosen":
            row.language = _text(event, "language") or row.language
        case "goal_reached":
            goal = _text(event, "goal")
            if goal is not None and goal not in row.goals:
                row.goals.append(goal)
            _served(row, at)
        case "connected":
            row.agent = _text(event, "agent") or row.agent
            _served(row, at)
        case "dial_ended" if event.get("outcome") == "answered":
            seconds = event.get("seconds")
            _served(row, at - timedelta(seconds=seconds if type(seconds) is int and 0 < seconds < 10**6 else 0))
        case "ended" if row.how in (None, LOST):
            row.how = _text(event, "how") or ""
            row.ended_at = at


def _served(row: CallRow, at: datetime) -> None:
    if row.started_at is not None:
        at = max(at, row.started_at)  # a carrier rounds the seconds of a talk up
    row.served_at = at if row.served_at is None else min(row.served_at, at)


def path_on(path_hash: str, step: str) -> str:
    """Give the hash of a path that goes on to a step; that of no step is empty."""
    return blake2b(f"{path_hash}\n{step}".encode(), digest_size=16).hexdigest()


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None
