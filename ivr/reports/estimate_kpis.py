"""Of what callers were told while they waited: how true it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal

from ivr.reports.kpi import Kpi, Scope, Settings
from ivr.reports.views import WAITS_TOLD, whole_seconds

_TOLD = WAITS_TOLD.c

_SOURCE = (
    "Our own. The range is the one that was heard, in whole minutes. Callers who hung up, left or were called back "
    "are in neither part: nobody knows how long they would have waited. A range counts at the moment at which it was "
    "told, and one caller may hear several."
)

_MINUTE = literal(60, Integer)

# As `ivr.call.queue_words` puts a range into words: "less than a minute", or whole minutes around it.
_LEAST = _TOLD.low // _MINUTE
_LOW = case((_TOLD.high <= 60, 0), (_LEAST < 1, 60), else_=_LEAST * 60)
_MOST = (_TOLD.high + 59) // _MINUTE * 60
_HIGH = case((_TOLD.high <= 60, 60), (_MOST < _LOW + 60, _LOW + 60), else_=_MOST)

_ANSWERED = _TOLD.outcome == "answered"
_WAITED = whole_seconds(_TOLD.ended_at) - whole_seconds(_TOLD.at)


def _right(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((~_ANSWERED, None), (_TOLD.outcome.is_(None), None), (_WAITED.between(_LOW, _HIGH), 1), else_=0)


def _counts(_: Settings) -> Mapping[str, ColumnElement[bool]]:
    return {
        "shorter": and_(_ANSWERED, _WAITED < _LOW),
        "longer": and_(_ANSWERED, _WAITED > _HIGH),
    }


def _error(_: Settings, __: Scope) -> ColumnElement[Any]:
    return case((_ANSWERED, func.abs(_WAITED - (_LOW + _HIGH) // 2)))


ESTIMATE_RIGHT = Kpi(
    name="estimate_right",
    title="Waits as told",
    formula="times that a waiting caller was told how long it may still take, and the wait from then on ended within "
    "that range, of all such times after which an agent answered",
    unit="share",
    of="queue",
    view=WAITS_TOLD,
    moment="at",
    value=_right,
    counts=_counts,
    source=_SOURCE,
)

ESTIMATE_ERROR = Kpi(
    name="estimate_error",
    title="Mean error of waits told",
    formula="the difference between the middle of the range that a waiting caller was told and the wait from then on, "
    "too long or too short alike, added up, by how many such ranges there are after which an agent answered",
    unit="seconds",
    of="queue",
    view=WAITS_TOLD,
    moment="at",
    value=_error,
    source=_SOURCE,
)
