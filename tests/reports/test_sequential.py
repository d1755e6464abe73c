"""The sequential test that takes a version back: how often it errs, though one looks after every call."""

from __future__ import annotations

from random import Random

import pytest

from ivr.reports.sequential import ALPHA, FEWEST, Arm, judge


def calls(random: Random, number: int, share: float, old: float, new: float) -> list[tuple[bool, bool]]:
    """Calls of callers of whom that share gets the new version, with these shares of trouble."""
    drawn = (random.random() < share for _ in range(number))
    return [(is_new, random.random() < (new if is_new else old)) for is_new in drawn]


def alarms(runs: int, number: int, share: float, old: float, new: float, seed: int) -> float:
    """The share of trials that were taken back at any of their looks: one after each block of calls."""
    random = Random(seed)
    return sum(judge(calls(random, number, share, old, new)).worse for _ in range(runs)) / runs


@pytest.mark.parametrize(("share", "trouble"), [(0.1, 0.05), (0.5, 0.2)])
def test_false_alarms_are_as_rare_as_said(share: float, trouble: float) -> None:
    """Of trials of a version that does as well, at most alpha are taken back, however often one looked."""
    assert alarms(150, 1500, share, trouble, trouble, seed=7) <= ALPHA


@pytest.mark.long
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("trouble", [0.01, 0.1, 0.4])
def test_false_alarms_are_as_rare_as_said_at_any_share(share: float, trouble: float) -> None:
    """The same at many shares of callers and of trouble: with few calls of one version, and with rare trouble."""
    assert alarms(300, 2000, share, trouble, trouble, seed=11) <= ALPHA


def test_a_version_that_does_worse_is_found_out() -> None:
    """Twice the trouble in a tenth of the callers is found in 5,000 calls, nine times in ten or more."""
    assert alarms(60, 5000, 0.1, 0.1, 0.2, seed=3) >= 0.9


def test_a_version_that_does_better_is_left_alone() -> None:
    """Nothing is bet on the new version being better: it stays however clear it is."""
    found = judge(calls(Random(5), 2000, 0.5, 0.3, 0.05))
    assert not found.worse
    assert found.value < 1 / ALPHA


def test_nothing_is_judged_of_a_few_calls() -> None:
    """However bad it looks, both versions have had so many calls before one is taken back."""
    bad = [(False, False), (True, True)] * FEWEST
    assert judge(bad[:-1]).value > 1 / ALPHA
    assert not judge(bad[:-1]).worse
    assert judge(bad).worse
    assert judge(bad).new == Arm(FEWEST, FEWEST)


def test_of_no_calls_nothing_is_said() -> None:
    """Without calls, and with those of one version alone, the evidence stays at one."""
    for found in (judge([]), judge([(True, True)] * 500), judge([(False, True)] * 500)):
        assert (found.value, found.worse) == (1.0, False)
