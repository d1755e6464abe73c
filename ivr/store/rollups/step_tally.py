"""What calls did at the steps of a version, added up: a tally, in memory and as it is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from zlib import compress, decompress

import orjson

from ivr.store.rollups.kinds import bucket
from ivr.store.rollups.way_through import Counted, Way


class Tally:
    """How many calls, and of all that is counted how often it happened, and in how many of them.

    Two tallies of different calls add up to that of both.
    """

    __slots__ = ("calls", "counts", "seconds", "sums")

    def __init__(self) -> None:
        self.calls = 0
        self.counts: dict[Counted, list[int]] = {}
        """How often, and in how many calls."""
        self.seconds: dict[tuple[str, int], int] = defaultdict(int)
        """How many visits of a step took so many seconds, by its name and the bucket of the seconds."""
        self.sums: dict[str, int] = defaultdict(int)
        """All seconds of a step."""

    def add_call(self, way: Way) -> None:
        """Adds a call."""
        self.calls += 1
        counts = self.counts
        for counted, times in way.counts.items():
            both = counts.get(counted)
            if both is None:
                counts[counted] = [times, 1]
            else:
                both[0] += times
                both[1] += 1
        for step, seconds in way.seconds:
            self.seconds[step, bucket(seconds)] += 1
            self.sums[step] += seconds

    def add(self, kept: bytes) -> None:
        """Adds what `kept` says of other calls."""
        read = orjson.loads(decompress(kept))
        self.calls += read["calls"]
        counts = self.counts
        for *name, times, calls in read["counts"]:
            counted = tuple(name)
            both = counts.get(counted)
            if both is None:
                counts[counted] = [times, calls]
            else:
                both[0] += times
                both[1] += calls
        for step, took, times in read["seconds"]:
            self.seconds[step, took] += times
        for step, seconds in read["sums"].items():
            self.sums[step] += seconds

    def kept(self) -> bytes:
        """As it is kept: JSON, which names the same steps again and again, in a third of its room."""
        said: dict[str, Any] = {
            "calls": self.calls,
            "counts": [[*counted, *both] for counted, both in sorted(self.counts.items())],
            "seconds": [[*of, times] for of, times in sorted(self.seconds.items())],
            "sums": dict(sorted(self.sums.items())),
        }
        return compress(orjson.dumps(said), 1)

    def times(self, *counted: str) -> int:
        """How often."""
        both = self.counts.get(counted)
        return both[0] if both else 0

    def in_calls(self, *counted: str) -> int:
        """In how many calls."""
        both = self.counts.get(counted)
        return both[1] if both else 0

    def of(self, kind: str) -> Iterator[tuple[Counted, int, int]]:
        """All of one kind: what more it takes to name it, how often, in how many calls."""
        for counted, (times, calls) in self.counts.items():
            if counted[0] == kind:
                yield counted[1:], times, calls
