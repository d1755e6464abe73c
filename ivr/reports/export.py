"""Taking the log out, row by row: however much there is, only a batch of it is in memory."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from sqlalchemy import Engine, Select, func, select

from ivr.reports.export_columns import Export
from ivr.reports.kpi import Scope
from ivr.reports.named import in_scope

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
        at = [place for place, it in enumerate(export.columns) if it.kind == "fields"]
        for rows in result.partitions():
            yield [_shown(row, at) for row in rows] if at else rows


def _shown(row: Sequence[Any], at: Sequence[int]) -> Sequence[Any]:
    return [shown(value) if place in at else value for place, value in enumerate(row)]


def shown(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an input or an event, but for where the carrier has its recording.

    Unless an account asks for credentials there (Twilio's "Enforce HTTP Auth on Media URLs"), whoever has the address
    can hear it, and who may read the log may not therefore listen.
    """
    return {name: value for name, value in fields.items() if name != "url"} if "url" in fields else fields


def columns_of(export: Export) -> Select[Any]:
    """The query of all its columns, by their names."""
    return export.rows(*(it.of.label(it.name) for it in export.columns))


def within(export: Export, query: Select[Any], scope: Scope) -> Select[Any]:
    """The query of an export, narrowed to a part of the log."""
    columns = export.view.c
    moment = columns[export.moment]
    return query.where(moment >= scope.since, moment < scope.until, *in_scope(columns, scope))
