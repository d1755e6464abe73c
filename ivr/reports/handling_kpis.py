"""Of the work of agents: how long it took, and the calls that they did not take."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal

from ivr.reports.kpi import Kpi, Parameter, Scope, Settings
from ivr.reports.service_level import ANSWERED, waits
from ivr.reports.views import MISSED_OFFERS, VISITS

_CALLBACKS = Parameter("callbacks", True, "whether talks with those whom we called back count, too")

_PARAMETERS = (
    Parameter("wrap_up", 0.0, "seconds that count as the wrap-up where nobody knows how long it really took"),
    _CALLBACKS,
)

_WHEN = "A talk counts in the queue, and at the moment, in which the wait before it ended."

_SOURCE = (
    "AHT as contact centres reckon it: talk, hold and wrap-up, each as it was measured. There is no hold. The wrap-up "
    "is from the end of the talk until the agent was available or away; while it lasts, and for talks from before it "
    f"was measured, it is what `wrap_up` says, by default nothing. {_WHEN}"
)


def _handling(settings: Settings, _: Scope) -> ColumnElement[Any]:
    wrapped = func.coalesce(VISITS.c.wrapped, literal(round(settings["wrap_up"]), Integer))
    return case((and_(waits(settings), ANSWERED), VISITS.c.talked + wrapped))


def _talk(settings: Settings, _: Scope) -> ColumnElement[Any]:
    return case((and_(waits(settings), ANSWERED), VISITS.c.talked))


def _wrap_up(settings: Settings, _: Scope) -> ColumnElement[Any]:
    return case((and_(waits(settings), ANSWERED), VISITS.c.wrapped))


def _missed(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((MISSED_OFFERS.c.call_sid.is_not(None), 1))


HANDLING_TIME = Kpi(
    name="handling_time",
    title="Average handling time",
    formula="the talks of agents with callers and the time to wrap up, added up, by how many talks are over",
    unit="seconds",
    of="queue",
    view=VISITS,
    moment="at",
    value=_handling,
    parameters=_PARAMETERS,
    source=_SOURCE,
)

TOTAL_HANDLING_TIME = Kpi(
    name="total_handling_time",
    title="Total handling time",
    formula="the talks of agents with callers that are over and the time to wrap up, added up",
    unit="total",
    of="queue",
    view=VISITS,
    moment="at",
    value=_handling,
    parameters=_PARAMETERS,
    source=_SOURCE,
)

TALK_TIME = Kpi(
    name="talk_time",
    title="Average talk time",
    formula="the talks of agents with callers, added up, by how many talks are over",
    unit="seconds",
    of="agent",
    view=VISITS,
    moment="at",
    value=_talk,
    parameters=(_CALLBACKS,),
    source=f"The first part of AHT. {_WHEN}",
)

WRAP_UP_TIME = Kpi(
    name="wrap_up_time",
    title="Average wrap-up time",
    formula="the time from the end of a talk until the agent was available or away, added up, by how many talks there "
    "are of which it is known; a talk without any wrap-up counts as 0 seconds",
    unit="seconds",
    of="agent",
    view=VISITS,
    moment="at",
    value=_wrap_up,
    parameters=(_CALLBACKS,),
    source=f"The last part of AHT, also called after-call work. {_WHEN}",
)

MISSED = Kpi(
    name="missed",
    title="Missed calls",
    formula="calls that were offered to an agent who did not take them",
    unit="number",
    of="agent",
    view=MISSED_OFFERS,
    moment="at",
    value=_missed,
    source="RINGNOANSWER of Asterisk's queue log, counted when the agent's phone stopped ringing: nobody answered, it "
    "was busy or could not be called, or whoever answered did not press 1. The caller waits on in the same place, so "
    "one call may be missed more than once. A caller who hangs up while it rings is no miss.",
)
