"""How many callers a week a change touches, by the calls of the log."""

from __future__ import annotations

from datetime import timedelta

from flow_calls import FILES, MENU, NOW, fill
from sqlalchemy import Engine

from ivr.menu import load
from ivr.menu.diff import diff
from ivr.switchboard.comparing import touched

CHANGED = MENU.replace("{mark}", "").replace("leaves at four", "leaves at five")
CHANGED = CHANGED.replace("1 -> told", "1 -> office").replace("2 -> office", "2 -> told")


def test_callers_are_counted_by_the_days_that_the_line_was_called(engine: Engine) -> None:
    """Eight callers of half a day are eight a week, and not a quarter of that; three weeks later they are three."""
    fill(engine)
    old, new = (load({"meridian.yaml": it}).flows["meridian"] for it in (*FILES[0].values(), CHANGED.encode()))
    changes = diff(old, new)
    assert [(it.kind, it.key) for it in changes] == [("leads", "menu.1"), ("leads", "menu.2"), ("words", "en-US")]
    assert touched(engine, "meridian", changes, NOW) == [8, 0, 8]
    assert touched(engine, "meridian", changes, NOW + timedelta(days=20)) == [3, 0, 3]
    assert touched(engine, "meridian", changes, NOW + timedelta(days=60)) == [None, None, None]
    assert touched(engine, "nosuch", changes, NOW) == [None, None, None]
