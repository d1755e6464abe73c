"""The service level: how many of the callers of a queue were answered in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, true

from ivr.reports.kpi import Kpi, Parameter, Scope, Settings
from ivr.reports.views import VISITS

SHORT = 5.0
"""Seconds: who hangs up before that gave nobody a chance to answer."""

CALLBACKS = Parameter("callbacks", False, "whether the waits of those whom we called back count, too")

ANSWERED, ABANDONED = VISITS.c.outcome == "answered", VISITS.c.outcome == "abandoned"


def waits(settings: Settings) -> ColumnElement[bool]:
    """The visits that count: those of callers, and those of who was called back only where that is set."""
    return true() if settings["callbacks"] else VISITS.c.called_back.is_(False)


def _value(settings: Settings, _: Scope) -> ColumnElement[Any]:
    late = and_(ABANDONED, VISITS.c.waited >= settings["short"]) if settings["abandoned"] else false()
    return case(
        (~waits(settings), None),
        (ANSWERED, case((VISITS.c.waited <= settings["seconds"], 1), else_=0)),
        (late, 0),
        else_=None,
    )


def _counts(settings: Settings) -> Mapping[str, ColumnElement[bool]]:
    counts = waits(settings)
    return {
        "in_time": and_(counts, ANSWERED, VISITS.c.waited <= settings["seconds"]),
        "connected": and_(counts, ANSWERED),
        "abandoned": and_(counts, ABANDONED),
        "short": and_(counts, ABANDONED, VISITS.c.waited < settings["short"]),
    }


SERVICE_LEVEL = Kpi(
    name="service_level",
    title="Service level",
    formula=(
        "callers whom an agent answered within T seconds of joining the queue, of all who were answered or hung up "
        "while they waited; those who hung up within the first seconds count in neither"
    ),
    unit="share",
    of="queue",
    view=VISITS,
    moment="at",
    value=_value,
    counts=_counts,
    parameters=(
        Parameter("seconds", 20.0, "T: the longest wait that counts as in time, in seconds; a queue's service_level"),
        Parameter("short", SHORT, "who hangs up before so many seconds is left out"),
        Parameter("abandoned", True, "whether those who hung up later count as not answered in time, or are left out"),
        CALLBACKS,
    ),
    source=(
        "The ratio behind aims such as 80% in 20s. Practice differs in what becomes of callers who hang up; Cisco's "
        "ICM names three ways (they are ignored, count against it, or count in its favour). Here they count against "
        "it, but for the short ones. A caller counts in the queue, and on the day, in which the wait ended "
        "(CONNECT and ABANDON of Asterisk's queue log)."
    ),
)
