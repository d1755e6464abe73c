"""Figures from roll-ups are those of the log, however, whenever and in whatever parts the log was rolled up."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_by_chance import BEGAN, logs, raw_log, write
from sqlalchemy import Engine, func, select
from test_calls_again import FIRST, ONLY_FIRST
from test_survey_figures import asked
from test_tie_out import emptied

from ivr.reports import KPIS
from ivr.reports.call_kpis import CALLS_IN, FIRST_CONTACT, TRUE_CONTAINMENT
from ivr.reports.figure import Figure
from ivr.reports.kpi import Scope
from ivr.reports.measuring import measure_all
from ivr.reports.outcomes import OUTCOMES
from ivr.reports.rolled_kpis import ROLLED
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.store.call_log import CallLog, Entry
from ivr.store.old_calls import OldCalls
from ivr.store.rollups import reading
from ivr.store.rollups.marks import rollup_marks
from ivr.store.rollups.moments import quarter_of
from ivr.store.rollups.rollup import BLOCK, DAY
from ivr.store.rollups.settling import lengthen, rebuild_all, settle

EVERY = (*KPIS, *OUTCOMES)
LATER = BEGAN + timedelta(days=90)
ALL = Scope(BEGAN - timedelta(days=1), BEGAN + timedelta(days=30))

acts = st.sampled_from(("nothing", "settle", "settle some", "lengthen", "rebuild"))
quarters = st.integers(0, 13 * 96).map(lambda number: BEGAN + timedelta(minutes=15 * number))
anywhere = quarters | st.integers(0, 13 * 86_400).map(lambda number: BEGAN + timedelta(seconds=number))
zones = st.sampled_from(("UTC", "America/Chicago", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"))
names = st.sampled_from(({}, {"line": "meridian"}, {"queues": ("bookings",)}, {"agent": "ana", "queues": ("refunds",)},
                         {"language": "es-MX", "version": "aaaaaaaaaaaa"}, {"line": "nowhere"}))  # fmt: skip
sorts = st.sampled_from(("all", "line", "version", "queue", "agent", "language", "quarter", "hour", "day"))


def do(engine: Engine, act: str, dice: random.Random) -> None:
    """Rolls up, as a worker or a person might at any time."""
    match act:
        case "settle":
            settle(engine)
        case "settle some":
            began = quarter_of(BEGAN) + dice.randrange(12 * DAY)
            settle(engine, (began, began + dice.randrange(3 * DAY)), most=dice.randrange(1, 9))
        case "lengthen":
            lengthen(engine, DAY, LATER)
            lengthen(engine, BLOCK, LATER)
        case "rebuild":
            rebuild_all(engine)


def same(rolled: dict[str, Figure], logged: dict[str, Figure]) -> None:
    """The same figures, but for medians and percentiles of long times, which may be off by a bucket."""
    assert rolled.keys() == logged.keys()
    for of, one in rolled.items():
        other = logged[of]
        assert (one.n, one.value, one.counts) == (other.n, other.value, other.counts)
        for name in ("low", "high", "median", "median_low", "median_high", "p90"):
            value, expected = getattr(one, name), getattr(other, name)
            if expected is None:
                assert value is None
            else:
                assert value == pytest.approx(expected, rel=1e-6 if name in ("low", "high") else 1 / 64)


def entries(made: list[dict[str, Any]], dice: random.Random) -> list[Entry]:
    """The records of a log in any order, some twice."""
    found = [
        Entry(b"{p00}:log", b"%d-0" % number, sid, orjson.dumps(record))
        for sid, records in raw_log(made).items()
        for number, record in enumerate(records, 1)
    ]
    found += dice.sample(found, len(found) // 8)
    dice.shuffle(found)
    return found


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    made=logs, seed=st.integers(0, 99), between=st.lists(acts, min_size=1, max_size=4),
    ends=st.tuples(anywhere, anywhere),
    name=names, by=sorts, zone=zones.map(ZoneInfo), now=st.none() | anywhere,
)  # fmt: skip
def test_however_it_was_rolled_up(
    engine: Engine, made: list, seed: int, between: list[str], ends: tuple[datetime, datetime], name: dict,
    by: Any, zone: ZoneInfo, now: datetime | None,
) -> None:  # fmt: skip
    """Of any part of the log, sorted by anything: what came late, twice, or was settled in between, is all the same."""
    log, dice = emptied(engine), random.Random(seed)
    coming = entries(made, dice)
    size = len(coming) // len(between) + 1
    for number, act in enumerate(between):
        assert not log.write(coming[number * size : (number + 1) * size]).refused
        do(engine, act, dice)
    since, until = sorted(ends)
    for scope in (Scope(since, until, now=now, **name), Scope(ALL.since, ALL.until, now=now, **name)):
        logged = measure_all(engine, EVERY, scope, by=by, zone=zone, log_alone=True)
        rolled = measure_all(engine, EVERY, scope, by=by, zone=zone)
        quick = measure_all(engine, EVERY, scope, by=by, zone=zone, medians=False)
        for kpi in EVERY:
            same(rolled[kpi.name], logged[kpi.name])
            assert {of: (it.value, it.n, it.counts) for of, it in quick[kpi.name].items()} == {
                of: (it.value, it.n, it.counts) for of, it in logged[kpi.name].items()
            }


def test_each_figure_is_rolled_up() -> None:
    """With what is set of it by default; what ended how, too."""
    assert [kpi.name for kpi in EVERY if kpi.name not in ROLLED or ROLLED[kpi.name](kpi.settings()) is None] == []


@pytest.mark.parametrize(
    "set_",
    [
        {"seconds": 0.0}, {"seconds": 21.5}, {"seconds": 30.0}, {"seconds": 130.0},
        {"short": 0.0}, {"short": 6.5}, {"abandoned": False}, {"callbacks": True},
    ],
)  # fmt: skip
def test_other_settings(log: CallLog, engine: Engine, set_: dict[str, Any]) -> None:
    """Are measured in the same way, from roll-ups where those can tell."""
    ends = [("connected", it) for it in (0, 6, 7, 21, 22, 30, 31, 130, 131, 132)]
    ends += [("abandoned", it) for it in (0, 4, 5, 6, 7)]
    visits = [
        {"does": "visit", "queue": "bookings", "outcome": outcome, "waited": waited, "talked": 1, "agent": "ana"}
        for outcome, waited in ends
    ]
    write(log, raw_log([{**FIRST, "does": visits}, {**FIRST, "does": visits, "step": "agents"}]), 0)
    logged, rolled = (
        measure_all(engine, (SERVICE_LEVEL,), ALL, {"service_level": set_}, log_alone=alone)["service_level"]
        for alone in (True, False)
    )
    same(rolled, logged)


def test_a_call_again_changes_the_call_before(log: CallLog, engine: Engine) -> None:
    """Also after that one was rolled up, by day and by block; and back, when the later call is removed."""
    write(log, raw_log([FIRST]), 0)
    rebuild_all(engine)
    first = raw_log([FIRST, {**FIRST, "after": 3600}])
    values = []
    for _ in range(2):
        found = measure_all(engine, (TRUE_CONTAINMENT, FIRST_CONTACT), ONLY_FIRST)
        values.append([found[name][""].value for name in ("true_containment", "first_contact_resolution")])
        write(log, {"CA01": first["CA01"]}, 0)
    OldCalls(engine).remove(["CA01"])
    found = measure_all(engine, (TRUE_CONTAINMENT, FIRST_CONTACT), ONLY_FIRST)
    values.append([found[name][""].value for name in ("true_containment", "first_contact_resolution")])
    assert values == [[1, 1], [0, 0], [1, 1]]


def test_surveys_and_callbacks_too(log: CallLog, engine: Engine) -> None:
    """Marks of each measure, answers to none, and a survey that nobody answered."""
    for number in range(11):
        asked(
            log,
            f"CA{number}",
            ("nps", number),
            ("csat", number % 5 + 1),
            ("ces", number % 7 + 1),
            ("yes_no", 1),
            agent="ana",
        )
    asked(log, "CA11", line="lakeside")
    for by in ("all", "line", "agent", "day"):
        logged, rolled = (measure_all(engine, EVERY, ALL, by=by, log_alone=alone) for alone in (True, False))
        for kpi in EVERY:
            same(rolled[kpi.name], logged[kpi.name])
    assert rolled["nps"]["2026-07-01"].n == 11


def test_with_too_much_to_settle_the_log_is_read(log: CallLog, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads figures rolls up a little by themselves, and does not wait for a million calls."""
    monkeypatch.setattr(reading, "MOST", 1)
    write(log, raw_log([{**FIRST, "after": number * 86_400} for number in range(9)]), 0)
    assert CALLS_IN.measure(engine, ALL, by="all")[""].n == 9
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(rollup_marks).where(rollup_marks.c.span == 1))


def test_a_rebuild_leaves_nothing_to_settle(log: CallLog, engine: Engine) -> None:
    """And says day by day how far it is."""
    write(log, raw_log([{**FIRST, "after": number * 86_400} for number in range(30)]), 0)
    told: list[tuple[int, int]] = []
    assert rebuild_all(engine, lambda done, total: told.append((done, total))) == 30
    assert told == [(done, 30) for done in range(1, 31)]
    with engine.connect() as connection:
        assert not connection.scalar(select(func.count()).select_from(rollup_marks))
