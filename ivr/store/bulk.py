"""Many rows at once, straight to the driver: by statements of many rows in SQLite, by COPY in PostgreSQL.

Values are as the database keeps them: moments as text in UTC, JSON as text, yes and no as 1 and 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

_VALUES = 600
"""Values in one statement of SQLite: with many more of them, it spends its time on finding their places."""

_CACHE = 200_000
"""Kilobytes of the database that SQLite keeps in memory while rows go all over its indexes."""


def prepare(connection: Connection) -> None:
    """Makes a connection ready, within its transaction."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE}")
    else:
        connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))


def insert_many(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows, whose values stand in the order of the columns. Raises what SQLAlchemy makes of driver's errors."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _statements(connection, table, columns, rows)
    else:
        _copy(connection, table, columns, rows)


def _statements(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    marks = f"({', '.join('?' for _ in columns)})"
    into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "  # noqa: S608 - our own names
    size = max(1, _VALUES // len(columns))
    many = into + ", ".join([marks] * size)
    whole = len(rows) - len(rows) % size
    for start in range(0, whole, size):
        connection.exec_driver_sql(many, tuple(chain.from_iterable(rows[start : start + size])))
    if whole < len(rows):
        connection.exec_driver_sql(into + marks, list(rows[whole:]))


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - the connection is open
    into = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    failed = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(into) as copy:
            for start in range(0, len(rows), 1000):
                copy.write("".join(map(_line, rows[start : start + 1000])))
    except failed as error:
        raise OperationalError(into, None, error) from error


def _line(row: tuple[Any, ...]) -> str:
    """A row as COPY reads it: tabs between, \\N for nothing."""
    cells = [
        r"\N"
        if value is None
        else value.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n")
        if type(value) is str
        else str(value)
        for value in row
    ]
    return "\t".join(cells) + "\n"
