"""How values are spread: how often there is each. Whole seconds and marks are few, however many calls there are."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil


class Spread:
    """Values, each with how often it is there. Seconds may come in buckets, of which the sums are known exactly."""

    def __init__(self) -> None:
        self._buckets: dict[int, tuple[int, int]] = {}  # by their least value: how many values, and their sum
        self._n = self._sum = self._squares = 0

    def add(self, value: int, times: int = 1) -> None:
        """The value is there so many times more."""
        self.add_bucket(value, times, value * times, value * value * times)

    def add_bucket(self, least: int, times: int, total: int, squares: int) -> None:
        """So many values more that are not far from `least`, their sum, and that of their squares."""
        there, before = self._buckets.get(least, (0, 0))
        self._buckets[least] = (there + times, before + total)
        self._n += times
        self._sum += total
        self._squares += squares

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Each value, in their order, and how often it is there; a bucket is told by the mean of what is in it."""
        return ((round(total / times), times) for _, (times, total) in sorted(self._buckets.items()) if times)

    @property
    def n(self) -> int:
        """How many values."""
        return self._n

    @property
    def sum(self) -> int:
        """Of all values."""
        return self._sum

    @property
    def variance(self) -> float:
        """The sample's; 0 of fewer than two."""
        n = self._n
        return (n * self._squares - self._sum**2) / (n * (n - 1)) if n > 1 else 0.0

    def ranked(self, rank: int) -> int:
        """The value of this rank, from 1, in their order. Raises IndexError where there are not so many."""
        reached = 0
        for value, times in self:
            reached += times
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
