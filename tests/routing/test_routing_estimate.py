"""Expected waits: ranges that hold in a simulated queue, silence when unsure, and the measure of both."""

from __future__ import annotations

from heapq import heapify, heapreplace
from random import Random

import pytest

from ivr.routing.estimate import Accuracy, Answer, Estimate, Told, estimate, f_quantile, measured, work_between

BUSY = [Answer(at=60.0 * n, waited=300, agents=2) for n in range(1, 13)]
"""Every minute somebody is answered who has waited for five; two agents are there."""


def test_a_steady_queue_has_a_range_around_its_pace() -> None:
    """One answer a minute: the fifth in line waits about five minutes."""
    found = estimate(BUSY, 5, 2, 721)
    assert found is not None
    assert found.low < 300 < found.high
    assert found.low > 100
    assert found.high < 800


def test_twice_the_staff_is_half_the_wait() -> None:
    """The work between answers is what is known; who is there now shares it."""
    two, four = estimate(BUSY, 6, 2, 721), estimate(BUSY, 6, 4, 721)
    assert two is not None
    assert four is not None
    assert four.low == pytest.approx(two.low / 2)
    assert four.high == pytest.approx(two.high / 2)


@pytest.mark.parametrize(
    ("answers", "position", "agents", "now", "accuracy"),
    [
        ([], 1, 2, 721, None),
        (BUSY[:5], 5, 2, 721, None),  # four spans between five answers
        (BUSY, 5, 0, 721, None),
        (BUSY, 0, 2, 721, None),
        (BUSY, 1, 2, 721, None),  # of the very next answer chance alone decides, from 6 s to 2:30
        (BUSY, 5, 2, 721 + 1800, None),  # long ago
        ([Answer(it.at, 1, 2) for it in BUSY], 5, 2, 721, None),  # nobody waited between the answers
        ([Answer(it.at, 300, 0) for it in BUSY], 5, 2, 721, None),
        (BUSY, 5, 2, 721, Accuracy(30, 0.3, -200, 200)),
    ],
)
def test_nothing_is_said_when_unsure(
    answers: list[Answer], position: int, agents: int, now: float, accuracy: Accuracy | None
) -> None:
    """Too little known, nobody there, too wide a range, or ranges that proved wrong."""
    assert estimate(answers, position, agents, now, accuracy) is None


def test_a_few_misses_do_not_silence_it() -> None:
    """Accuracy counts from twenty ranges on."""
    assert estimate(BUSY, 5, 2, 721, Accuracy(19, 0.0, 0, 0)) is not None
    assert estimate(BUSY, 5, 2, 721, Accuracy(500, 0.79, 0, 0)) is not None


def test_only_spans_in_which_somebody_waited_all_the_time_count() -> None:
    """A caller who came after the last answer was answered at once or nearly: that says nothing of the pace."""
    answers = [Answer(0, 0, 2), Answer(100, 100, 2), Answer(200, 40, 2), Answer(230, 90, 3), Answer(99_999, 9e9, 2)]
    assert work_between(answers, 300) == [200, 90]
    assert work_between(answers[::-1], 300) == [200, 90]


def test_accuracy_is_measured() -> None:
    """Coverage, the mean error (below 0: promised too much) and its size."""
    assert measured([]) == Accuracy(0, 0.0, 0.0, 0.0)
    told = [Told(60, 120, 100), Told(60, 120, 190), Told(0, 60, 0)]
    assert measured(told) == Accuracy(3, pytest.approx(2 / 3), pytest.approx(-80 / 3), pytest.approx(140 / 3))


@pytest.mark.parametrize("m", [5, 20, 40])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.75, 0.9])
def test_quantiles_are_near_the_exact_ones(m: int, share: float) -> None:
    """For 2 degrees of freedom above there is a closed form; the median of F(n, n) is 1; tabled values."""
    exact = m * ((1 - share) ** (-1 / m) - 1)
    assert f_quantile(share, 2, 2 * m) == pytest.approx(exact, rel=0.08)
    assert f_quantile(0.5, 2 * m, 2 * m) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(("above", "below", "tabled"), [(10, 20, 1.937), (6, 12, 2.331), (20, 60, 1.543)])
def test_quantiles_are_those_of_the_tables(above: int, below: int, tabled: float) -> None:
    """The upper tenth of F, as tables of statistics have it."""
    assert f_quantile(0.9, above, below) == pytest.approx(tabled, rel=0.01)


def simulated(seed: int, agents: int, gap: float, talk: float, callers: int) -> tuple[list[Told], int]:
    """Told ranges and their waits in a first-come queue with exponential gaps and talks; and how often unsure."""
    dice = Random(seed)
    ends = [0.0] * agents
    heapify(ends)
    now, answered, told, unsure = 0.0, [], [], 0
    for _ in range(callers):
        now += dice.expovariate(1 / gap)
        begins = max(now, ends[0])
        heapreplace(ends, begins + dice.expovariate(1 / talk))
        known = [it for it in answered if it.at <= now]
        position = len(answered) - len(known) + 1
        if begins > now:
            found = estimate(known[-200:], position, agents, now)
            if found is None:
                unsure += 1
            else:
                told.append(Told(found.low, found.high, begins - now))
        answered.append(Answer(begins, begins - now, agents))
    return told, unsure


@pytest.mark.parametrize(("agents", "gap"), [(3, 85.0), (6, 41.0), (12, 20.0)])
def test_ranges_hold_in_a_simulated_queue(agents: int, gap: float) -> None:
    """Talks of four minutes, agents nearly always busy: about 80 % of waits end within their range."""
    told, unsure = simulated(1, agents, gap, 240.0, 3000)
    accuracy = measured(told)
    assert accuracy.n > 300
    assert 0.70 < accuracy.coverage < 0.92, (accuracy, unsure)
    assert abs(accuracy.mean_error) < 0.35 * sum(it.waited for it in told) / len(told), accuracy


def test_a_range_is_a_range() -> None:
    """Its beginning is before its end."""
    found = estimate(BUSY, 8, 2, 721)
    assert isinstance(found, Estimate)
    assert 0 < found.low < found.high
