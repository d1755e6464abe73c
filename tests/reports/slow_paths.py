"""Where callers went, once more, slowly and plainly: from the raw records, one rule at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from log_by_chance import Raw

Event = dict[str, Any]


@dataclass
class Visit:
    """A stay at a step: all events there, with the moment and the number of their records."""

    step: str
    came: datetime
    events: list[tuple[int, Event]] = field(default_factory=list)
    left: datetime | None = None
    left_in: int = 0
    to: str = ""

    def count(self, kind: str, **fields: Any) -> int:
        """How many events of this kind, with these fields."""
        return len([1 for _, it in self.events if it["kind"] == kind and fields.items() <= it.items()])


@dataclass
class Went:
    """A call: what it counts for, its visits, how it ended."""

    line: str
    version: str
    language: str
    began: datetime
    visits: list[Visit]
    ended: str
    goals: list[str]


def went(raw: Raw) -> list[Went]:
    """All calls that came in."""
    calls = [_call(records) for records in raw.values()]
    first = [records[0]["input"] for records in raw.values()]
    return [call for call, it in zip(calls, first, strict=True) if not it["step"] and "service." not in it["line"]]


def _call(records: list[dict[str, Any]]) -> Went:
    happened = [(r["seq"], datetime.fromisoformat(r["input"]["at"]), e) for r in records for e in r["events"]]
    end = next((place for place, (_, _, event) in enumerate(happened) if event["kind"] == "ended"), None)
    visits: list[Visit] = []
    for seq, at, event in happened if end is None else happened[: end + 1]:
        comes = event["kind"] == "entered" or (event["step"] and (not visits or event["step"] != visits[-1].step))
        if comes:
            if visits:
                visits[-1].left, visits[-1].left_in, visits[-1].to = at, seq, event["step"]
            visits.append(Visit(event["step"], at))
        if visits:
            visits[-1].events.append((seq, event))
    every = [event for _, _, event in happened]
    if end is None:
        ended = ".open"
    elif every[end]["how"] == "line":
        ended = ".line"
    else:
        ended = ".left" if any(map(_good, every)) else ".lost"
    if visits:
        visits[-1].to = ended
        if end is not None:
            visits[-1].left, visits[-1].left_in = happened[end][1], happened[end][0]
    started = records[0]["input"]
    languages = [event["language"] for event in every if event["kind"] == "language_chosen"]
    goals = [event["goal"] for event in every if event["kind"] == "goal_reached"]
    return Went(
        started["line"], started["version"], (languages or [""])[-1], datetime.fromisoformat(started["at"]),
        visits, ended, goals,
    )  # fmt: skip


def _good(event: Event) -> bool:
    return (
        event["kind"] in ("goal_reached", "connected", "message_left")
        or (event["kind"] == "dial_ended" and event["outcome"] == "answered")
        or (event["kind"] == "queue_exited" and event["how"] == "callback_booked")
    )


def in_trouble(call: Went, step: str) -> bool:
    """Whether the call was lost at the step, or in trouble there."""
    lost = call.ended == ".lost" and call.visits != [] and call.visits[-1].step == step
    there = [visit for visit in call.visits if visit.step == step]
    return lost or any(visit.count(kind) for visit in there for kind in ("gave_up", "capped", "rescued"))


def visits(calls: list[Went], step: str, to: str | None = None) -> tuple[int, int]:
    """How often callers came to the step, and (`to`) went straight there from it; and in how many calls."""
    return _times(calls, lambda it: it.step == step and to in (None, it.to))


def counted(calls: list[Went], step: str, kind: str, **fields: Any) -> tuple[int, int]:
    """How many events of the kind happened at the step, with these fields; and in how many calls."""
    return _times(calls, lambda it: it.count(kind, **fields) if it.step == step else 0)


def _times(calls: list[Went], of: Callable[[Visit], int]) -> tuple[int, int]:
    each = [sum(of(visit) for visit in call.visits) for call in calls]
    return sum(each), len([number for number in each if number])


def seconds(calls: list[Went], step: str) -> list[int]:
    """How long each visit took that is over."""
    return [
        max(int((visit.left - visit.came).total_seconds()), 0)
        for call in calls
        for visit in call.visits
        if visit.step == step and visit.left is not None
    ]
