"""The calls behind the numbers of where callers go, as conditions on rows of `calls`.

They say in SQL what `ivr.store.rollups.way_through` says of the events of one call; a test holds the two together.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_

from ivr.store.log_tables import calls, events

_TROUBLE = ("gave_up", "capped", "rescued")
"""The kinds of event by which a caller is in trouble at a step."""


def nothing_reached() -> ColumnElement[bool]:
    """Calls that the caller ended with nothing reached: no goal, nobody who answered, no message, no callback."""
    return and_(_caller_ended(), ~_reached())


def hung_up_after() -> ColumnElement[bool]:
    """Calls that the caller ended after something was reached."""
    return and_(_caller_ended(), _reached())


def in_trouble() -> ColumnElement[bool]:
    """Calls that were lost, or in which tries were used up, a limit met, or we failed, wherever it was."""
    return or_(nothing_reached(), _happened(events.c.kind.in_(_TROUBLE)))


def in_trouble_at(step: str) -> ColumnElement[bool]:
    """Calls that were lost at the step, or in which the tries were used up there, a limit met, or we failed."""
    here = events.c.step == step
    lost = and_(nothing_reached(), _happened(here, events.c.kind == "ended"))
    return or_(lost, _happened(here, events.c.kind.in_(_TROUBLE)))


def _caller_ended() -> ColumnElement[bool]:
    ended = events.c.kind == "ended"
    return _happened(ended, _field("how") != "line")


def _reached() -> ColumnElement[bool]:
    return or_(
        calls.c.served_at.is_not(None),
        _happened(events.c.kind == "message_left"),
        _happened(events.c.kind == "queue_exited", _field("how") == "callback_booked"),
    )


def _field(name: str) -> ColumnElement[str]:
    value: ColumnElement[str] = events.c.data[name].as_string()
    return value


def _happened(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(events.c.call_sid == calls.c.call_sid, *which).correlate(calls)
