"""The rows of a call, as the log writer would have made them of its records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from ivr.store.call_rows import LOST, LoggedRecord, path_on
from ivr.store.callers import CallerHash, last_four, masked
from ivr.switchboard.demo.tape import RECORDING, ZERO, Tape

CALLS = (
    "call_sid", "line", "version", "language", "caller_hash", "caller_last4", "called", "started_at", "ended_at",
    "seconds", "how", "step", "goals", "path_hash", "last_seq", "last_at", "records", "queue", "agent", "served_at",
    "wanted_person", "called_back",
)  # fmt: skip
RECORDS = ("call_sid", "seq", "input", "at")
EVENTS = ("call_sid", "seq", "n", "kind", "step", "data")
ASKED = ("call_sid", "seq", "survey", "at", "line", "version", "caller_hash", "queue", "agent", "goal", "path_hash")
ANSWERS = (
    "call_sid", "seq", "survey", "question", "kind", "value", "at", "line", "version", "queue", "agent", "goal",
    "path_hash",
)  # fmt: skip
MESSAGES = (
    "call_sid", "seq", "kind", "box", "left_at", "seconds", "recording", "audio", "tries", "file", "resolved_at",
    "resolved_by",
)  # fmt: skip
CALLBACKS = (
    "id", "queue", "line", "version", "step", "language", "shown", "number_sealed", "number_hash", "number_last4",
    "call_sid", "arrived", "place", "booked_at", "state", "tries", "next_at", "leg_sid", "called_at", "ended_at", "who",
    "why",
)  # fmt: skip

STATES = ("agent", "id", "state", "reason", "how", "began_at", "ended_at", "offer", "call_sid", "queue")
WRAP_UPS = ("offer", "agent", "queue", "call_sid", "began_at", "ended_at", "seconds", "code", "note")

AUDIO = "demo-data.wav"
"""The file that has the audio of all of their messages and comments."""

COLUMNS = {
    "calls": CALLS,
    "records": RECORDS,
    "events": EVENTS,
    "surveys_asked": ASKED,
    "survey_answers": ANSWERS,
    "messages": MESSAGES,
    "callbacks": CALLBACKS,
    "agent_states": STATES,
    "wrap_ups": WRAP_UPS,
}
"""The columns of each table that is written, in the order of their values."""

_CLOCK = [f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}" for second in range(86_400)]

_IN_QUEUES = frozenset({"queue_entered", "queue_refused", "connected", "completed", "abandoned", "queue_exited"})


@dataclass(slots=True)
class Batch:
    """Rows to write at once, by their tables; and of calls that came to queues what happened there."""

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    visits: list[tuple[str, list[LoggedRecord]]] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many calls."""
        return len(self.rows["calls"])


class Writing:
    """Turns tapes into rows."""

    def __init__(self, hashes: CallerHash, resolved: Callable[[float], tuple[float | None, str | None]]) -> None:
        """`resolved` says when a message that was left at a moment was resolved, and by whom; None: it is open."""
        self._hashes = hashes
        self._resolved = resolved
        self._days: dict[int, str] = {}

    def moment(self, at: float) -> str:
        """A moment, in seconds since 1970, as databases write one: UTC, with its fraction."""
        return self._text(int(at), " ") + _fraction(at)

    def _text(self, second: int, between: str) -> str:
        day, left = divmod(second, 86_400)
        if day not in self._days:
            self._days[day] = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()
        return f"{self._days[day]}{between}{_CLOCK[left]}"

    def add(self, batch: Batch, tape: Tape, sid: str, base: float, caller: str, *, lost: bool = False) -> None:
        """The rows of a call that began then. One that is `lost` went silent after what the tape has."""
        whole, fraction = int(base), _fraction(base)
        begins, clock = whole - whole % 86_400, whole % 86_400
        day = self._text(begins, "")[:10]
        records, events = batch.rows["records"], batch.rows["events"]
        zone = f"{fraction}+00:00"
        for seq, entry in enumerate(tape.entries, 1):
            second = clock + entry.after
            time = f"{day}T{_CLOCK[second]}" if second < 86_400 else self._text(begins + second, "T")
            text = f"{entry.head}{time}{zone}{entry.tail}"
            if seq == 1:
                text = _with_caller(text, caller)
            if entry.own:
                text = text.replace(RECORDING, f"RE{sid[2:]}")
            records.append((sid, seq, text, f"{time[:10]} {time[11:]}{fraction}"))
            n = 0
            for kind, step, data in entry.events:
                if entry.own:
                    data = data.replace(RECORDING, f"RE{sid[2:]}")
                events.append((sid, seq, n, kind, step, data))
                n += 1  # noqa: SIM113 - enumerate would make a tuple for each
        self._call(batch, tape, sid, base, caller, lost=lost)
        if tape.more:
            self._told(batch, tape, sid, base, caller)

    def _call(self, batch: Batch, tape: Tape, sid: str, base: float, caller: str, *, lost: bool) -> None:
        row = tape.row
        last = _after(row.last_at)
        ended = last if lost else _after(row.ended_at)
        served = _after(row.served_at)
        batch.rows["calls"].append((
            sid, row.line, row.version, row.language, self._hashes.of(caller), last_four(caller), row.called,
            self.moment(base), None if ended is None else self.moment(base + ended), ended, LOST if lost else row.how,
            row.step, orjson.dumps(row.goals).decode(), row.path_hash, row.last_seq, self.moment(base + (last or 0)),
            row.records, row.queue, row.agent, None if served is None else self.moment(base + served),
            int(row.wanted_person), int(row.called_back),
        ))  # fmt: skip

    def _told(self, batch: Batch, tape: Tape, sid: str, base: float, caller: str) -> None:
        """What of it has rows of its own: answers to surveys, messages; and visits to queues, which SQL makes."""
        queue = agent = goal = None
        path = ""
        line, version = tape.row.line, tape.row.version
        visits: dict[int, LoggedRecord] = {}
        for seq, after, event in tape.told:
            kind = event["kind"]
            if kind in _IN_QUEUES or kind == "wait_told":
                at = datetime.fromtimestamp(base + after, UTC)
                visits.setdefault(seq, LoggedRecord(seq, at, {}, [])).events.append(event)
            match kind:
                case "entered":
                    path = path_on(path, event["step"])
                case "connected":
                    queue, agent = event["queue"], event["agent"]
                case "goal_reached":
                    goal = event["goal"]
                case "survey_asked":
                    known = (line, version, self._hashes.of(caller), queue, agent, goal, path)
                    batch.rows["surveys_asked"].append((sid, seq, event["survey"], self.moment(base + after), *known))
                case "survey_answered" | "survey_commented":
                    measure, value = event.get("measure", "comment"), event.get("value")
                    batch.rows["survey_answers"].append((
                        sid, seq, event["survey"], event["question"], measure, value, self.moment(base + after), line,
                        version, queue, agent, goal, path,
                    ))  # fmt: skip
            if kind in ("message_left", "survey_commented"):
                batch.rows["messages"].append(self._message(sid, seq, base + after, event))
        if visits:
            batch.visits.append((sid, list(visits.values())))

    def _message(self, sid: str, seq: int, at: float, event: dict[str, Any]) -> tuple[Any, ...]:
        """The row of a message, or of a comment, which is no task."""
        comment = event["kind"] == "survey_commented"
        resolved, who = (None, None) if comment else self._resolved(at)
        return (
            sid, seq, "comment" if comment else "message", event["survey"] if comment else event["box"],
            self.moment(at), event["seconds"], event["url"].replace(RECORDING, f"RE{sid[2:]}"), "kept", 1, AUDIO,
            None if resolved is None else self.moment(resolved), who,
        )  # fmt: skip


def _with_caller(text: str, caller: str) -> str:
    """The input of a call's beginning, with the caller as the log keeps them."""
    head, mark, tail = text.partition('"caller":"')
    _, _, rest = tail.partition('"')
    shown = orjson.dumps(masked(caller)).decode()[1:-1]
    return f'{head}{mark}{shown}"{rest}' if mark else text


def _fraction(at: float) -> str:
    return f".{round(at % 1 * 1000):03}000"


def _after(moment: datetime | None) -> int | None:
    return None if moment is None else round((moment - ZERO).total_seconds())
