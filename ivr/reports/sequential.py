"""Whether one version of a line does worse than another, judged while one looks on all the time.

The test is the sequential test of two proportions by E-variables: R. J. Turner, A. Ly and P. D. Grünwald, Generic
E-variables for exact sequential k-sample tests that allow for optional stopping (arXiv:2106.02693). Calls come in
blocks, each with some of both versions; a block's E-variable bets on the shares of trouble that the blocks before it
show, against one share for both. Their product has an expectation of at most 1 while both versions do alike, so by
Ville's inequality it ever reaches 1/alpha with a probability of at most alpha: however often one looks, at any share of
callers, exactly and not only with many calls. Bets are made on the new version being worse alone, so nothing is said
where it is better.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log

ALPHA = 0.05
"""How often at most a version that does as well as the other is taken for worse."""

FEWEST = 100
"""Calls of each version before which nothing is judged."""

_PRIOR = 0.18
"""Calls with trouble, and as many without, that are counted beforehand for the estimates: the authors' advice."""


@dataclass(frozen=True, slots=True)
class Arm:
    """The calls of one version: how many, and in how many the caller was lost or in trouble."""

    calls: int = 0
    trouble: int = 0

    def __add__(self, other: Arm) -> Arm:
        return Arm(self.calls + other.calls, self.trouble + other.trouble)

    @property
    def estimate(self) -> float:
        """The share of trouble; a half of nothing."""
        return (self.trouble + _PRIOR) / (self.calls + 2 * _PRIOR)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known so far: `value` is the product of the E-variables, `worse` whether it ever was 1/alpha or more."""

    old: Arm
    new: Arm
    value: float
    worse: bool


def judge(calls: Iterable[tuple[bool, bool]], *, alpha: float = ALPHA, fewest: int = FEWEST) -> Evidence:
    """The evidence of calls in their order: whether each had the new version, and whether it came to trouble."""
    before = block = (Arm(), Arm())
    weight, worse = 0.0, False  # the product's logarithm
    for is_new, trouble in calls:
        one = Arm(1, int(trouble))
        block = (block[0], block[1] + one) if is_new else (block[0] + one, block[1])
        if block[0].calls and block[1].calls:
            weight += _bet(before, block)
            before, block = (before[0] + block[0], before[1] + block[1]), (Arm(), Arm())
            enough = min(before[0].calls, before[1].calls) >= fewest
            worse = worse or (enough and weight >= -log(alpha))
    return Evidence(before[0] + block[0], before[1] + block[1], exp(min(weight, 700.0)), worse)


def _bet(before: tuple[Arm, Arm], block: tuple[Arm, Arm]) -> float:
    """The logarithm of a block's E-variable: shares as they were before it, against their mean for both."""
    shares = before[0].estimate, before[1].estimate
    if shares[1] <= shares[0]:
        return 0.0
    calls = block[0].calls + block[1].calls
    both = sum(arm.calls * share for arm, share in zip(block, shares, strict=True)) / calls
    return sum(
        arm.trouble * log(share / both) + (arm.calls - arm.trouble) * log((1 - share) / (1 - both))
        for arm, share in zip(block, shares, strict=True)
    )
