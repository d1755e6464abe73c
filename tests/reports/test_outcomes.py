"""How calls ended: each in one way, over random logs; and differences between figures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from log_by_chance import HASHES, Raw, crowd, raw_log, write
from sqlalchemy import Engine

from ivr.reports.call_kpis import CALLS_IN, CONTAINMENT
from ivr.reports.difference import difference
from ivr.reports.figure import Figure
from ivr.reports.intervals import wilson
from ivr.reports.kpi import Scope
from ivr.reports.outcomes import OUTCOMES
from ivr.store.call_log import CallLog

EVER = Scope(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
WANTED = ("queue_entered", "queue_refused", "dialing", "dial_refused", "message_left")


def outcome(records: list[dict[str, Any]]) -> str:
    """How a call ended, reckoned from its records in plain words."""
    told = [event for record in records for event in record["events"]]
    kinds = [it["kind"] for it in told]
    how = next((it["how"] for it in told if it["kind"] == "ended"), None)
    if how is None:
        return "going_on"
    if any(kind in WANTED for kind in kinds):
        if "connected" in kinds or any(it["kind"] == "dial_ended" and it["outcome"] == "answered" for it in told):
            return "talked"
        if any(it.get("how") == "callback_booked" for it in told if it["kind"] == "queue_exited"):
            return "callback"
        if "message_left" in kinds:
            return "message"
        return "abandoned" if "abandoned" in kinds else "nobody"
    if "goal_reached" in kinds:
        return "goal"
    if "gave_up" in kinds or "capped" in kinds:
        return "gave_up"
    return {"line": "heard", "completed": "hung_up"}.get(how, "lost")


def counted(raw: Raw) -> dict[str, int]:
    """How many of the calls that came in ended so; calls to the service's own lines are none."""
    found: dict[str, int] = {}
    for records in raw.values():
        started = records[0]["input"]
        if not started["step"] and not started["line"].startswith("service."):
            name = f"ended_{outcome(records)}"
            found[name] = found.get(name, 0) + 1
    return found


@pytest.mark.parametrize("seed", range(4))
def test_each_call_ended_in_one_way(engine: Engine, seed: int) -> None:
    """As the records say, in whatever order they came; together they are the calls, and the later ones containment."""
    raw = raw_log(crowd(seed))
    write(CallLog(engine, HASHES), raw, seed)
    figures = {it.name: it.measure(engine, EVER, by="all").get("") for it in (*OUTCOMES, CALLS_IN, CONTAINMENT)}
    found = {name: int(it.value or 0) for name, it in figures.items() if it and it.value is not None}
    ended = {it.name: found.get(it.name, 0) for it in OUTCOMES}
    assert {name: number for name, number in ended.items() if number} == counted(raw)
    assert sum(ended.values()) == found["calls"]
    contained, whole = list(ended.values())[6:], figures["containment"]
    assert whole is not None
    assert whole.value is not None
    assert sum(contained) == round(whole.value * whole.n)


def share(hits: int, n: int) -> Figure:
    """A share with its interval."""
    low, high = wilson(hits, n) or (None, None)
    return Figure("", hits / n, n, low, high)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    # Newcombe, Interval estimation for the difference between independent proportions (1998), table II, method 10.
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 10), 0.6075, 1.0)],
)
def test_the_interval_of_a_difference_of_shares_is_newcombes(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """To the four digits that are printed."""
    found = difference("share", share(*one), share(*other))
    assert found is not None
    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == (low, high)
    assert found.clear


def test_a_difference_that_may_be_chance_is_not_clear() -> None:
    """Of few, and of nothing; what was counted has no interval, and what was not measured no difference."""
    few = difference("share", share(2, 4), share(3, 4))
    assert few is not None
    assert not few.clear
    counted_ = difference("number", Figure("", 9, 9), Figure("", 4, 4))
    assert counted_ is not None
    assert (counted_.value, counted_.low, counted_.clear) == (5, None, False)
    assert difference("share", share(1, 2), Figure("", None, 0)) is None
