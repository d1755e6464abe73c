"""Taking the log out, row by row: however much there is, only a batch of it is in memory."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, func, or_, select

from ivr.reports.export_columns import Export
from ivr.reports.kpi import Scope

BATCH = 2000
"""Rows that are fetched and written at once."""


def count(engine: Engine, export: Export, scope: Scope) -> int:
    """How many rows there are. Raises SQLAlchemyError."""
    rows = within(export, export.rows(export.columns[0].of), scope).order_by(None).subquery()
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())


def batches(engine: Engine, export: Export, scope: Scope) -> Generator[Sequence[Sequence[Any]], None, None]:
    """The rows of a part of the log, in batches; each row in the order of the columns.

    All are as they were at one moment. To stop early, close it. Raises SQLAlchemyError.
    """
    query = within(export, columns_of(export), scope)
    # The result is closed by hand: PostgreSQL's cursor complains of a list that was not read to its end.
    with (
        engine.connect() as connection,
        connection.execution_options(yield_per=BATCH).execute(query) as result,
    ):
        yield from result.partitions()


def columns_of(export: Export) -> Select[Any]:
    """The query of all its columns, by their names."""
    return export.rows(*(it.of.label(it.name) for it in export.columns))


def within(export: Export, query: Select[Any], scope: Scope) -> Select[Any]:
    """The query of an export, narrowed to a part of the log."""
    columns = export.view.c
    query = query.where(columns[export.moment] >= scope.since, columns[export.moment] < scope.until)
    if scope.queues is not None:
        query = query.where(or_(*(_named(columns.queue, it) for it in scope.queues)))
    names = {name: getattr(scope, name) for name in ("line", "version", "agent", "language")}
    return query.where(*(_named(columns[name], wanted) for name, wanted in names.items() if wanted is not None))


def _named(column: ColumnElement[Any], wanted: str) -> ColumnElement[bool]:
    """Whether it has this name; "-" is none."""
    return column.is_(None) if wanted == "-" else column == wanted
