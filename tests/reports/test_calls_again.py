"""Who called again: which later call undoes a contained call or a contact, and which calls are not judged yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from log_by_chance import BEGAN, raw_log, write
from sqlalchemy import Engine

from ivr.reports.call_kpis import FIRST_CONTACT, TRUE_CONTAINMENT
from ivr.reports.kpi import Scope
from ivr.store.call_log import CallLog

DAY = 86_400
TOLD = {"does": "goal", "goal": "booked"}
FIRST: dict[str, Any] = {
    "line": "meridian", "version": "aaaaaaaaaaaa", "caller": "+15005550101", "after": 0, "step": "", "ended": True,
    "does": [TOLD],
}  # fmt: skip
ENDS = 63
"""Seconds after its beginning at which such a call is over."""
ONLY_FIRST = Scope(BEGAN, BEGAN + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("again", "contained", "resolved"),
    [
        ({"after": ENDS + DAY}, 0, 0),
        ({"after": ENDS + DAY + 1}, 1, 0),
        ({"after": ENDS + 7 * DAY}, 1, 0),
        ({"after": ENDS + 7 * DAY + 1}, 1, 1),
        ({"after": DAY // 2, "does": []}, 0, 1),
        ({"after": DAY // 2, "does": [{"does": "goal", "goal": "told_stop"}]}, 0, 1),
        ({"after": DAY // 2, "step": "agents"}, 1, 1),
        ({"after": DAY // 2, "line": "service.desk"}, 1, 1),
        ({"after": DAY // 2, "line": "lakeside"}, 0, 0),
        ({"after": DAY // 2, "caller": "+15005550102"}, 1, 1),
        ({"after": DAY // 2, "ended": False}, 0, 0),
        ({"after": -600}, 1, 1),
    ],
)
def test_which_call_undoes_it(
    log: CallLog, engine: Engine, again: dict[str, Any], contained: int, resolved: int
) -> None:
    """One that came in, from the same caller, soon enough, on any line; for a contact with the same goal."""
    write(log, raw_log([FIRST, {**FIRST, **again}]), 0)
    for kpi, value in ((TRUE_CONTAINMENT, contained), (FIRST_CONTACT, resolved)):
        it = kpi.measure(engine, ONLY_FIRST, by="all")[""]
        assert (it.value, it.n) == (value, 1), kpi.name


@pytest.mark.parametrize(
    "call",
    [{"caller": "anonymous"}, {"ended": False}, {"step": "agents"}],
    ids=["no number", "goes on", "we called"],
)
def test_calls_that_are_not_judged(log: CallLog, engine: Engine, call: dict[str, Any]) -> None:
    """Nobody knows, or knows yet, whether they call again."""
    write(log, raw_log([{**FIRST, **call}]), 0)
    for kpi in (TRUE_CONTAINMENT, FIRST_CONTACT):
        assert kpi.measure(engine, ONLY_FIRST, by="all")[""].n == 0


def test_young_calls(log: CallLog, engine: Engine) -> None:
    """Are judged when the time is over in which the caller might have called again."""
    write(log, raw_log([FIRST]), 0)
    for hours, contained, resolved in ((24, 0, 0), (25, 1, 0), (7 * 24, 1, 0), (7 * 24 + 1, 1, 1)):
        scope = Scope(ONLY_FIRST.since, ONLY_FIRST.until, now=BEGAN + timedelta(hours=hours))
        assert TRUE_CONTAINMENT.measure(engine, scope, by="all")[""].n == contained
        assert FIRST_CONTACT.measure(engine, scope, by="all")[""].n == resolved
    sooner = Scope(ONLY_FIRST.since, ONLY_FIRST.until, now=BEGAN + timedelta(hours=2))
    assert TRUE_CONTAINMENT.measure(engine, sooner, {"hours": 1.0}, by="all")[""].n == 1
