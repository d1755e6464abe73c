"""Why agents missed calls, where the carrier said more than that nobody took them."""

from __future__ import annotations

from datetime import timedelta

from log_by_chance import BEGAN, raw_log, write
from sqlalchemy import Engine, insert
from test_sql_views import CALL

from ivr.reports.kpi import Scope
from ivr.reports.missed_why import missed_why
from ivr.store.agent_tables import agent_states
from ivr.store.call_log import CallLog

SINCE, UNTIL = BEGAN - timedelta(days=1), BEGAN + timedelta(days=1)

MISSED = (
    ("ana", "bookings", "was busy"),
    ("ana", "bookings", "was busy"),
    ("ana", "refunds", "could not be called"),
    ("ana", "bookings", "missed a call"),
    ("raj", "bookings", "lunch"),  # chosen while it rang
    ("raj", "refunds", "was busy"),
)


def test_what_carriers_say_of_missed_calls(engine: Engine, log: CallLog) -> None:
    """Busy and failed, by agent; what rang to its end, and what nobody knows, is in neither; filters narrow it."""
    write(log, raw_log([{**CALL, "does": []}]), 0)
    rows = [
        {"agent": agent, "id": number, "state": "away", "reason": reason, "how": "missed", "queue": queue,
         "began_at": BEGAN + timedelta(minutes=number), "ended_at": None, "call_sid": "CA00", "offer": f"O{number}"}
        for number, (agent, queue, reason) in enumerate(MISSED)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(agent_states), rows)
    assert missed_why(engine, Scope(SINCE, UNTIL)) == {"ana": {"busy": 2, "failed": 1}, "raj": {"busy": 1}}
    assert missed_why(engine, Scope(SINCE, UNTIL, ("refunds",))) == {"ana": {"failed": 1}, "raj": {"busy": 1}}
    assert missed_why(engine, Scope(SINCE, UNTIL, agent="raj", line="meridian")) == {"raj": {"busy": 1}}
    assert missed_why(engine, Scope(SINCE, UNTIL, line="lakeside")) == {}
    assert missed_why(engine, Scope(BEGAN + timedelta(minutes=1), BEGAN + timedelta(minutes=2))) == {"ana": {"busy": 1}}
