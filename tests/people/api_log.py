"""A small log for what reads it: five calls, one an hour, with an answer to a survey and a secret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask import Flask
from people_rooms import office_of, opened

from ivr.config import Settings
from ivr.store.api_tokens import ApiTokens
from ivr.store.call_log import CallLog, Entry
from ivr.web.people.office import Office

BEGAN = datetime(2026, 7, 1, 12, tzinfo=UTC)
NUMBER = "+15005550101"
SECRET = "739152"


def records(number: int) -> list[dict[str, Any]]:
    """What happened in a call: it came in, took a key, reached a goal, answered a survey, ended."""
    at = BEGAN + timedelta(hours=number)
    line = "lakeside" if number == 4 else "meridian"
    first = {"caller": NUMBER, "to": "+15005550006", "line": line, "version": "a" * 12, "step": ""}
    events = [
        ({"kind": "started", **first}, {"kind": "entered", "step": "=main"}),
        (
            {"kind": "hidden", "length": len(SECRET), "verdict": "taken"},
            {"kind": "answered", "step": "pin", "name": "pin"},
        ),
        ({"kind": "silent"}, {"kind": "goal_reached", "step": "told", "goal": "told"}),
        (
            {"kind": "pressed", "keys": "5"},
            {
                "kind": "survey_answered",
                "step": "s",
                "survey": "how",
                "question": "csat",
                "measure": "csat",
                "value": 5,
            },
        ),
        ({"kind": "hung_up", "status": "completed"}, {"kind": "ended", "step": "told", "how": "completed"}),
    ]
    return [
        {"seq": seq, "input": {**input_, "at": (at + timedelta(seconds=20 * seq)).isoformat()}, "events": [event]}
        for seq, (input_, event) in enumerate(events, 1)
    ]


def fill(office: Office, calls: int = 5) -> None:
    """Writes them."""
    entries = [
        Entry(b"{p00}:log", b"%d-%d" % (number, record["seq"]), f"CA{number:02}", orjson.dumps(record))
        for number in range(calls)
        for record in records(number)
    ]
    assert not CallLog(office.engine, office.hashes).write(entries).refused


@contextmanager
def filled(settings: Settings) -> Iterator[Flask]:
    """The application for people on a database of its own, with the five calls and a token called `reader`."""
    with opened(settings) as app:
        here = office_of(app)
        fill(here)
        app.extensions["reader"] = ApiTokens(here.engine, here.clock).make("reader", "olga", None)
        yield app
