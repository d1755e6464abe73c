"""Logged calls over a new menu: how many end elsewhere, from where to where, and where that cannot be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from ivr.call.comparison import End, Verdict
from ivr.call.sides import Why

VERDICTS: tuple[Verdict, ...] = ("same", "another_way", "elsewhere", "undecidable")

LeftOut = Literal["going_on", "no_version", "no_records", "other_way"]
"""Why a call is not replayed: it has not ended; its version is not kept, or does not check with this release; its
records are kept no longer, or cannot be read; or this release takes them another way than the one that wrote them."""


class Replayed(NamedTuple):
    """One call that is not the same; see `ivr.call.comparison.Compared`."""

    call_sid: str
    version: str
    started_at: datetime
    verdict: Verdict
    old: End
    new: End | None
    at: str
    instead: str
    key: str
    why: Why | Literal[""]


class Moved(NamedTuple):
    """Calls that ended elsewhere: from where, to where, at which step and by which key the ways parted."""

    old: End
    new: End
    at: str
    key: str
    calls: int


class Unclear(NamedTuple):
    """Calls that are undecidable from this step of the new menu on: where they were on their own version, and why."""

    at: str
    instead: str
    why: Why | Literal[""]
    calls: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of the calls of a line from `since` to before `until` (aware)."""

    line: str
    version: str
    """The hash of the new menu."""
    since: datetime
    until: datetime
    same: int
    differing: tuple[Replayed, ...]
    """All others, the oldest first."""
    left_out: Mapping[LeftOut, int]
    """Those that could not be replayed, by why."""

    @property
    def calls(self) -> int:
        """How many were replayed."""
        return self.same + len(self.differing)

    @property
    def verdicts(self) -> dict[Verdict, int]:
        """How many of each."""
        found = Counter(it.verdict for it in self.differing)
        return {verdict: self.same if verdict == "same" else found[verdict] for verdict in VERDICTS}

    @property
    def moved(self) -> tuple[Moved, ...]:
        """Those that end elsewhere, the most calls first."""
        found = Counter(
            (it.old, it.new, it.at, it.key) for it in self.differing if it.verdict == "elsewhere" and it.new
        )
        rows = [Moved(old, new, at, key, calls) for (old, new, at, key), calls in found.items() if new is not None]
        return tuple(sorted(rows, key=lambda it: (-it.calls, it.old.step, it.new.step, it.at, it.key)))

    @property
    def unclear(self) -> tuple[Unclear, ...]:
        """Those that are undecidable, the most calls first."""
        found = Counter((it.at, it.instead, it.why) for it in self.differing if it.verdict == "undecidable")
        rows = [Unclear(*where, calls) for where, calls in found.items()]
        return tuple(sorted(rows, key=lambda it: (-it.calls, it.at, it.instead, it.why)))
