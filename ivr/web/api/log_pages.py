"""Lists of the log, page by page: a page begins after the last row of the one before, however much has come since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from ivr.reports.call_conditions import looked_for
from ivr.reports.export import columns_of, shown, within
from ivr.reports.export_columns import EXPORTS
from ivr.reports.kpi import Scope
from ivr.store.log_queries import LogQueries
from ivr.store.rollups.moments import quarter_of
from ivr.store.rollups.reading import settled
from ivr.web.api import answered, asked
from ivr.web.api.problems import Refused
from ivr.web.people.office import office

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_CALLS, _ANSWERS = EXPORTS["calls"], EXPORTS["surveys"]
_C, _A = _CALLS.view.c, _ANSWERS.view.c


def calls(query: asked.Calls) -> answered.CallPage:
    """A page of calls. Raises Refused, SQLAlchemyError."""
    scope = _rest(query, query.after)
    asked_of_calls = looked_for(query.wanted(scope), _C.call_sid, _CALLS.view)
    if asked_of_calls and settled(office().engine, quarter_of(scope.since), quarter_of(scope.until) + 1) is None:
        raise Refused(503)  # what happened in them is not all indexed yet
    wanted = within(_CALLS, columns_of(_CALLS), scope).where(*asked_of_calls)
    rows, after = _page(wanted, (_C.started_at, _C.call_sid), query, query.after)
    return answered.CallPage(calls=[answered.Call(**row) for row in rows], next=after)


def survey_answers(query: asked.Answers) -> answered.SurveyPage:
    """A page of answers to surveys. Raises Refused, SQLAlchemyError."""
    wanted = within(_ANSWERS, columns_of(_ANSWERS), _rest(query, query.after))
    for name in ("survey", "question", "kind"):
        if (value := getattr(query, name)) is not None:
            wanted = wanted.where(_A[name] == value)
    rows, after = _page(wanted, (_A.at, _A.call_sid, _A.seq), query, query.after)
    return answered.SurveyPage(answers=[answered.SurveyAnswer(**row) for row in rows], next=after)


def call(_: asked.Asked, sid: str) -> answered.Story:
    """One call with its records. Raises Refused, SQLAlchemyError."""
    if "\0" in sid:
        raise Refused(404)  # PostgreSQL refuses even the question
    with office().engine.connect() as connection:
        row = connection.execute(columns_of(_CALLS).where(_C.call_sid == sid)).mappings().one_or_none()
    if row is None:
        raise Refused(404)
    records = LogQueries(office().engine).records(sid)
    return answered.Story(
        call=answered.Call(**row),
        records=[
            answered.Happened(seq=it.seq, at=it.at, input=shown(it.input), events=[shown(one) for one in it.events])
            for it in records
        ],
    )


def _rest(query: asked.Paged, after: str | None) -> Scope:
    """The part of the log that pages from here on are of: an index finds it, however far on that is."""
    scope = query.scope(query.clock())
    if after is None:
        return scope
    last = _moment(after)
    if query.order == "newest":
        return replace(scope, until=min(scope.until, last + _MICROSECOND))
    return replace(scope, since=max(scope.since, last))


def _moment(after: str) -> datetime:
    return _EPOCH + int(after.partition("|")[0]) * _MICROSECOND


def _page(
    wanted: Any, key: Sequence[ColumnElement[Any]], query: asked.Paged, after: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """The rows of a page, and where the next one begins. `key` is a moment, a call, and what else makes it one row."""
    newest = query.order == "newest"
    if after is not None:
        _, sid, *more = after.split("|") if len(key) == 3 else after.split("|", 1)
        last: list[Any] = [_moment(after), sid, *map(int, more)]
        beyond: ColumnElement[bool] = false()
        for column, value in reversed(list(zip(key, last, strict=True))):
            further = column < value if newest else column > value
            beyond = or_(further, and_(column == value, beyond))
        wanted = wanted.where(beyond)
    wanted = wanted.order_by(None).order_by(*(it.desc() if newest else it for it in key)).limit(query.limit + 1)
    with office().engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(wanted).mappings()]
    if len(rows) <= query.limit:
        return rows, None
    end = rows[query.limit - 1]
    moment = end[key[0].key or ""]
    ending = "|".join(str(end[it.key or ""]) for it in key[1:])
    return rows[: query.limit], f"{(moment - _EPOCH) // _MICROSECOND}|{ending}"
