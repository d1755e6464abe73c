"""Reading the log itself: the rows of a figure's view, each with what it counts for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, Select, case, func, literal, select

from ivr.reports.kpi import By, Kpi, Scope, Settings
from ivr.reports.local_spans import local_name
from ivr.reports.named import NONE, in_scope
from ivr.reports.views import quarter

OF_TIME = ("day", "hour", "quarter")


class LogRow(NamedTuple):
    """So many rows that count for the same; None: for nothing."""

    of: str
    value: int | None
    times: int
    counts: Mapping[str, int]


def log_rows(
    connection: Connection, kpi: Kpi, settings: Settings, scope: Scope, by: By, zone: tzinfo
) -> Iterator[LogRow]:
    """All rows of a scope. Raises SQLAlchemyError."""
    counted = kpi.counts(settings)
    for row in connection.execute(_query(kpi, settings, scope, counted, by)).mappings():
        of = local_name(row["of"], by, zone) if by in OF_TIME else NONE if row["of"] is None else str(row["of"])
        value = None if row["value"] is None else int(row["value"])
        yield LogRow(of, value, row["times"], {name: int(row[name]) for name in counted})


def _query(
    kpi: Kpi, settings: Settings, scope: Scope, counted: Mapping[str, ColumnElement[bool]], by: By
) -> Select[Any]:
    columns = kpi.view.c
    moment = columns[kpi.moment]
    match by:
        case "all":
            of: ColumnElement[Any] = literal("")
        case "quarter" | "day" | "hour":
            of = quarter(moment)
        case _:
            of = columns[by]
    numbers = [_one_or_nought(which).label(name) for name, which in counted.items()]
    rows = select(of.label("of"), kpi.value(settings, scope).label("value"), *numbers)
    rows = rows.where(moment >= scope.since, moment < scope.until, *in_scope(columns, scope))
    # In two: to PostgreSQL the same expression with other parameters is another one, and cannot be grouped by.
    each = rows.subquery().c
    sums = [func.sum(each[name]).label(name) for name in counted]
    return select(each.of, each.value, func.count().label("times"), *sums).group_by(each.of, each.value)


def _one_or_nought(which: ColumnElement[bool]) -> ColumnElement[int]:
    return case((which, literal(1, Integer)), else_=literal(0, Integer))
