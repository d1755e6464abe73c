"""The cube of the key figures: how often each value was there, by span of time, line, version, language, queue, agent.

A row is of one grain and one kind (`kinds` says what `value` means in each). `times` is how many things it counts;
`total` and `squares` are the sums of their seconds and of their squares: exact, also where `value` is a bucket.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, SmallInteger, Table

from ivr.store.rollups.grains import DIMENSIONS, FINEST, GRAINS, HALF_HOUR, Grain
from ivr.store.rollups.kinds import Kind, coarse_sql
from ivr.store.rollups.moments import moment_of, quarter_sql, sql_for, stored
from ivr.store.rollups.names import intern
from ivr.store.rollups.rollup import DAY, Rollup
from ivr.store.rollups.sources import SOURCES, Count, Source
from ivr.store.sql import metadata

_KEY = ("grain", "kind", "begins", *DIMENSIONS, "called_back", "value")

rollups = Table(
    "rollups",
    metadata,
    Column("grain", SmallInteger, primary_key=True),
    Column("kind", SmallInteger, primary_key=True),
    Column("begins", Integer, primary_key=True),
    *(Column(name, Integer, primary_key=True) for name in DIMENSIONS),
    Column("called_back", SmallInteger, primary_key=True),
    Column("value", Integer, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("squares", BigInteger, nullable=False),
    # In PostgreSQL this is all: a key of ten columns would be as large as the rows. In SQLite they lie by their key.
    Index("ix_rollups_grain_kind_begins", "grain", "kind", "begins", info={"only": "postgresql"}),
    sqlite_with_rowid=False,
)

_REST = ", ".join(_KEY[1:])
_KINDS = ", ".join(f"{kind:d}" for kind in Kind)
_BETWEEN = "begins >= :since AND begins < :until"


def _rebuild(connection: Connection, since: int, until: int) -> None:
    _run(connection, _removing(FINEST), since, until)
    moments = [stored(connection, moment_of(quarter)) for quarter in (since, until)]
    marks = sql_for(connection, _NAMED), tuple(moments * len(_NAMING))
    intern(connection, {name for row in connection.exec_driver_sql(*marks) for name in row if name is not None})
    for statement in _counting(connection.dialect.name):
        _run(connection, statement, *moments)
    for grain in GRAINS:
        if grain.span == HALF_HOUR:
            began, ends = since // HALF_HOUR * HALF_HOUR, -(-until // HALF_HOUR) * HALF_HOUR
            _put_together(connection, FINEST, grain, began, ends)


def _lengthen(connection: Connection, span: int, begins: int) -> None:
    days = {grain.dimensions: grain for grain in GRAINS if grain.span == DAY < span and grain.fine}
    for grain in GRAINS:
        if grain.span == span:
            _put_together(connection, days.get(grain.dimensions, FINEST), grain, begins, begins + span)


CUBE = Rollup("figures", _rebuild, _lengthen)


def _put_together(connection: Connection, made_of: Grain, grain: Grain, since: int, until: int) -> None:
    """Makes the rows of one grain in these spans anew from those of a finer one."""
    _run(connection, _removing(grain), since, until)
    _run(connection, _adding_up(made_of, grain), since, until)


def _run(connection: Connection, statement: str, *values: Any) -> None:
    # By the driver: SQLAlchemy's own way costs more than the database does, and this is done for each quarter-hour.
    connection.exec_driver_sql(sql_for(connection, statement), tuple(values))


@cache
def _removing(grain: Grain) -> str:
    # By the kinds, too, as the rows lie.
    return f"DELETE FROM rollups WHERE grain = {grain.number} AND kind IN ({_KINDS}) AND {_BETWEEN}"  # noqa: S608


@cache
def _counting(dialect: str) -> tuple[str, ...]:
    """The statements that count what the views of the log have between two moments."""
    return tuple(_count(dialect, source, count) for source in SOURCES for count in source.counts)


def _count(dialect: str, source: Source, count: Count) -> str:
    joins = " ".join(f"LEFT JOIN rollup_names AS n_{name} ON n_{name}.name = it.{name}" for name in DIMENSIONS)
    dimensions = ", ".join(f"coalesce(n_{name}.id, 0) AS {name}" for name in DIMENSIONS)
    called_back = "CASE WHEN it.called_back THEN 1 ELSE 0 END" if source.called_back else "0"
    seconds = count.seconds(dialect) if count.seconds else "0"
    each = (
        f"SELECT {count.kind} AS kind, {quarter_sql(dialect, f'it.{source.moment}')} AS begins, {dimensions}, "  # noqa: S608
        f"{called_back} AS called_back, {count.value(dialect)} AS value, {seconds} AS seconds "
        f"FROM {source.view} AS it {joins} WHERE {source.between} AND {count.only}"
    )
    return _insert(FINEST, "count(*), coalesce(sum(seconds), 0), coalesce(sum(seconds * seconds), 0)", each)


@cache
def _adding_up(made_of: Grain, grain: Grain) -> str:
    dimensions = ", ".join(name if name in grain.dimensions else f"0 AS {name}" for name in DIMENSIONS)
    value = "value" if grain.fine else f"{coarse_sql()} AS value"
    each = (
        f"SELECT kind, begins / {grain.span} * {grain.span} AS begins, {dimensions}, called_back, {value}, "  # noqa: S608
        f"times, total, squares FROM rollups WHERE grain = {made_of.number} AND kind IN ({_KINDS}) AND {_BETWEEN}"
    )
    return _insert(grain, "sum(times), sum(total), sum(squares)", each)


def _insert(grain: Grain, sums: str, each: str) -> str:
    into = f"INSERT INTO rollups ({', '.join(_KEY)}, times, total, squares)"
    return f"{into} SELECT {grain.number}, {_REST}, {sums} FROM ({each}) AS told GROUP BY {_REST}"  # noqa: S608


_NAMING = tuple(source for source in SOURCES if source.names)
_NAMED = " UNION ".join(
    f"SELECT {', '.join(f'it.{name}' for name in DIMENSIONS)} FROM {source.view} AS it WHERE {source.between}"  # noqa: S608
    for source in _NAMING
)
