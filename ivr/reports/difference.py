"""How far two figures of different calls are apart, and whether that may be chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from ivr.reports.figure import Figure, Unit


@dataclass(frozen=True, slots=True)
class Difference:
    """The one less the other, in the figures' unit; `low` and `high` are the ends of its interval (95 %).

    Where there is no interval, as between numbers that were counted, both are None.
    """

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves no doubt which is more."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def difference(unit: Unit, one: Figure, other: Figure) -> Difference | None:
    """`one` less `other`; None where either has no value.

    The interval comes from the two figures' own: of two shares it is Newcombe's hybrid score interval (1998, method
    10), of two means or scores, whose intervals are even, the usual one of a difference of means.
    """
    if one.value is None or other.value is None:
        return None
    value = one.value - other.value
    if unit in ("number", "total"):
        return Difference(value)
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return Difference(value)
    down = hypot(one.value - one.low, other.high - other.value)
    up = hypot(one.high - one.value, other.value - other.low)
    return Difference(value, value - down, value + up)
