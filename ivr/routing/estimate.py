"""How long a caller may still wait: a range, from the answers of the last while and who is there; nothing if unsure.

While callers wait, agents take one after the other. How much work lies between two answers (the time between them,
times the agents who were there) is what recent answers tell; divided by the agents who are there now, it is the time
to the next one. If such times are exponential with one mean, then the time to the n-th answer from now, over n times
the mean of m observed ones, has the F distribution with 2n and 2m degrees of freedom: a range that is wide where
little is known, and that counts the chance in what was seen and in what will be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

RECENT = 1800.0
"""Seconds: answers before that say nothing of now."""

MOST_ANSWERS = 40
"""The latest so many answers are enough, and the freshest."""

LEAST_ANSWERS = 5
"""With fewer answers nothing is said."""

SHARE = 0.8
"""The share of callers whose wait shall lie in the range."""

WIDEST = 6.0
"""The most that the end of a range may be of its beginning; a wider one would say nothing to a caller."""

LEAST_WIDTH = 60.0
"""Seconds: a range that is narrower than that is said whatever its proportion."""

LEAST_COVERAGE = 0.5
"""Below that share of true ranges among the last ones told, nothing is said until it is better again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One caller who was answered: when, after how many seconds of waiting, and how many agents were there to answer
    (signed in and not away, talking or not).
    """

    at: float
    waited: float
    agents: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A range of seconds still to wait."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Told:
    """A range that a caller was told, and what the wait came to from then on."""

    low: float
    high: float
    waited: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How true the ranges were. Errors are of the middle of the range, in seconds; below 0 it promised too much."""

    n: int
    coverage: float
    """The share of waits that ended within their range; 0 for none."""
    mean_error: float
    mean_absolute_error: float


def work_between(answers: Sequence[Answer], now: float) -> list[float]:
    """Agent-seconds between answers that followed each other while callers waited all the time, the latest last.

    A caller who came after the answer before theirs says nothing: for a while nobody waited.
    """
    recent = sorted((it for it in answers if now - RECENT <= it.at <= now), key=lambda it: it.at)
    works = [
        (after.at - before.at) * after.agents
        for before, after in pairwise(recent)
        if after.waited >= after.at - before.at and after.agents > 0
    ]
    return works[-MOST_ANSWERS:]


def estimate(
    answers: Sequence[Answer], position: int, agents: int, now: float, accuracy: Accuracy | None = None
) -> Estimate | None:
    """The range in which the caller at this position (from 1) is answered, with `agents` there to answer.

    None where that is unsure: too few answers, nobody there, a range too wide to be of use, or ranges that were not
    true lately.
    """
    works = work_between(answers, now)
    if len(works) < LEAST_ANSWERS or agents < 1 or position < 1:
        return None
    if accuracy is not None and accuracy.n >= 20 and accuracy.coverage < LEAST_COVERAGE:
        return None
    mean = sum(works) / len(works) / agents
    tail = (1 - SHARE) / 2
    low = position * mean * f_quantile(tail, 2 * position, 2 * len(works))
    high = position * mean * f_quantile(1 - tail, 2 * position, 2 * len(works))
    if high > WIDEST * low and high - low > LEAST_WIDTH:
        return None
    return Estimate(low, high)


def measured(told: Sequence[Told]) -> Accuracy:
    """How true the ranges were, for reports and for `estimate`."""
    if not told:
        return Accuracy(0, 0.0, 0.0, 0.0)
    errors = [(it.low + it.high) / 2 - it.waited for it in told]
    within = sum(it.low <= it.waited <= it.high for it in told)
    n = len(told)
    return Accuracy(n, within / n, sum(errors) / n, sum(map(abs, errors)) / n)


def f_quantile(share: float, above: int, below: int) -> float:
    """The quantile of the F distribution with these degrees of freedom, by Paulson's approximation (1942).

    The cube root of an F is nearly normal (Wilson and Hilferty): within two percent, and at the low end of 2 degrees
    above within seven.
    """
    z = NormalDist().inv_cdf(share)
    p, q = 2 / (9 * above), 2 / (9 * below)
    # ((1 - q) x - (1 - p)) / sqrt(q x² + p) = z, for x = F^(1/3)
    a = (1 - q) ** 2 - z * z * q
    b = -(1 - q) * (1 - p)
    c = (1 - p) ** 2 - z * z * p
    root: float = max(b * b - a * c, 0.0) ** 0.5
    x: float = (-b + root if z > 0 else -b - root) / a
    return x * x * x if x > 0 else 0.0
