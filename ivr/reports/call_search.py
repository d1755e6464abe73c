"""Searching the call log: the calls that somebody looks for, the newest first, a page at a time.

What is asked of a call's row is answered by one index, what happened in it by its terms (`ivr.store.call_terms`). The
search goes through the smallest of these lists by the calls' beginning, and asks the others of each call that it meets;
so a page costs what it takes to meet its calls, and not what there is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
)

from ivr.reports.call_conditions import (
    Terms,
    all_of,
    in_index,
    in_span_row,
    is_named,
    looked_for,
    of_row,
    of_terms,
    of_visits,
    terms_of,
    visited,
    within,
)
from ivr.reports.call_kpis import FIRST_CONTACT
from ivr.reports.call_wanted import Wanted
from ivr.reports.kpi import Scope
from ivr.reports.outcomes import OUTCOMES
from ivr.store.call_terms import began_at, call_terms, micros
from ivr.store.log_queries import LoggedCall
from ivr.store.log_tables import calls
from ivr.store.queue_visits import queue_visits
from ivr.store.rollups.kinds import AGAIN_DAYS
from ivr.store.rollups.moments import quarter_of
from ivr.store.rollups.reading import settled

MOST = 10_000
"""So many calls are counted; of more it is said that they are more."""

Place = tuple[int, str]
"""Where a page ends: microseconds since 1970, and a sid."""


@dataclass(frozen=True, slots=True)
class FoundCall:
    """A call of the list. `at` is when it began, or, in search of a figure's calls, when it counted."""

    at: datetime
    call: LoggedCall
    queue: str | None
    agent: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of calls; `hits` are all, `MOST` at most: `more` says that there are more. `older` is where it ends."""

    calls: tuple[FoundCall, ...]
    hits: int
    more: bool
    older: Place | None
    whole: bool = True
    """Whether all that happened is indexed; if not, some calls are not found yet."""


def search(engine: Engine, wanted: Wanted, *, after: Place | None = None, size: int = 50) -> Found:
    """A page of the calls that are looked for, the newest first, from behind a place on. Raises SQLAlchemyError."""
    whole = settled(engine, quarter_of(wanted.since), quarter_of(wanted.until) + 1) is not None
    with engine.connect() as connection:
        walk = _walk(connection, wanted)
        counted = select(func.count()).select_from(walk(None, MOST + 1).subquery())
        hits: int = connection.execute(counted).scalar_one()
        rows_met: Any = connection.execute(walk(after, size + 1))
        places = [(_micros(began), str(sid)) for began, sid in rows_met]
        rows = _rows(connection, [sid for _, sid in places[:size]])
    found = tuple(
        FoundCall(began_at(began), rows[sid].call, rows[sid].queue, rows[sid].agent)
        for began, sid in places[:size]
        if sid in rows
    )
    older = places[size - 1] if len(places) > size else None
    return Found(found, min(hits, MOST), hits > MOST, older, whole)


_Walk = Callable[[Place | None, int], Select[Any]]
"""Given where to begin and how many are wanted: the beginnings and sids of calls, the newest first."""


def _walk(connection: Connection, wanted: Wanted) -> _Walk:
    """The way through the log that meets the fewest calls which are not looked for."""
    counted = _ending(wanted) or _again(wanted)
    if wanted.figure is not None and counted is None:
        return _by_figure(wanted)
    rows, terms = list(of_row(wanted, scoped=counted is None)), terms_of(wanted, scoped=counted is None)
    visits = of_visits(wanted)
    if counted is not None:
        terms.append((counted,))
        for name in ("line", "version", "queue", "agent", "language"):
            rows += is_named(calls.c[name], getattr(wanted, name))
        if wanted.figure is FIRST_CONTACT:
            rows.append(calls.c.ended_at <= wanted.now - timedelta(days=AGAIN_DAYS))
    ways: list[tuple[int, _Walk]] = []
    for one in terms:
        rest = [it for it in terms if it is not one]
        ways.append((_number(connection, of_terms(one, wanted)), _by_term(one, rest, rows, visits, wanted)))
    if visits is not None:
        few = select(queue_visits.c.call_sid).where(visits)
        ways.append((_number(connection, few), _by_sids(few, terms, rows, wanted)))
    if not ways or min(number for number, _ in ways) > MOST:
        by_row = select(calls.c.call_sid).where(*in_span_row(wanted), *(it for it in rows if in_index(it)))
        ways.append((_number(connection, by_row) if len(rows) > 1 else MOST + 2, _by_row(terms, rows, visits, wanted)))
    return min(ways, key=lambda way: way[0])[1]


def _ending(wanted: Wanted) -> str | None:
    """The term of a figure that counts how calls end: each call has one of those."""
    names = {kpi.name: place for place, kpi in enumerate(OUTCOMES)}
    place = names.get(wanted.figure.name) if wanted.figure else None
    return None if place is None or not _counts_one(wanted) else f"ended {place}"


def _again(wanted: Wanted) -> str | None:
    """The term of calls whose caller had to call again, where those are looked for, as they are rolled up."""
    if wanted.figure is not FIRST_CONTACT or FIRST_CONTACT.settings(wanted.settings)["days"] != AGAIN_DAYS:
        return None
    it = wanted.value
    return None if it is None or it.high is None or it.high != 0 or (it.low or 0) > 0 else "again"


def _counts_one(wanted: Wanted) -> bool:
    """Whether the values that are looked for have a 1 among them, the only one of what is counted."""
    it = wanted.value
    return it is None or ((it.low is None or it.low <= 1) and (it.high is None or it.high >= 1))


def _number(connection: Connection, query: Select[Any]) -> int:
    found: int = connection.execute(select(func.count()).select_from(query.limit(MOST + 1).subquery())).scalar_one()
    return found


def _by_row(
    terms: list[Terms], rows: list[ColumnElement[bool]], visits: ColumnElement[bool] | None, wanted: Wanted
) -> _Walk:
    """By the calls' own rows."""

    def walk(after: Place | None, number: int) -> Select[Any]:
        query = select(calls.c.started_at, calls.c.call_sid).where(*in_span_row(wanted), *rows, *all_of(terms))
        if visits is not None:
            query = query.where(visited(visits, calls.c.call_sid))
        return _newest(query, calls.c.started_at, calls.c.call_sid, after, number)

    return walk


def _by_sids(few: Select[Any], terms: list[Terms], rows: list[ColumnElement[bool]], wanted: Wanted) -> _Walk:
    """By calls that are few."""

    def walk(after: Place | None, number: int) -> Select[Any]:
        query = select(calls.c.started_at, calls.c.call_sid).where(calls.c.call_sid.in_(few))
        query = query.where(*in_span_row(wanted), *rows, *all_of(terms))
        return _newest(query, calls.c.started_at, calls.c.call_sid, after, number)

    return walk


def _by_term(
    one: Terms,
    rest: list[Terms],
    rows: list[ColumnElement[bool]],
    visits: ColumnElement[bool] | None,
    wanted: Wanted,
) -> _Walk:
    """By the calls of a term, or of any of some."""

    def walk(after: Place | None, number: int) -> Select[Any]:
        query = of_terms(one, wanted)
        for other in rest:
            too = call_terms.alias()
            same = and_(too.c.began == call_terms.c.began, too.c.call_sid == call_terms.c.call_sid)
            query = query.where(exists().where(too.c.term.in_(other), same))
        query = query.where(exists().where(calls.c.call_sid == call_terms.c.call_sid, *rows))
        if visits is not None:
            query = query.where(visited(visits, call_terms.c.call_sid))
        if len(one) > 1:
            query = query.distinct()
        return _newest(query, call_terms.c.began, call_terms.c.call_sid, after, number)

    return walk


def _by_figure(wanted: Wanted) -> _Walk:
    """By the rows that a figure counts, at the moments at which they count."""
    kpi = wanted.figure
    assert kpi is not None  # noqa: S101 - who calls has looked
    view = kpi.view.c
    sid = view.call_sid if "call_sid" in view else literal_column(f"{kpi.view.name}.call_sid")
    moment = view[kpi.moment]
    scope = Scope(wanted.since, wanted.until, now=wanted.now)
    value = kpi.value(kpi.settings(wanted.settings), scope)
    which = [moment >= wanted.since, moment < wanted.until, value.is_not(None)]
    for name in ("line", "version", "queue", "agent", "language"):
        which += is_named(view[name], getattr(wanted, name))
    if kpi.unit == "number" and not _counts_one(wanted):
        which = [false()]
    elif wanted.value is not None:
        which += within(value, wanted.value)
    if wanted.survey is not None and wanted.score is None and "survey" in view:
        which.append(view.survey == wanted.survey)  # of the rows that count, and not of any answer in their calls
        wanted = replace(wanted, survey=None)
    which += looked_for(wanted, sid, kpi.view)

    def walk(after: Place | None, number: int) -> Select[Any]:
        query = select(moment.label("moment"), sid.label("sid")).select_from(kpi.view).where(*which).distinct()
        return _newest(query, moment, sid, after, number)

    return walk


def _newest(
    query: Select[Any], began: ColumnElement[Any], sid: ColumnElement[Any], after: Place | None, number: int
) -> Select[Any]:
    """So many of them, the newest first, behind a place."""
    if after is not None:
        where = after[0] if began is call_terms.c.began else began_at(after[0])
        query = query.where(began <= where, or_(began < where, sid < after[1]))
    return query.order_by(began.desc(), sid.desc()).limit(number)


# The calls of a page


@dataclass(frozen=True, slots=True)
class _Row:
    call: LoggedCall
    queue: str | None
    agent: str | None


def _rows(connection: Connection, sids: list[str]) -> dict[str, _Row]:
    names = (*LoggedCall.__slots__, "queue", "agent")
    query = select(*(calls.c[name] for name in names)).where(calls.c.call_sid.in_(sids))
    found = {}
    for row in connection.execute(query).mappings():
        call = LoggedCall(**{name: row[name] for name in LoggedCall.__slots__})
        found[call.call_sid] = _Row(call, row["queue"], row["agent"])
    return found


def _micros(began: datetime | int) -> int:
    return began if isinstance(began, int) else micros(began)
