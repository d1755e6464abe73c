"""Taking the log out, row by row: however much there is, only a batch of it is in memory."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, func, select

from ivr.reports.export_columns import Export

BATCH = 2000
"""Rows that are fetched and written at once."""


def count(engine: Engine, export: Export, since: datetime, until: datetime, line: str | None = None) -> int:
    """How many rows there are. Raises SQLAlchemyError."""
    rows = _within(export, export.rows(export.columns[0].of), since, until, line).order_by(None).subquery()
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())


def batches(
    engine: Engine, export: Export, since: datetime, until: datetime, line: str | None = None
) -> Generator[Sequence[Sequence[Any]], None, None]:
    """The rows of calls from `since` to before `until` (aware), in batches; each row in the order of the columns.

    All are as they were at one moment. To stop early, close it. Raises SQLAlchemyError.
    """
    query = _within(export, export.rows(*(it.of.label(it.name) for it in export.columns)), since, until, line)
    # The result is closed by hand: PostgreSQL's cursor complains of a list that was not read to its end.
    with (
        engine.connect() as connection,
        connection.execution_options(yield_per=BATCH).execute(query) as result,
    ):
        yield from result.partitions()


def _within(export: Export, query: Select[Any], since: datetime, until: datetime, line: str | None) -> Select[Any]:
    query = query.where(export.moment >= since, export.moment < until)
    return query if line is None else query.where(export.line == line)
