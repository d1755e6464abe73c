"""The service level: which callers count, in which queue, on which day; and how sure it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import Engine

from ivr.reports.kpi import Scope
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.store.call_log import CallLog, Entry

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
DAY = Scope(NOON.replace(hour=0), NOON.replace(hour=0) + timedelta(days=1))


def happened(log: CallLog, sid: str, kind: str, waited: int, *, queue: str = "bookings", at: datetime = NOON) -> None:
    """A caller's wait ended."""
    event = {"kind": kind, "step": "agents", "queue": queue, "waited": waited}
    record = {"seq": 1, "input": {"kind": "silent", "at": at.isoformat()}, "events": [event]}
    assert not log.write([Entry(b"{p00}:log", b"1-0", sid, orjson.dumps(record))]).refused


def test_what_counts(log: CallLog, engine: Engine) -> None:
    """In time or not, given up or not, given up at once, another queue, another day, other ends."""
    happened(log, "CA1", "connected", 0)
    happened(log, "CA2", "connected", 20)
    happened(log, "CA3", "connected", 21)
    happened(log, "CA4", "abandoned", 5)
    happened(log, "CA5", "abandoned", 4)
    happened(log, "CA6", "connected", 3, queue="lost_property")
    happened(log, "CA7", "connected", 3, at=NOON - timedelta(days=1))
    happened(log, "CA8", "connected", 3, at=NOON + timedelta(days=1))
    happened(log, "CA9", "queue_exited", 3)
    found = SERVICE_LEVEL.measure(engine, DAY)
    assert set(found) == {"bookings", "lost_property"}
    it = found["bookings"]
    assert (it.value, it.n) == (0.5, 4)
    assert it.counts == {"in_time": 2, "connected": 3, "abandoned": 2, "short": 1}
    assert (it.low, it.high) == (pytest.approx(0.150, abs=1e-3), pytest.approx(0.850, abs=1e-3))
    assert found["lost_property"].value == 1


@pytest.mark.parametrize(
    ("settings", "value", "n"),
    [
        ({}, 1 / 3, 3),
        ({"seconds": 60.0}, 2 / 3, 3),
        ({"abandoned": False}, 1 / 2, 2),
        ({"short": 0.0}, 1 / 4, 4),
        ({"short": 60.0}, 1 / 2, 2),
    ],
)
def test_parameters(log: CallLog, engine: Engine, settings: dict[str, float], value: float, n: int) -> None:
    """T, who gave up at once, and whether those count who gave up later."""
    happened(log, "CA1", "connected", 10)
    happened(log, "CA2", "connected", 50)
    happened(log, "CA3", "abandoned", 30)
    happened(log, "CA4", "abandoned", 2)
    it = SERVICE_LEVEL.measure(engine, DAY, settings)["bookings"]
    assert (it.value, it.n) == (pytest.approx(value), n)


def test_a_scope_of_some_queues(log: CallLog, engine: Engine) -> None:
    """Others are not measured; one in which nothing happened is missing."""
    happened(log, "CA1", "connected", 10)
    happened(log, "CA2", "connected", 10, queue="lost_property")
    found = SERVICE_LEVEL.measure(engine, Scope(DAY.since, DAY.until, ("bookings", "refunds")))
    assert set(found) == {"bookings"}


def test_only_short_ones(log: CallLog, engine: Engine) -> None:
    """Then there is nothing to measure, which is not nought percent."""
    happened(log, "CA1", "abandoned", 2)
    it = SERVICE_LEVEL.measure(engine, DAY)["bookings"]
    assert (it.value, it.n, it.low, it.high) == (None, 0, None, None)
    assert it.counts["short"] == 1


def test_a_call_that_goes_on_after_the_day(log: CallLog, engine: Engine) -> None:
    """The moment at which the wait ended decides, not that of the call's last record."""
    happened(log, "CA1", "connected", 10, at=NOON)
    late = {"seq": 2, "input": {"kind": "hung_up", "at": (NOON + timedelta(days=2)).isoformat()}, "events": []}
    log.write([Entry(b"{p00}:log", b"2-0", "CA1", orjson.dumps(late))])
    assert SERVICE_LEVEL.measure(engine, DAY)["bookings"].n == 1


def test_who_was_called_back(log: CallLog, engine: Engine) -> None:
    """Waited elsewhere: they count only where that is asked for."""
    started = {
        "kind": "started",
        "at": NOON.isoformat(),
        "line": "meridian",
        "step": "agents",
        "caller": "+15005550123",
    }
    event = {"kind": "connected", "step": "agents", "queue": "bookings", "waited": 90}
    record = {"seq": 1, "input": started, "events": [event]}
    assert not log.write([Entry(b"{p00}:log", b"1-0", "CA1", orjson.dumps(record))]).refused
    assert SERVICE_LEVEL.measure(engine, DAY)["bookings"].n == 0
    assert SERVICE_LEVEL.measure(engine, DAY, {"callbacks": True})["bookings"].n == 1


def test_an_unknown_parameter() -> None:
    """It is named."""
    with pytest.raises(KeyError, match="service_level has no parameter minutes"):
        SERVICE_LEVEL.settings({"minutes": 1.0})
