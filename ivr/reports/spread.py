"""How values are spread: how often there is each. Whole seconds and marks are few, however many calls there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from math import ceil


class Spread:
    """Values, each with how often it is there."""

    def __init__(self) -> None:
        self._times: dict[int, int] = {}

    def add(self, value: int, times: int = 1) -> None:
        """The value is there so many times more."""
        self._times[value] = self._times.get(value, 0) + times

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(sorted(self._times.items()))

    @property
    def n(self) -> int:
        """How many values."""
        return sum(self._times.values())

    @property
    def sum(self) -> int:
        """Of all values."""
        return sum(value * times for value, times in self._times.items())

    @property
    def variance(self) -> float:
        """The sample's; 0 of fewer than two."""
        n, mean = self.n, self.sum / (self.n or 1)
        return sum(times * (value - mean) ** 2 for value, times in self._times.items()) / (n - 1) if n > 1 else 0.0

    def ranked(self, rank: int) -> int:
        """The value of this rank, from 1, in their order. Raises IndexError where there are not so many."""
        ordered = list(self)
        for (value, _), reached in zip(ordered, accumulate(times for _, times in ordered), strict=True):
            if reached >= rank >= 1:
                return value
        raise IndexError(f"of {self.n} values none is number {rank}")

    def median(self) -> float:
        """The value in the middle, or the mean of the two that are."""
        n = self.n
        return (self.ranked((n + 1) // 2) + self.ranked(n // 2 + 1)) / 2

    def percentile(self, percent: int) -> int:
        """The smallest value that so many percent of all do not exceed."""
        return self.ranked(max(ceil(self.n * percent / 100), 1))
