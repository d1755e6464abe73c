"""Which calls somebody looks for: what can be asked of a call, each at most once, all of it together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.reports.kpi import Kpi, Setting

HOW = ("line", "completed", "lost", "busy", "failed", "no-answer", "canceled")
"""How calls end: the line's own word, ours, and the carrier's."""

VISITS = (
    "answered", "abandoned", "timed_out", "left", "callback_booked", "full", "closed", "nobody_in", "unavailable",
)  # fmt: skip
"""How visits to queues end."""

OUTCOMES = (*HOW, "going_on", "no_end", *VISITS, "message", "goal", "no_goal", "something", "nothing")
"""What can be asked of the end of a call."""

MEASURES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7), "yes_no": (0, 1)}
"""What surveys measure, and from what to what."""

_RANGE = re.compile(r"(-?\d{1,9})?(\.\.)?(-?\d{1,9})?")


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `low` to `high`, both with it; None where there is no end."""

    low: int | None
    high: int | None

    def __str__(self) -> str:
        if self.low == self.high:
            return str(self.low)
        return f"{'' if self.low is None else self.low}..{'' if self.high is None else self.high}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The calls that are looked for; None is no condition. `since` and `until` are of the beginning, aware.

    With a `figure` they, and line to language, are of the rows that it counts; then only those with a `value` in the
    range where there is one.
    """

    since: datetime
    until: datetime
    now: datetime
    line: str | None = None
    version: str | None = None
    queue: str | None = None
    agent: str | None = None
    language: str | None = None
    caller: str | None = None
    """The keyed hash of their number."""
    outcome: str | None = None
    step: str | None = None
    next: str | None = None
    """The step to which they went from `step`."""
    last: str | None = None
    """The last step that they came to."""
    event: str | None = None
    at: str | None = None
    key: str | None = None
    trouble: str | None = None
    """The step at which they got lost."""
    goal: str | None = None
    score: tuple[str, Range] | None = None
    survey: str | None = None
    wait: Range | None = None
    """Seconds in a queue."""
    path: str | None = None
    came_in: bool = False
    """Whether calls that we made, to call somebody back, are left out."""
    figure: Kpi | None = None
    value: Range | None = None
    settings: Mapping[str, Setting] = field(default_factory=dict)


def read_range(text: str) -> Range:
    """`3`, `1..2`, `120..`, `..10`. Raises ValueError, with words for whoever wrote it."""
    found = _RANGE.fullmatch(text.strip())
    if found is None or not (found[1] or found[3]):
        raise ValueError(f"“{text}” is no number such as 3 and no range such as 1..2, 120.. or ..10")
    low, high = (None if part is None else int(part) for part in (found[1], found[3]))
    if not found[2]:
        low = high = int(f"{found[1] or ''}{found[3] or ''}")
    if low is not None and high is not None and low > high:
        raise ValueError(f"“{text}” ends before it begins")
    return Range(low, high)


def read_score(text: str) -> tuple[str, Range]:
    """`csat:1..2`, `nps:9..10`, `yes_no:0`. Raises ValueError, with words for whoever wrote it."""
    measure, colon, marks = text.partition(":")
    if measure not in MEASURES:
        raise ValueError(
            f"“{measure}” is nothing that surveys measure; write one of {', '.join(MEASURES)}, as csat:1..2"
        )
    lowest, highest = MEASURES[measure]
    whole = Range(lowest, highest)
    if not colon:
        return measure, whole
    it = read_range(marks)
    low, high = it.low if it.low is not None else lowest, it.high if it.high is not None else highest
    if low < lowest or high > highest:
        raise ValueError(f"“{marks}” is not from {lowest} to {highest}, as {measure} is")
    return measure, Range(low, high)
