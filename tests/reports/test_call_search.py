"""The search finds the calls that a slow look through the raw records finds, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

from log_by_chance import BEGAN, crowd, raw_log, write
from sqlalchemy import Engine, func, select

from ivr.reports.call_kpis import CONTAINMENT, FIRST_CONTACT
from ivr.reports.call_search import search
from ivr.reports.call_wanted import Range, Wanted
from ivr.reports.flow_calls import hung_up_after, in_trouble_at, nothing_reached
from ivr.reports.kpi import Scope
from ivr.reports.outcomes import OUTCOMES
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.reports.views import GOALS
from ivr.reports.voice_figures import marks, voice_spreads
from ivr.reports.voices import voices
from ivr.store.call_log import CallLog
from ivr.store.call_terms import call_terms, forget_terms
from ivr.store.log_tables import calls

SPAN: dict[str, Any] = {
    "since": BEGAN - timedelta(days=1), "until": BEGAN + timedelta(days=30), "now": BEGAN + timedelta(days=30)
}  # fmt: skip
SCOPE = Scope(SPAN["since"], SPAN["until"], now=SPAN["now"])


def found(engine: Engine, **asked: Any) -> set[str]:
    """The calls that are found, a small page at a time: none comes twice."""
    wanted, after = Wanted(**SPAN, **asked), None
    sids: list[str] = []
    while True:
        page = search(engine, wanted, after=after, size=7)
        assert page.whole
        sids += [it.call.call_sid for it in page.calls]
        if (after := page.older) is None:
            break
    assert len(sids) == len(set(sids)) or wanted.figure is not None
    assert page.hits == len(sids)
    return set(sids)


def test_it_finds_what_is_there(engine: Engine, log: CallLog) -> None:
    """Steps, ways, goals, queues, agents, ends of visits, waits: as the records have them; then all is forgotten."""
    made = crowd(3)
    write(log, raw_log(made), 3)
    with engine.connect() as connection:
        ours = set(connection.scalars(select(calls.c.call_sid).where(calls.c.line.not_like("service.%"))))
    events: dict[str, list[dict[str, Any]]] = {}
    for sid, records in raw_log(made).items():
        if sid in ours:
            events[sid] = [event for record in sorted(records, key=lambda it: it["seq"]) for event in record["events"]]

    def having(**fields: Any) -> set[str]:
        return {sid for sid, all_ in events.items() if any(fields.items() <= event.items() for event in all_)}

    names = {(event["kind"], name, event[name]) for all_ in events.values() for event in all_ for name in event}
    for kind, name, value in sorted(names, key=str):
        match kind, name:
            case "entered", "step":
                assert found(engine, step=value) == having(kind="entered", step=value)
            case "goal_reached", "goal":
                assert found(engine, goal=value) == having(kind="goal_reached", goal=value)
            case "connected", "agent":
                assert found(engine, agent=value) == having(kind="connected", agent=value)
            case "queue_exited", "how":
                refused = having(kind="queue_refused", why=value)
                assert found(engine, outcome=value) == having(kind="queue_exited", how=value) | refused
    for step, then in (("main", "stop"), ("welcome", "main"), ("main", "main")):
        went = {
            sid
            for sid, all_ in events.items()
            if (step, then) in pairwise(event["step"] for event in all_ if event["kind"] == "entered")
        }
        assert found(engine, step=step, next=then) == went
    waited = {
        sid for sid, all_ in events.items() if any(e["kind"] != "completed" and e.get("waited", 0) >= 60 for e in all_)
    }
    assert found(engine, wait=Range(60, None)) == waited
    with engine.connect() as connection:
        for name, condition in (("nothing", nothing_reached()), ("something", hung_up_after())):
            there = set(connection.scalars(select(calls.c.call_sid).where(condition))) & ours
            assert found(engine, outcome=name) == there
        there = set(connection.scalars(select(calls.c.call_sid).where(in_trouble_at("main")))) & ours
        assert found(engine, trouble="main") == there
    for kpi in (*OUTCOMES, CONTAINMENT, SERVICE_LEVEL):
        measured = kpi.measure(engine, SCOPE, by="all").get("")
        assert len(found(engine, figure=kpi)) <= (measured.n if measured else 0)
        if kpi in OUTCOMES:
            assert len(found(engine, figure=kpi)) == (measured.value if measured else 0)
            assert found(engine, figure=kpi, value=Range(0, 0)) == set()
    again = FIRST_CONTACT.value(FIRST_CONTACT.settings(), SCOPE)
    with engine.connect() as connection:
        within = (GOALS.c.started_at >= SCOPE.since, GOALS.c.started_at < SCOPE.until)
        there = set(connection.scalars(select(GOALS.c.call_sid).where(again == 0, *within)))
    assert there
    assert found(engine, figure=FIRST_CONTACT, value=Range(0, 0)) == there
    with engine.begin() as connection:
        forget_terms(connection, sorted(ours))
        assert connection.execute(select(func.count()).select_from(call_terms)).scalar_one() == 0


def test_what_callers_said_is_asked_in_both_dialects(engine: Engine, log: CallLog) -> None:
    """Comments and messages, marks and scores, narrowed by everything: of a log without any there are none."""
    write(log, raw_log(crowd(2)), 2)
    narrow = Scope(SPAN["since"], SPAN["until"], ("bookings",), "meridian", "v1", "ana", "en-US", SPAN["now"])
    for order in ("newest", "lowest"):
        asked = voices(engine, narrow, order=order, survey="after", score=("csat", Range(1, 2)), after=(5, 7))  # type: ignore[arg-type]
        assert (asked.number, asked.voices) == (0, ())
        assert voices(engine, SCOPE, order=order).number == 0  # type: ignore[arg-type]
    assert marks(engine, narrow, "after") == []
    assert voice_spreads(engine, narrow, "after", "day")["csat"] == {}
    assert voice_spreads(engine, SCOPE, None, "survey")["survey_response"] == {}
