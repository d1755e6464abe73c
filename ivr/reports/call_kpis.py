"""Of whole calls: how many, how soon they were served, and whether the line alone was enough."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, or_, select, true

from ivr.reports.kpi import Kpi, Parameter, Scope, Settings
from ivr.reports.views import CALLS, GOALS, whole_seconds

_WHEN = "A call counts at the moment at which it began; calls that we made to call somebody back are left out."

_CAME_IN = CALLS.c.called_back.is_(False)

_OVER = and_(_CAME_IN, CALLS.c.ended_at.is_not(None))


def _calls(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((_CAME_IN, 1))


def _first_response(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((_CAME_IN, whole_seconds(CALLS.c.served_at) - whole_seconds(CALLS.c.started_at)))


def _containment(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((~_OVER, None), (CALLS.c.wanted_person, 0), else_=1)


def _true_containment(settings: Settings, scope: Scope) -> ColumnElement[Any]:
    again, within = CALLS.alias(), timedelta(hours=settings["hours"])
    next_call = (
        select(whole_seconds(again.c.started_at))
        .where(again.c.caller_hash == CALLS.c.caller_hash, again.c.started_at > CALLS.c.started_at)
        .where(again.c.called_back.is_(False))
        .order_by(again.c.started_at)
        .limit(1)
        .scalar_subquery()
    )
    called_again = next_call - whole_seconds(CALLS.c.ended_at) <= round(within.total_seconds())
    return case(
        (~and_(_OVER, CALLS.c.caller_hash.is_not(None), _long_ago(CALLS.c.ended_at, scope, within)), None),
        (or_(CALLS.c.wanted_person, CALLS.c.goals_reached == 0), 0),
        (called_again, 0),
        else_=1,
    )


def _first_contact(settings: Settings, scope: Scope) -> ColumnElement[Any]:
    again, within = GOALS.alias(), timedelta(days=settings["days"])
    next_call = (
        select(whole_seconds(again.c.started_at))
        .where(again.c.caller_hash == GOALS.c.caller_hash, again.c.started_at > GOALS.c.started_at)
        .where(again.c.goal == GOALS.c.goal, again.c.called_back.is_(False))
        .order_by(again.c.started_at)
        .limit(1)
        .scalar_subquery()
    )
    counts = and_(
        GOALS.c.called_back.is_(False),
        GOALS.c.ended_at.is_not(None),
        GOALS.c.caller_hash.is_not(None),
        _long_ago(GOALS.c.ended_at, scope, within),
    )
    called_again = next_call - whole_seconds(GOALS.c.ended_at) <= round(within.total_seconds())
    return case((~counts, None), (called_again, 0), else_=1)


def _long_ago(ended_at: ColumnElement[Any], scope: Scope, within: timedelta) -> ColumnElement[bool]:
    """Whether all that time is over, in which the caller might still have called again."""
    if scope.now is None:
        return true()
    try:
        return ended_at <= scope.now - within
    except OverflowError:  # before there were years
        return false()


CALLS_IN = Kpi(
    name="calls",
    title="Calls",
    formula="calls that came in",
    unit="number",
    of="line",
    view=CALLS,
    moment="started_at",
    value=_calls,
    source=f"Counted. {_WHEN}",
)

FIRST_RESPONSE = Kpi(
    name="first_response",
    title="First response time",
    formula="the time from the beginning of a call to the first moment at which a person answered or a goal was "
    "reached, added up, by how many calls came to that",
    unit="seconds",
    of="line",
    view=CALLS,
    moment="started_at",
    value=_first_response,
    source=f"The caller's own view of waiting: the menu counts, too. {_WHEN}",
)

CONTAINMENT = Kpi(
    name="containment",
    title="Containment",
    formula="calls in which no person was asked for (no queue, no number dialled, no message left), of all calls that "
    "are over",
    unit="share",
    of="line",
    view=CALLS,
    moment="started_at",
    value=_containment,
    source=f"The usual rate of phone menus. Who gave up in the menu is in it: look at the true one. {_WHEN}",
)

TRUE_CONTAINMENT = Kpi(
    name="true_containment",
    title="True containment",
    formula="calls in which no person was asked for, a goal was reached, and after which the same caller did not call "
    "again within some hours, of all calls that are over for so long and show a number",
    unit="share",
    of="line",
    view=CALLS,
    moment="started_at",
    value=_true_containment,
    parameters=(Parameter("hours", 24.0, "a call again within so many hours after the end undoes it"),),
    source=f"Our own: containment that helped. {_WHEN}",
)

FIRST_CONTACT = Kpi(
    name="first_contact_resolution",
    title="First-contact resolution",
    formula="goals reached by callers who did not call again and reach the same goal within some days, of all goals "
    "reached in calls that are over for so long and show a number",
    unit="share",
    of="line",
    view=GOALS,
    moment="started_at",
    value=_first_contact,
    parameters=(Parameter("days", 7.0, "a call again for the same goal within so many days after the end undoes it"),),
    source="The rate of contact centres, by what callers do and not by what agents tick. A call with two goals is two "
    f"contacts. {_WHEN}",
)
