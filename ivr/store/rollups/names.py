"""Names as numbers: of lines, versions, languages, queues, agents. 0 is no name."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, select
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite

from ivr.store.sql import metadata

rollup_names = Table(
    "rollup_names",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Index("uq_rollup_names_name", "name", unique=True),
)
"""One row a name; none goes when it is no longer used."""


def intern(connection: Connection, wanted: Iterable[str]) -> None:
    """Gives numbers to names that have none yet, whoever else does so at the same time."""
    missing = set(wanted)
    if missing:
        missing -= set(connection.scalars(select(rollup_names.c.name)))
    if rows := [{"name": name} for name in sorted(missing)]:
        insert = insert_in_sqlite if connection.dialect.name == "sqlite" else insert_in_postgresql
        connection.execute(insert(rollup_names).on_conflict_do_nothing(index_elements=["name"]), rows)


def names(connection: Connection) -> dict[int, str]:
    """All names by their numbers."""
    return {row.id: row.name for row in connection.execute(select(rollup_names))}


def ids(connection: Connection, wanted: Iterable[str]) -> dict[str, int]:
    """The numbers of names; -1 of one that nothing has."""
    wanted = list(wanted)
    query = select(rollup_names).where(rollup_names.c.name.in_(wanted))
    return dict.fromkeys(wanted, -1) | {row.name: row.id for row in connection.execute(query)}
