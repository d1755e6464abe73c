"""How sure a figure is."""

from __future__ import annotations

from math import ceil, floor, sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
"""Of the two-sided interval that holds the truth 95 times in a hundred."""


def wilson(hits: int, n: int, z: float = Z) -> tuple[float, float] | None:
    """The Wilson score interval (1927) of a share; None of nothing.

    It stays between 0 and 1, and says something of 0 of 3, where the usual one says "surely none".
    """
    if n <= 0:
        return None
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def of_mean(mean: float, variance: float, n: int, z: float = Z) -> tuple[float, float] | None:
    """The interval of a mean, by the normal distribution; None of fewer than two. `variance` is the sample's."""
    if n < 2:
        return None
    half = z * sqrt(variance / n)
    return mean - half, mean + half


def ranks_of_median(n: int, z: float = Z) -> tuple[int, int] | None:
    """Between which of `n` values in their order, from 1, the median lies; None of so few that none are apart enough.

    By order statistics: it asks nothing of how the values are spread, which waits never are in a normal way.
    """
    half = z * sqrt(n) / 2
    low, high = floor(n / 2 - half), ceil(n / 2 + half) + 1
    return (low, high) if low >= 1 and high <= n else None
