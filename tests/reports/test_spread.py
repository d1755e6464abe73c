"""How values are spread: median, percentile and ranks, against the plain list of the values."""

from __future__ import annotations

import statistics
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.reports.figure import figure
from ivr.reports.intervals import of_mean, ranks_of_median
from ivr.reports.spread import Spread

values = st.lists(st.integers(0, 30), min_size=1, max_size=60)


def spread_of(them: list[int]) -> Spread:
    """Each of them once more."""
    spread = Spread()
    for one in them:
        spread.add(one)
    return spread


@given(values)
def test_it_is_the_list(them: list[int]) -> None:
    """Number, sum, variance, median, each rank and each percentile are those of the sorted list."""
    spread, ordered = spread_of(them), sorted(them)
    assert (spread.n, spread.sum, spread.median()) == (len(them), sum(them), statistics.median(them))
    if len(them) > 1:
        assert spread.variance == pytest.approx(statistics.variance(them))
    assert [spread.ranked(rank) for rank in range(1, len(them) + 1)] == ordered
    for percent in (1, 50, 90, 100):
        assert spread.percentile(percent) == ordered[ceil(len(them) * percent / 100) - 1]


@pytest.mark.parametrize("rank", [0, 3])
def test_a_rank_that_is_not_there(rank: int) -> None:
    """Is an error that says of how many."""
    with pytest.raises(IndexError, match="of 2 values"):
        spread_of([1, 2]).ranked(rank)


@pytest.mark.parametrize(("n", "ranks"), [(0, None), (5, None), (7, None), (8, (1, 8)), (10, (1, 10)), (100, (40, 61))])
def test_ranks_around_a_median(n: int, ranks: tuple[int, int] | None) -> None:
    """By the normal approximation: of 100 the 40th and the 61st; of few none."""
    assert ranks_of_median(n) == ranks


def test_the_interval_of_a_mean() -> None:
    """Of 100 values that spread by 10 it is 1.96 wide to each side; of one it is unknown."""
    assert of_mean(50, 100, 100) == (pytest.approx(48.04, abs=1e-2), pytest.approx(51.96, abs=1e-2))
    assert of_mean(50, 0, 1) is None


def test_a_score() -> None:
    """Promoters less detractors, in a hundred; its interval stays within -100 and 100."""
    it = figure("score", "", spread_of([1] * 7 + [0] * 2 + [-1]), {})
    assert (it.value, it.n) == (60, 10)
    assert it.low == pytest.approx(60 - 1.96 * 100 * (statistics.stdev([1] * 7 + [0, 0, -1]) / 10**0.5), abs=0.1)
    assert figure("score", "", spread_of([1, 1, 1, -1]), {}).high == 100


def test_nothing() -> None:
    """Has no value, unless things are counted: then there are none."""
    assert figure("share", "", Spread(), {}).value is None
    assert figure("seconds", "", Spread(), {}).value is None
    assert figure("number", "", Spread(), {}).value == 0
