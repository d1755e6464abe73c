"""Figures of surveys and of callbacks: which answers count, for whom, and how many answered at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from log_by_chance import BEGAN
from sqlalchemy import Engine

from ivr.reports.kpi import Kpi, Scope
from ivr.reports.survey_kpis import CES, CSAT, NPS, RESPONSE
from ivr.reports.waiting_kpis import CALLBACKS_KEPT
from ivr.store.call_log import CallLog, Entry
from ivr.store.callbacks import Callback, Callbacks

SPAN = Scope(BEGAN - timedelta(days=1), BEGAN + timedelta(days=1))


def asked(log: CallLog, sid: str, *answers: tuple[str, int], agent: str = "", line: str = "meridian") -> None:
    """A call in which the caller talked to the agent, if any, was asked, and answered so."""
    start = {"kind": "started", "line": line, "version": "0123456789ab", "caller": "+15005550123", "to": "", "step": ""}
    told: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [(start, [])]
    if agent:
        talk = {"kind": "connected", "step": "agents", "queue": "bookings", "agent": agent, "waited": 3}
        told.append(({"kind": "accepted"}, [talk]))
    told.append(({"kind": "silent"}, [{"kind": "survey_asked", "step": "survey", "survey": "after"}]))
    for measure, value in answers:
        answer = {"kind": "survey_answered", "step": "survey", "survey": "after", "question": measure}
        told.append(({"kind": "pressed", "keys": str(value)}, [answer | {"measure": measure, "value": value}]))
    entries = [
        {"seq": seq, "input": {"at": (BEGAN + timedelta(seconds=seq)).isoformat(), **input_}, "events": happened}
        for seq, (input_, happened) in enumerate(told, 1)
    ]
    assert not log.write([Entry(b"{p00}:log", b"1-0", sid, orjson.dumps(one)) for one in entries]).refused


@pytest.mark.parametrize(
    ("kpi", "measure", "answers", "value"),
    [
        (CSAT, "csat", [1, 2, 3, 4, 5], 2 / 5),
        (NPS, "nps", [10, 9, 8, 7, 6, 0], 0),
        (NPS, "nps", [10, 9, 9, 7, 6], 40),
        (NPS, "nps", [0, 6], -100),
        (CES, "ces", [1, 4, 5, 6, 7], 3 / 5),
    ],
)
def test_which_answers_count(
    log: CallLog, engine: Engine, kpi: Kpi, measure: str, answers: list[int], value: float
) -> None:
    """4 and 5 of five, 9 and 10 less 0 to 6, above 4 of seven; answers to other questions do not."""
    others = next(name for name in ("csat", "nps", "ces") if name != measure)
    for number, answer in enumerate(answers):
        asked(log, f"CA{number}", (measure, answer), (others, 1))
    it = kpi.measure(engine, SPAN, by="all")[""]
    assert (it.value, it.n) == (pytest.approx(value), len(answers))


def test_they_are_of_the_agent_whom_the_caller_had(log: CallLog, engine: Engine) -> None:
    """And of the line; the parts add up."""
    asked(log, "CA1", ("csat", 5), agent="ana")
    asked(log, "CA2", ("csat", 1), agent="raj")
    asked(log, "CA3", ("csat", 4), line="lakeside")
    by_agent = CSAT.measure(engine, SPAN, by="agent")
    assert {name: (it.value, it.n) for name, it in by_agent.items()} == {"ana": (1, 1), "raj": (0, 1), "-": (1, 1)}
    assert {name: it.n for name, it in CSAT.measure(engine, SPAN).items()} == {"meridian": 2, "lakeside": 1}
    assert CSAT.measure(engine, Scope(SPAN.since, SPAN.until, agent="ana"), by="all")[""].n == 1


def test_how_many_answered(log: CallLog, engine: Engine) -> None:
    """Who answered anything, of all who were asked."""
    asked(log, "CA1", ("csat", 5), ("nps", 9))
    asked(log, "CA2")
    asked(log, "CA3")
    it = RESPONSE.measure(engine, SPAN, by="all")[""]
    assert (it.value, it.n) == (pytest.approx(1 / 3), 3)


def test_callbacks_kept(engine: Engine) -> None:
    """Those that served the caller, of those that are over; who still waits is not in it."""
    callbacks = Callbacks(engine)
    for number, state in enumerate(("done", "done", "failed", "cancelled", "booked", "calling")):
        booked = Callback(
            f"cb{number}", "bookings", "meridian", "0123456789ab", "agents", "en-US", "+15005550006", None,
            f"{number}", "0123", f"CA{number}", 0.0, 0.0, BEGAN, state, 0, BEGAN,
        )  # fmt: skip
        assert callbacks.book(booked)
    it = CALLBACKS_KEPT.measure(engine, SPAN)["bookings"]
    assert (it.value, it.n) == (0.5, 4)
