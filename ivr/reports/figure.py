"""One figure: its value, of how many it is made, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ivr.reports.intervals import of_mean, ranks_of_median, wilson
from ivr.reports.spread import Spread

Unit = Literal["share", "seconds", "score", "number", "total"]
"""A share of 1, a mean of seconds, promoters less detractors (-100 to 100), how many, or seconds in all."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: of what, its value (None where there was nothing to measure), of how many, how sure.

    `low` and `high` are the ends of its interval (95 %), those of the median `median_low` and `median_high`; None
    where there is none. `counts` are numbers of the same rows.
    """

    of: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    median: float | None = None
    median_low: float | None = None
    median_high: float | None = None
    p90: float | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


def figure(unit: Unit, of: str, spread: Spread, counts: Mapping[str, int], *, medians: bool = True) -> Figure:
    """The figure that the values make, in its unit; without `medians` it has none, and no percentile."""
    n, total = spread.n, spread.sum
    if unit in ("number", "total"):
        return Figure(of, total, n, counts=counts)
    if not n:
        return Figure(of, None, 0, counts=counts)
    match unit:
        case "share":
            low, high = wilson(total, n) or (None, None)
            return Figure(of, total / n, n, low, high, counts=counts)
        case "score":
            low, high = of_mean(100 * total / n, 100**2 * spread.variance, n) or (None, None)
            low, high = (None, None) if low is None or high is None else (max(low, -100.0), min(high, 100.0))
            return Figure(of, 100 * total / n, n, low, high, counts=counts)
    low, high = of_mean(total / n, spread.variance, n) or (None, None)
    low = None if low is None else max(low, 0.0)
    if not medians:
        return Figure(of, total / n, n, low, high, counts=counts)
    ranks = ranks_of_median(n)
    median_low, median_high = map(spread.ranked, ranks) if ranks else (None, None)
    return Figure(
        of, total / n, n, low, high, spread.median(), median_low, median_high, spread.percentile(90), counts,
    )  # fmt: skip
