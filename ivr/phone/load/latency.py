"""How long things took: counts by length, in the way of HDR histograms, so that memory does not grow with a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

BITS = 11
"""A length is kept to its highest eleven bits: the error is below a thousandth."""


@dataclass(slots=True)
class Lengths:
    """Lengths of time that were seen, each to a thousandth of itself; the longest as it was, in seconds."""

    counts: Counter[int] = field(default_factory=Counter)  # of microseconds
    count: int = 0
    longest: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        microseconds = max(0, round(seconds * 1e6))
        spare = max(0, microseconds.bit_length() - BITS)
        self.counts[microseconds >> spare << spare] += 1
        self.count += 1
        self.longest = max(self.longest, seconds)

    def percentile(self, share: float) -> float:
        """Seconds within which this percentage of all lay; 0 where there are none."""
        if share >= 100:
            return self.longest
        wanted = self.count * share / 100
        seen = 0
        for microseconds in sorted(self.counts):
            seen += self.counts[microseconds]
            if seen >= wanted:
                return microseconds / 1e6
        return 0.0
