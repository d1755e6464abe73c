"""What the page of queues is made of: the curve of patience, the longest waits, service levels of several queues."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_by_chance import BEGAN, HASHES, crowd, raw_log, write
from slow_figures import read
from sqlalchemy import Engine

from ivr.reports.figure import Figure
from ivr.reports.intervals import wilson
from ivr.reports.kpi import Scope
from ivr.reports.longest_waits import longest_waits
from ivr.reports.patience import curve, patience
from ivr.reports.queue_levels import service_levels, together_mean, together_number, together_share
from ivr.reports.spread import Spread
from ivr.store.call_log import CallLog

ALL = Scope(BEGAN - timedelta(days=1), BEGAN + timedelta(days=30))

waits = st.lists(st.integers(0, 4000), max_size=40)


def spread(values: list[int]) -> Spread:
    """How these values are spread."""
    made = Spread()
    for it in values:
        made.add(it)
    return made


@given(hung_up=waits, answered=waits, left=waits)
def test_the_curve_is_what_one_counts(hung_up: list[int], answered: list[int], left: list[int]) -> None:
    """Of those who waited at least so long, how many hung up; it ends where nobody waits any more."""
    found = curve(spread(hung_up), [spread(answered), spread(left)])
    everybody = [*hung_up, *answered, *left]
    for it in found:
        assert it.waiting == sum(value >= it.after for value in everybody) > 0
        assert it.hung_up == sum(value >= it.after for value in hung_up)
        assert it.hung_up_before == sum(value < it.after for value in hung_up)
        assert (it.low, it.high) == wilson(it.hung_up, it.waiting)
        assert it.low - 1e-9 <= it.share <= it.high + 1e-9
    assert [it.after for it in found] == sorted({it.after for it in found})
    assert bool(found) == bool(everybody)


@pytest.mark.parametrize("seed", range(2))
def test_over_a_log(engine: Engine, seed: int) -> None:
    """The curve, the longest waits and the levels of a log are those of its raw records."""
    raw = raw_log(crowd(seed))
    write(CallLog(engine, HASHES), raw, seed)
    every = [visit for call in read(raw) for visit in call["visits"] if not visit["back"]]
    visits = [it for it in every if it["waited"] is not None]
    for it in patience(engine, ALL):
        assert it.waiting == sum(visit["waited"] >= it.after for visit in visits)
        assert it.hung_up == sum(v["waited"] >= it.after and v["outcome"] == "abandoned" for v in visits)
    longest = [it.waited for it in longest_waits(engine, ALL, 10)]
    assert longest == sorted((it["waited"] for it in visits), reverse=True)[:10]
    some = longest_waits(engine, Scope(ALL.since, ALL.since + timedelta(days=3), ("bookings",), "meridian"), 10)
    assert all((it.queue, it.line) == ("bookings", "meridian") and it.at < ALL.since + timedelta(days=3) for it in some)
    levels = service_levels(engine, ALL, {"bookings": 5.0, "refunds": 20.0}, short=5, by="all")[""]
    good = [v for v in visits if v["outcome"] == "answered"]
    in_time = sum(v["waited"] <= {"bookings": 5, "refunds": 20}[v["queue"]] for v in good)
    gone = sum(v["outcome"] == "abandoned" and v["waited"] >= 5 for v in visits)
    assert levels.n == len(good) + gone
    assert levels.value == pytest.approx(in_time / levels.n)


def test_figures_together() -> None:
    """The whole of parts: shares and means weigh what they are made of, numbers add up; of nothing there is none."""
    share = together_share("", [Figure("a", 0.5, 4, counts={"x": 1}), Figure("b", 1.0, 1, counts={"x": 2})])
    assert (share.value, share.n, share.counts) == (pytest.approx(0.6), 5, {"x": 3})
    assert (share.low, share.high) == wilson(3, 5)
    assert together_mean("", [Figure("a", 10.0, 3), Figure("b", None, 0), Figure("c", 30.0, 1)]).value == 15.0
    assert together_number("", [Figure("a", 2.0, 2), Figure("b", 3.0, 3)]).value == 5.0
    assert together_share("", []).value is together_mean("", []).value is None
