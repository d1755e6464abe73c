"""Of the work of agents: how long it took."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, literal

from ivr.reports.kpi import Kpi, Parameter, Scope, Settings
from ivr.reports.service_level import ANSWERED, waits
from ivr.reports.views import VISITS

_PARAMETERS = (
    Parameter("wrap_up", 0.0, "seconds that are added to each talk for what the agent does after it"),
    Parameter("callbacks", True, "whether talks with those whom we called back count, too"),
)

_SOURCE = (
    "AHT as contact centres reckon it is talk, hold and wrap-up. There is no hold; how long agents really wrapped up "
    "is not in the log, so it is what `wrap_up` says, by default nothing. A talk counts in the queue, and at the "
    "moment, in which the wait before it ended."
)


def _value(settings: Settings, _: Scope) -> ColumnElement[Any]:
    whole = VISITS.c.talked + literal(round(settings["wrap_up"]), Integer)
    return case((and_(waits(settings), ANSWERED), whole))


HANDLING_TIME = Kpi(
    name="handling_time",
    title="Average handling time",
    formula="the talks of agents with callers and the time to wrap up, added up, by how many talks are over",
    unit="seconds",
    of="queue",
    view=VISITS,
    moment="at",
    value=_value,
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
    value=_value,
    parameters=_PARAMETERS,
    source=_SOURCE,
)
