"""The way of one call through its steps: what is counted of it, from its events alone.

A *visit* begins where the caller comes to a step and is over where they come to the next one, or the call ends. So the
visits of a call make a chain, from `START` by way of its steps to one of `ENDS`, and whatever is counted ties out:
each visit is come to once and left once.

A caller also comes to a step without an `entered` event: where a destination is `repeat`, the last place that awaited
keys presents itself again. Then the first event there begins the visit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

START = ""
"""Where a call comes from before its first step."""

LOST = ".lost"
LEFT = ".left"
LINE = ".line"
OPEN = ".open"
ENDS = (LOST, LEFT, LINE, OPEN)
"""How a call ends: the caller hung up with nothing reached; the caller hung up after something was; the line ended
it; no end is known (yet). Reached is a goal, a person who answered, a message that was left, a callback booked.
No step of a file begins with a dot."""

HUNG_UP = "hung_up"
"""The way of callers who hung up."""

Counted = tuple[str, ...]
"""What is counted: its kind, the step where it happened, and what more it takes to name it. The kinds are

    visit STEP              came to the step            way STEP TO WAY       went straight from it there, or to an end,
    first STEP              (below)                                           by what they did
    chose STEP KEY          took a key                  goal STEP GOAL        reached a goal there
    no_input STEP           pressed nothing in time     reached GOAL          reached a goal at all
    no_match STEP [KEY]     pressed what means nothing  lost STEP             hung up there with nothing reached
    gave_up STEP            the tries were used up      trouble STEP          was lost there, or any of these three
    capped STEP             a limit was met             call lost             was lost, wherever
    rescued STEP            something of ours failed    call trouble, goal    was in trouble; reached a goal

`first` is no number of times, but the place of the step among those that the call came to, from 1.
"""


class Happened(NamedTuple):
    """One event of a call, with the `seq` and the moment of its record."""

    seq: int
    at: datetime
    kind: str
    step: str | None
    data: dict[str, Any]


class Way(NamedTuple):
    """What is counted of one call, how often each, and how many seconds each visit took that is over."""

    counts: Mapping[Counted, int]
    seconds: list[tuple[str, int]]


_HELD = {"queue_exited": "how", "queue_refused": "why", "looked_up": "outcome", "dial_ended": "outcome",
         "language_chosen": "language", "capped": "limit", "survey_skipped": "why"}  # fmt: skip
"""The kinds of event that decide which way a caller leaves by a field, and the field."""

_NAMED = {
    "queue_exited": "queue", "queue_refused": "queue", "looked_up": "looked_up", "dial_ended": "dial",
    "language_chosen": "language", "capped": "capped", "survey_skipped": "survey",
}  # fmt: skip

_PLAIN = {
    "answered": "answered", "connected": "queue:answered", "completed": "queue:answered", "sent_on": "sent_on",
    "dial_refused": "dial:refused", "message_left": "message", "survey_answered": "survey:answered",
    "survey_commented": "survey:answered", "rescued": "rescued",
}  # fmt: skip
"""Those that decide it by themselves, and what the way is called."""

TELLING = (*_HELD, "chose", "no_match", "goal_reached", "ended")
"""The kinds of event of which fields are needed."""


class _Walk:
    """A call while its events are gone through."""

    def __init__(self) -> None:
        self.counts: dict[Counted, int] = defaultdict(int)
        self.seconds: list[tuple[str, int]] = []
        self.troubled: set[str] = set()
        self.reached = False
        self.ended: str | None = None
        """How, once it is."""
        self.place = START
        self._seen: dict[str, int] = {}
        self._since: datetime | None = None
        self._leave = "called"
        self._missed = ""
        self._missed_at = 0

    def come(self, to: str, seq: int, at: datetime) -> None:
        """Leaves the place for a step."""
        self.pass_on(to, seq, at)
        if to not in self._seen:
            self._seen[to] = len(self._seen) + 1
            self.counts["first", to] = self._seen[to]
        self.counts["visit", to] += 1

    def pass_on(self, to: str, seq: int, at: datetime | None, way: str = "") -> None:
        """Leaves the place for a step or an end; without a moment nobody knows when."""
        way = way or self._leave or (self._missed if self._missed_at == seq else "") or "went_on"
        self.counts["way", self.place, to, way] += 1
        if self._since is not None and at is not None:
            self.seconds.append((self.place, max(int((at - self._since).total_seconds()), 0)))
        self.place, self._since, self._leave, self._missed = to, at, "", ""

    def note(self, one: Happened) -> None:
        """Notes what happened at the place, and whether it is a way out."""
        place, kind, data = self.place, one.kind, one.data
        counts = self.counts
        match kind:
            case "chose":
                key = _text(data, "key")
                counts["chose", place, key] += 1
                if data.get("to") != "repeat":
                    self._leave = f"chose:{key}"
            case "no_input" | "no_match":
                counts[kind, place] += 1
                if len(key := _text(data, "keys")) == 1:
                    counts[kind, place, key] += 1
                self._missed, self._missed_at = kind, one.seq
            case "goal_reached":
                goal = _text(data, "goal")
                counts["goal", place, goal] += 1
                counts["reached", goal] += 1
                counts["call", "goal"] = 1
            case "gave_up":
                missed = self._missed if self._missed_at == one.seq else ""
                counts["gave_up", place] += 1
                self._leave = f"gave_up:{missed}" if missed else "gave_up"
                self.troubled.add(place)
            case _ if kind in _HELD:
                self._leave = f"{_NAMED[kind]}:{_text(data, _HELD[kind])}"
            case _ if kind in _PLAIN:
                self._leave = _PLAIN[kind]
        if kind in ("capped", "rescued"):
            counts[kind, place] += 1
            self.troubled.add(place)


def way_through(events: Iterable[Happened]) -> Way:
    """What is counted of a call, whose events are in their order; `data` may be empty but for kinds in `TELLING`."""
    walk, end = _Walk(), 0
    ended_at: datetime | None = None
    for one in events:
        walk.reached = walk.reached or _reaches(one)
        if walk.ended is not None:
            # Facts may come after the end: a message was left after all, and that may be a goal.
            if one.kind == "goal_reached":
                walk.note(one)
            continue
        if one.kind == "entered":
            walk.come(one.step or "", one.seq, one.at)
            continue
        if one.step and one.step != walk.place:
            walk.come(one.step, one.seq, one.at)
        if one.kind == "ended":
            walk.ended, ended_at, end = _text(one.data, "how"), one.at, one.seq
        else:
            walk.note(one)
    place = walk.place
    if walk.ended is None:
        walk.pass_on(OPEN, end, None, "open")
    elif walk.ended == "line":
        walk.pass_on(LINE, end, ended_at)
    else:
        walk.pass_on(LEFT if walk.reached else LOST, end, ended_at, HUNG_UP)
        if not walk.reached:
            walk.counts["lost", place] = 1
            walk.troubled.add(place)
            walk.counts["call", "lost"] = 1
    for step in walk.troubled:
        walk.counts["trouble", step] = walk.counts["call", "trouble"] = 1
    return Way(walk.counts, walk.seconds)


def _reaches(one: Happened) -> bool:
    """Whether the caller got something by this."""
    match one.kind:
        case "goal_reached" | "connected" | "message_left":
            return True
        case "dial_ended":
            return one.data.get("outcome") == "answered"
        case "queue_exited":
            return one.data.get("how") == "callback_booked"
    return False


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
