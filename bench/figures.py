"""Several measurements of one thing: their median, and how far they lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """A median between the lowest and the highest."""

    low: float
    middle: float
    high: float

    def show(self, digits: int = 0) -> str:
        """The median, and the lowest and highest in brackets."""
        low, middle, high = (f"{value:,.{digits}f}" for value in (self.low, self.middle, self.high))
        return f"{middle} ({low}-{high})"


def spread(values: Sequence[float]) -> Spread:
    """The spread of at least one value."""
    return Spread(min(values), median(values), max(values))


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of the values, which are in order, does not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def aimed(value: float, aim: float, *, at_most: bool = False) -> str:
    """The aim, and whether a value reaches it."""
    reached = value <= aim if at_most else value >= aim
    return f"aim {'<=' if at_most else '>='} {aim:g}: {'reached' if reached else 'MISSED'}"
