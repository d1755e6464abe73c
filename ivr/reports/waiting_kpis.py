"""Of waits in queues: how long they were, and how they ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, case

from ivr.reports.kpi import Kpi, Parameter, Scope, Settings
from ivr.reports.service_level import ABANDONED, ANSWERED, CALLBACKS, SHORT, waits
from ivr.reports.views import CALLBACKS as BOOKED
from ivr.reports.views import VISITS

_WHEN = "A visit counts in the queue, and at the moment, in which its wait ended."


def _asa(settings: Settings, _: Scope) -> ColumnElement[Any]:
    return case((and_(waits(settings), ANSWERED), VISITS.c.waited))


def _abandonment(settings: Settings, _: Scope) -> ColumnElement[Any]:
    long = and_(ABANDONED, VISITS.c.waited >= settings["short"])
    return case((~waits(settings), None), (ANSWERED, 0), (long, 1))


def _time_to_abandon(settings: Settings, _: Scope) -> ColumnElement[Any]:
    return case((and_(waits(settings), ABANDONED), VISITS.c.waited))


def _other_waits(settings: Settings, _: Scope) -> ColumnElement[Any]:
    return case((and_(waits(settings), ~ANSWERED, ~ABANDONED), VISITS.c.waited))


def _kept(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((BOOKED.c.state == "done", 1), (BOOKED.c.state.in_(("failed", "cancelled")), 0))


ASA = Kpi(
    name="asa",
    title="Average speed of answer",
    formula="the waits of those whom an agent answered, added up, by how many they are; the wait is the time in the "
    "queue and while it rings at the agent, not the time in the menu",
    unit="seconds",
    of="queue",
    view=VISITS,
    moment="at",
    value=_asa,
    parameters=(CALLBACKS,),
    source=f"The usual ASA of contact centres, for which ISO 18295-1 asks as a measure of reach. {_WHEN}",
)

ABANDONMENT = Kpi(
    name="abandonment",
    title="Abandonment rate",
    formula="callers who hung up while they waited, of those and all whom an agent answered; those who hung up within "
    "the first seconds count in neither",
    unit="share",
    of="queue",
    view=VISITS,
    moment="at",
    value=_abandonment,
    parameters=(Parameter("short", SHORT, "who hangs up before so many seconds is left out"), CALLBACKS),
    source="The usual rate of contact centres (ISO 18295-1 asks for one). Who booked a callback, left by a key or was "
    f"timed out is neither. {_WHEN}",
)

TIME_TO_ABANDON = Kpi(
    name="time_to_abandon",
    title="Time to abandon",
    formula="the waits of those who hung up while they waited, added up, by how many they are",
    unit="seconds",
    of="queue",
    view=VISITS,
    moment="at",
    value=_time_to_abandon,
    parameters=(CALLBACKS,),
    source=f"The usual companion of the abandonment rate: how long patience lasts. {_WHEN}",
)

OTHER_WAITS = Kpi(
    name="other_waits",
    title="Waits that ended otherwise",
    formula="the waits of those whom nobody answered and who did not hang up, added up, by how many they are",
    unit="seconds",
    of="queue",
    view=VISITS,
    moment="at",
    value=_other_waits,
    parameters=(CALLBACKS,),
    source=f"They left by a key, waited as long as the queue lets them, or booked a callback. {_WHEN}",
)

CALLBACKS_KEPT = Kpi(
    name="callbacks_kept",
    title="Callbacks kept",
    formula="callbacks after which the caller was served, of all that are over: served, failed or cancelled",
    unit="share",
    of="queue",
    view=BOOKED,
    moment="booked_at",
    value=_kept,
    source="Our own. A callback counts in its queue at the moment at which it was booked.",
)


def _number(name: str, title: str, formula: str, which: ColumnElement[bool]) -> Kpi:
    value: Callable[[Settings, Scope], ColumnElement[Any]] = lambda settings, _: case(  # noqa: E731
        (and_(waits(settings), which), 1)
    )
    source = f"Counted. {_WHEN}"
    return Kpi(name, title, formula, "number", "queue", VISITS, "at", value, (CALLBACKS,), source)


HANDLED = _number("handled", "Handled", "visits to a queue that an agent answered", ANSWERED)
ABANDONED_VISITS = _number(
    "abandoned", "Abandoned", "visits to a queue in which the caller hung up, however soon", ABANDONED
)
TIMED_OUT = _number(
    "timed_out", "Timed out", "visits to a queue that took its longest wait", VISITS.c.outcome == "timed_out"
)
LEFT = _number("left", "Left by a key", "visits to a queue that the caller left by its key", VISITS.c.outcome == "left")
CALLBACKS_BOOKED = _number(
    "callbacks_booked",
    "Callbacks booked",
    "visits to a queue that ended with a callback booked",
    VISITS.c.outcome == "callback_booked",
)
TURNED_AWAY = _number(
    "turned_away",
    "Turned away",
    "visits to a queue that was full, closed, had nobody in, or could not be had",
    VISITS.c.outcome.in_(("full", "closed", "nobody_in", "unavailable")),
)
