"""Figures tie out: they are what the raw records say, and their parts add up to the whole, whatever they are sorted by.

Logs by chance go through the real log writer, in any order and some records twice.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_by_chance import BEGAN, HASHES, logs, raw_log, wraps_of, write
from slow_figures import counted, read
from sqlalchemy import Engine

from ivr.reports import KPIS, Kpi
from ivr.reports.figure import Figure
from ivr.reports.kpi import By, Scope
from ivr.reports.measuring import measure_all
from ivr.store.agent_tables import wrap_ups
from ivr.store.call_log import CallLog
from ivr.store.log_tables import calls, events, records
from ivr.store.queue_visits import queue_visits
from ivr.store.sql import metadata
from ivr.store.waits_told import waits_told

OF_CALLS = [kpi for kpi in KPIS if kpi.view.name in ("v_calls", "v_queue_visits", "v_goals", "v_waits_told")]
OF_TIME: tuple[By, ...] = ("quarter", "hour", "day")
PARTS: tuple[By, ...] = ("line", "version", "queue", "agent", "language", *OF_TIME)
ALL = Scope(BEGAN - timedelta(days=1), BEGAN + timedelta(days=30))


def emptied(engine: Engine) -> CallLog:
    """The log of the database, with nothing in it."""
    rolled_up = [table for table in metadata.sorted_tables if table.name.startswith("rollup")]
    with engine.begin() as connection:
        for table in (calls, records, events, queue_visits, waits_told, wrap_ups, *rolled_up):
            connection.execute(table.delete())
    return CallLog(engine, HASHES)


def check(figure: Figure | None, kpi: Kpi, values: list[int]) -> None:
    """The figure is the one of these values."""
    if figure is None:
        assert not values
        return
    assert figure.n == len(values)
    if kpi.unit in ("number", "total"):
        assert figure.value == sum(values)
    elif not values:
        assert figure.value is None
    else:
        scale = 100 if kpi.unit == "score" else 1
        assert figure.value == pytest.approx(scale * statistics.fmean(values))
    if kpi.unit == "seconds" and values:
        assert figure.median == statistics.median(values)
        assert figure.p90 == sorted(values)[ceil(len(values) * 0.9) - 1]


def local(moment: datetime, by: By, zone: ZoneInfo) -> str:
    """The quarter-hour, the hour of the week, or the day of a moment by the clock on the wall."""
    there = moment.astimezone(zone)
    if by == "hour":
        return f"{there.isoweekday()}-{there.hour:02}"
    if by == "day":
        return there.date().isoformat()
    return there.replace(minute=there.minute // 15 * 15, second=0, microsecond=0).isoformat(timespec="minutes")


zones = st.sampled_from(("UTC", "America/Chicago", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"))
looked_at = st.none() | st.integers(0, 20).map(lambda days: BEGAN + timedelta(days=days))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=logs, seed=st.integers(0, 99), zone=zones.map(ZoneInfo), now=looked_at)
def test_every_figure_is_that_of_the_raw_records(
    engine: Engine, made: list, seed: int, zone: ZoneInfo, now: datetime | None
) -> None:
    """Of all calls, and by whatever they can be sorted: the same values, and the parts add up."""
    raw, wraps = raw_log(made), wraps_of(made)
    log = emptied(engine)
    with engine.begin() as connection:
        connection.execute(wrap_ups.insert(), wraps) if wraps else None
    write(log, raw, seed)
    known = read(raw, wraps)
    scope = Scope(ALL.since, ALL.until, now=now)
    wholes = measure_all(engine, OF_CALLS, scope)
    parts = {by: measure_all(engine, OF_CALLS, scope, by=by, zone=zone) for by in PARTS}
    for kpi in OF_CALLS:
        rows = counted(kpi.name, known, now)
        whole = wholes[kpi.name].get("")
        check(whole, kpi, [value for _, _, value in rows])
        for by in PARTS:
            expected = defaultdict(list)
            for row, at, value in rows:
                expected[local(at, by, zone) if by in OF_TIME else row[by] or "-"].append(value)
            found = parts[by][kpi.name]
            for of in expected.keys() | found.keys():
                check(found.get(of), kpi, expected[of])
            assert sum(figure.n for figure in found.values()) == (whole.n if whole else 0)
            for name in whole.counts if whole else ():
                assert sum(figure.counts[name] for figure in found.values()) == whole.counts[name]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=logs, cut=st.integers(0, 13 * 86_400), line=st.sampled_from((None, "meridian")))
def test_a_scope_counts_what_lies_in_it(engine: Engine, made: list, cut: int, line: str | None) -> None:
    """Two spans that meet have each thing once; names leave out all else."""
    raw = raw_log(made)
    write(emptied(engine), raw, 0)
    known, between = read(raw), BEGAN + timedelta(seconds=cut)
    for scope, inside in (
        (Scope(ALL.since, between, line=line), lambda at: at < between),
        (Scope(between, ALL.until, line=line), lambda at: at >= between),
        (Scope(between, ALL.until, ("bookings",), line), lambda at: at >= between),
    ):
        found = measure_all(engine, OF_CALLS, scope)
        for kpi in OF_CALLS:
            rows = [it for it in counted(kpi.name, known, None) if line in (None, it[0]["line"])]
            values = [
                value
                for row, at, value in rows
                if inside(at) and (scope.queues is None or row["queue"] in scope.queues)
            ]
            check(found[kpi.name].get(""), kpi, values)


def test_what_comes_from_elsewhere() -> None:
    """Only callbacks, answers to surveys, and what agents missed, which tests of their own have."""
    others = {"callbacks_kept", "missed", "survey_response", "csat", "nps", "ces"}
    assert {kpi.name for kpi in KPIS} - {kpi.name for kpi in OF_CALLS} == others
