"""A caller in the database: found by their hash, removed with their calls, masked where others name them, searched for.

What is of a call goes by the names of its columns, in whichever table: `call_sid`, `leg_sid`, `caller_hash`,
`number_hash`. What somebody else's row says of the caller (keys that another one pressed, a note of the desk, who
listened to what) stays, without the number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    and_,
    cast,
    delete,
    false,
    func,
    or_,
    select,
    text,
    update,
)

from ivr.store.erasing.erased_calls import note_erased
from ivr.store.erasing.found import Counted, Found
from ivr.store.erasing.person import AS_CALLED, Person
from ivr.store.log_tables import calls
from ivr.store.rollups.marks import mark_calls
from ivr.store.sql import for_writing

BY_CALL = ("call_sid", "leg_sid")
BY_HASH = ("caller_hash", "number_hash")

STAY = frozenset({"agent_states"})
"""What an agent did stays theirs: it loses the call, not the row."""

PUBLISHED = frozenset({"alembic_version", "versions"})
"""What ops wrote for callers to hear is nobody's data: a number in it is one that callers reach."""

_AT_ONCE = 500
"""Calls of one statement."""

_ROWS = 2000
"""Rows that are searched at a time."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that names the caller, in these columns; `sid` is of the call that it is of, if it is of one."""

    table: Table
    key: tuple[Any, ...]
    columns: tuple[str, ...]
    sid: str | None


def tables_of(engine: Engine) -> list[Table]:
    """The tables that there are, whoever made them, but for what is published."""
    there = MetaData()
    there.reflect(engine)
    return [table for table in there.sorted_tables if table.name not in PUBLISHED]


def find_calls(engine: Engine, person: Person) -> None:
    """Adds the calls that the database knows to be of the caller."""
    found: set[str] = set()
    with engine.connect() as connection:
        for table in tables_of(engine):
            theirs = _by_hash(table, person)
            for name in BY_CALL:
                if theirs is not None and name in table.c:
                    found |= {sid for sid in connection.scalars(select(table.c[name]).where(theirs)) if sid}
        # A callback may be booked to another number than one's own: the call is of who made it.
        for sids in _cut(found):
            other = calls.c.caller_hash.is_not(None) & calls.c.caller_hash.not_in(person.hashes)
            found -= set(connection.scalars(select(calls.c.call_sid).where(calls.c.call_sid.in_(sids), other)))
        person.called = (
            connection.scalar(select(calls.c.called == person.number).where(calls.c.called == person.number).limit(1))
            or False
        )
    person.sids |= found - person.going_on


def count(engine: Engine, person: Person) -> dict[str, int]:
    """How many rows of each table would be removed."""
    with engine.connect() as connection:
        found = {
            table.name: sum(
                connection.scalar(select(func.count()).select_from(table).where(which)) or 0
                for which in _theirs(table, person)
            )
            for table in tables_of(engine)
        }
    return {name: number for name, number in found.items() if number}


def remove(engine: Engine, person: Person, at: datetime) -> dict[str, int]:
    """Removes their rows, in one transaction, and notes their calls as erased; how many of each table.

    Figures follow the log: what was counted of these calls is marked, and counted anew without them.
    """
    removed: dict[str, int] = {}
    with for_writing(engine).begin() as connection:
        note_erased(connection, person.sids, at)
        for sids in _cut(person.sids):
            mark_calls(connection, sids)
        for table in reversed(tables_of(engine)):
            for which in _theirs(table, person):
                if table.name in STAY:
                    without = {name: None for name in (*BY_CALL, "offer") if name in table.c}
                    done = connection.execute(update(table).where(which).values(without))
                else:
                    done = connection.execute(delete(table).where(which))
                removed[table.name] = removed.get(table.name, 0) + done.rowcount
    return {name: number for name, number in removed.items() if number}


def search(engine: Engine, person: Person, found: Found) -> list[Hit]:
    """Looks into every row of every table for the caller; what names them, and goes with no going-on call."""
    hits = []
    for table in tables_of(engine):
        with engine.connect() as connection:
            place = found.at(f"table {table.name}", "rows")
            for hit in _named(connection, table, person, place):
                if hit.sid in person.going_on:
                    place.going_on += 1
                else:
                    place.found += 1
                    hits.append(hit)
            for which in _of_calls(table, person.sids):
                place.found += connection.scalar(select(func.count()).select_from(table).where(which)) or 0
    if engine.dialect.name == "postgresql":
        _search_statistics(engine, person, found.at("the planner's statistics", "columns"))
    return hits


def mask(engine: Engine, person: Person, hits: Sequence[Hit]) -> dict[str, int]:
    """Masks what rows that stay say of the caller; how many of each table."""
    masked: dict[str, int] = {}
    for hit in hits:
        of_key = zip(_key(hit.table), hit.key, strict=True)
        which = and_(*(column.is_(None) if value is None else column == value for column, value in of_key))
        with for_writing(engine).begin() as connection:
            row = connection.execute(select(hit.table).where(which)).mappings().first()
            if row is not None:
                values = {name: _masked(row[name], person) for name in hit.columns}
                masked[hit.table.name] = masked.get(hit.table.name, 0) + 1
                connection.execute(update(hit.table).where(which).values(values))
    return masked


def _by_hash(table: Table, person: Person) -> ColumnElement[bool] | None:
    """The rows of a table that have the caller's hash, but for those of calls that go on."""
    names = [name for name in BY_HASH if name in table.c]
    if not names or not person.hashes:
        return None
    which = or_(*(table.c[name].in_(person.hashes) for name in names))
    return and_(which, table.c.call_sid.not_in(person.going_on)) if "call_sid" in table.c and person.going_on else which


def _of_calls(table: Table, sids: Collection[str]) -> Iterator[ColumnElement[bool]]:
    names = [name for name in BY_CALL if name in table.c]
    for some in _cut(sids) if names else ():
        yield or_(*(table.c[name].in_(some) for name in names))


def _theirs(table: Table, person: Person) -> Iterator[ColumnElement[bool]]:
    """The rows of a table that are the caller's, in parts that a statement can take."""
    by_hash = _by_hash(table, person)
    if by_hash is None:
        yield from _of_calls(table, person.sids)
        return
    yield by_hash
    for which in _of_calls(table, person.sids):
        yield which & ~func.coalesce(by_hash, false())


def _cut(sids: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(sids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _named(connection: Connection, table: Table, person: Person, place: Counted) -> Iterator[Hit]:
    """The rows whose text, JSON or bytes name the caller; a sid in a column of its own is asked for elsewhere."""
    others = (*BY_CALL, *(AS_CALLED if person.called else ()))
    columns = [one for one in table.c if isinstance(one.type, String | JSON | LargeBinary) and one.name not in others]
    if not columns:
        return
    key = _key(table)
    sid = [table.c.call_sid] if "call_sid" in table.c else []
    query = select(*key, *sid, *map(_readable, columns)).execution_options(yield_per=_ROWS)
    first = len(key) + len(sid)
    with connection.execute(query) as result:
        for rows in result.partitions():
            texts = [[_text(value) for value in row[first:]] for row in rows]
            whole = "\0".join("\0".join(row) for row in texts)
            place.looked(len(rows), len(whole))
            if not person.in_text(whole):
                continue
            for row, read in zip(rows, texts, strict=True):
                if names := tuple(one.name for one, value in zip(columns, read, strict=True) if person.in_text(value)):
                    yield Hit(table, tuple(row[: len(key)]), names, row[len(key)] if sid else None)


def _key(table: Table) -> list[Column[Any]]:
    """By what a row is told from others: where there is no key, by all that can be compared."""
    return list(table.primary_key) or [column for column in table.c if not isinstance(column.type, JSON)]


def _search_statistics(engine: Engine, person: Person, place: Counted) -> None:
    """PostgreSQL keeps samples of each column for its planner; who may not see some is shown none of them."""
    query = "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE schemaname = current_schema()"
    with engine.connect() as connection:
        for row in connection.execute(text(query)):
            values = "\0".join(map(_text, row))
            place.looked(1, len(values))
            place.found += person.in_text(values)


def _readable(column: Column[Any]) -> ColumnElement[Any]:
    """JSON as its text: to read it would take ten times as long."""
    return cast(column, Text) if isinstance(column.type, JSON) else column


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bytes() | memoryview():
            return bytes(value).decode("latin-1")
        case _:
            return str(value)


def _masked(value: Any, person: Person) -> Any:
    match value:
        case str():
            return person.masked_in(value)
        case bytes():
            return person.masked_in_bytes(value)
        case dict():
            stays = AS_CALLED if person.called else ()
            return {
                person.masked_in(name): one if name in stays and one == person.number else _masked(one, person)
                for name, one in value.items()
            }
        case list():
            return [_masked(one, person) for one in value]
        case int() | float() if not isinstance(value, bool) and person.named_in(text_ := orjson.dumps(value).decode()):
            return person.masked_in(text_)
        case _:
            return value
