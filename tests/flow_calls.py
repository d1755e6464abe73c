"""Eleven calls to two versions of a line, whose paths one can count by hand; and that line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Engine

from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash
from ivr.store.versions import Versions, version_of

NOW = datetime(2026, 7, 1, 15, tzinfo=UTC)

MENU = """
line: Meridian Coaches
numbers: ["+15005550006"]
timezone: America/Chicago
languages: [en-US]
start: main
operator: office
steps:
  main:
    say: Thank you for calling Meridian Coaches{mark}.
    menu:
      1 -> told: To hear when the next coach leaves
      2 -> office: To talk to one of us
  told:
    goal: departure_told
    say: The next coach leaves at four.
    go: main
  office:
    dial: "+15005550199"
    answered: hangup
    busy: hangup
    no_answer: hangup
    failed: hangup
"""

FILES = tuple({"meridian.yaml": MENU.replace("{mark}", mark).encode()} for mark in ("", " of Chicago"))
OLD, NEW = (version_of(files) for files in FILES)

Event = dict[str, Any]


def at(step: str, kind: str, **fields: Any) -> Event:
    """An event at a step."""
    return {"kind": kind, "step": step, **fields}


MAIN, TOLD = at("main", "entered"), at("told", "entered")
HUNG_UP_IN_MAIN = [[MAIN], [at("main", "ended", how="completed")]]
HEARD = [
    [MAIN],
    [at("main", "chose", key="1", to="told"), TOLD, at("told", "goal_reached", goal="departure_told"), MAIN],
    [at("main", "ended", how="completed")],
]  # fmt: skip
SILENT = [
    [MAIN],
    [at("main", "no_input")],
    [at("main", "no_match", keys="7")],
    [at("main", "no_input"), at("main", "gave_up"), at("office", "entered"), at("office", "dialing", ending="0199")],
    [at("office", "dial_ended", outcome="busy", seconds=0), at("office", "ended", how="line")],
]

WAITED = {"queue": "bookings", "agent": "ana", "waited": 5}
CALLED_BACK = [[MAIN], [at("main", "connected", **WAITED, offer="o1", rang=1)], *HUNG_UP_IN_MAIN[1:]]

CALLS = ((OLD, HUNG_UP_IN_MAIN), (OLD, HEARD), (OLD, HEARD), (OLD, SILENT), (OLD, SILENT), *[(NEW, HEARD)] * 6)
"""The version and the path of each: what happened at each of its records, ten seconds apart."""


def fill(engine: Engine) -> None:
    """Writes versions and calls, an hour apart, before `NOW`; and one to call somebody back, which counts nowhere."""
    for files, version in zip(FILES, (OLD, NEW), strict=True):
        Versions(engine).publish("meridian", version, files, who="ops", why=None, at=NOW - timedelta(days=1))
    entries = []
    for number, (version, path) in enumerate((*CALLS, (NEW, CALLED_BACK))):
        began = NOW - timedelta(hours=number + 1)
        for seq, events in enumerate(path, 1):
            input_: dict[str, Any] = {"kind": "pressed", "at": began + timedelta(seconds=10 * seq - 10)}
            if seq == 1:
                back = "" if number < len(CALLS) else "main"
                input_ |= {"kind": "started", "caller": "+15005550101", "to": "+15005550006", "line": "meridian"}
                input_ |= {"version": version, "step": back}
            record = {"seq": seq, "input": input_, "events": events}
            entries.append(Entry(b"{p00}:log", b"%d-%d" % (number + 1, seq), f"CA{number:02}", orjson.dumps(record)))
    assert not CallLog(engine, CallerHash("k" * 40)).write(entries).refused
