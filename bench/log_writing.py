"""Records into SQL, beside a bare executemany of the rows that they become."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, make_url, text

from bench.figures import aimed, spread
from bench.line import NUMBER, line
from bench.serving import KEY
from ivr.call import Call, step
from ivr.call.inputs import HungUp, Pressed, Started
from ivr.call.wire import dump_record
from ivr.menu import load
from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash
from ivr.store.calls import log_key, partition
from ivr.store.sql import for_writing, migrate, open_engine
from ivr.switchboard.log_writer import BATCH

ROUNDS = 5
CALLS = 500
AT_ONCE = 100
"""Calls that go on at the same time: a batch has a few records of each."""
LENGTH = 8
"""Records of a call: its start, keys, and its end."""
TABLES = ("records", "events", "calls")


@dataclass(frozen=True, slots=True)
class Insert:
    """One executemany: the statement, and its rows."""

    statement: str
    rows: list[tuple[Any, ...]]


def run(folder: Path) -> list[str]:
    """Measures every database that there is; the lines that tell what was found."""
    batches = _batches()
    count = sum(map(len, batches))
    rows = [f"{ROUNDS} rounds of {count:,} records of {CALLS} calls, {AT_ONCE} at a time, in transactions of {BATCH}"]
    with _sqlite(folder) as databases:
        rows.append(_measured("SQLite", databases, batches, count))
    url = os.environ.get("TEST_POSTGRES_URL")
    if not url:
        return [*rows, "PostgreSQL: not measured, TEST_POSTGRES_URL names none"]
    with _postgresql(url) as databases:
        rows.append(_measured("PostgreSQL", databases, batches, count))
    return rows


def _measured(name: str, databases: tuple[Engine, Engine], batches: list[list[Entry]], count: int) -> str:
    ours, bare = databases
    log = CallLog(ours, CallerHash(KEY))
    ratios, rates, floors = [], [], []
    inserts: list[list[Insert]] | None = None
    for number in range(ROUNDS + 1):
        _empty(ours)
        _empty(bare)
        began = time.perf_counter()
        written = sum(log.write(batch).new for batch in batches)
        seconds = time.perf_counter() - began
        if written != count:
            raise RuntimeError(f"{name}: {written} of {count} records were written")
        inserts = inserts or _same_rows(ours, batches)
        began = time.perf_counter()
        _execute(bare, inserts)
        floor = time.perf_counter() - began
        if number:
            ratios.append(floor / seconds)
            rates.append(count / seconds)
            floors.append(count / floor)
    ratio = spread(ratios)
    return (
        f"{name}: {spread(rates).show()} records/s, bare {spread(floors).show()};"
        f" ratio {ratio.show(2)}   {aimed(ratio.middle, 0.5)}"
    )


def _batches() -> list[list[Entry]]:
    """The records of calls that the engine really made, dealt out as a worker reads them."""
    flow = load({"bench.yaml": line(10).encode()}).flows["bench"]
    entries: list[Entry] = []
    for start in range(0, CALLS, AT_ONCE):
        calls = []
        for number in range(start, start + AT_ONCE):
            sid = f"CA{number:032x}"
            calls.append(Call(sid, "0123456789ab", "bench", f"+1500555{number:04}", NUMBER))
        for turn in range(LENGTH):
            for place, call in enumerate(calls):
                at = datetime(2026, 7, 1, 15, tzinfo=UTC) + timedelta(seconds=10 * turn + place / 7)
                input_: Any = Pressed(at, str(turn % 5 + 1))
                if turn == 0:
                    input_ = Started(at, call.caller, call.to, call.line, call.version)
                elif turn == LENGTH - 1:
                    input_ = HungUp(at)
                taken = step(flow, call, input_)
                calls[place] = taken.call
                stream = log_key(partition(call.sid))
                entries.append(Entry(stream, b"%d-0" % len(entries), call.sid, dump_record(taken.record)))
    return [entries[start : start + BATCH] for start in range(0, len(entries), BATCH)]


def _same_rows(engine: Engine, batches: list[list[Entry]]) -> list[list[Insert]]:
    """The rows that were written, for each batch, as the driver takes them; a call's row with its first record."""
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    seen: set[str] = set()
    tables: dict[str, tuple[str, list[dict[str, Any]]]] = {}
    with engine.connect() as connection:
        for table in TABLES:
            # As text where the driver would read JSON into objects: a bare insert has its rows ready.
            found = connection.exec_driver_sql(f"SELECT * FROM {table} LIMIT 1")
            names = list(found.keys())
            types = {column[0]: column[1] for column in found.cursor.description} if found.cursor else {}
            found.close()
            json = {name for name in names if types.get(name) in (114, 3802)}
            columns = ", ".join(f"{name}::text AS {name}" if name in json else name for name in names)
            found = connection.exec_driver_sql(f"SELECT {columns} FROM {table}")
            marks = ", ".join(mark for _ in names)
            statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
            tables[table] = (statement, [dict(row) for row in found.mappings()])
    of: dict[str, dict[Any, list[tuple[Any, ...]]]] = {table: {} for table in TABLES}
    for table, (_, rows) in tables.items():
        for row in rows:
            key = row["call_sid"] if table == "calls" else (row["call_sid"], row["seq"])
            of[table].setdefault(key, []).append(tuple(row.values()))
    made = []
    for batch in batches:
        keys = [(entry.sid, _seq(entry)) for entry in batch]
        new = [sid for sid in dict.fromkeys(sid for sid, _ in keys) if sid not in seen]
        seen.update(new)
        wanted: dict[str, Sequence[Any]] = {"records": keys, "events": keys, "calls": new}
        made.append(
            [
                Insert(tables[table][0], [row for key in wanted[table] for row in of[table].get(key, [])])
                for table in TABLES
            ]
        )
    return made


def _seq(entry: Entry) -> int:
    return int(entry.record.partition(b'"seq":')[2].partition(b",")[0])


def _execute(engine: Engine, batches: list[list[Insert]]) -> None:
    """Inserts them bare: a transaction a batch, an executemany a table, by the driver's own cursor."""
    for batch in batches:
        with for_writing(engine).begin() as connection:
            cursor = connection.connection.cursor()
            for insert in batch:
                if insert.rows:
                    cursor.executemany(insert.statement, insert.rows)
            cursor.close()


def _empty(engine: Engine) -> None:
    with for_writing(engine).begin() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"DELETE FROM {table}")


@contextmanager
def _sqlite(folder: Path) -> Iterator[tuple[Engine, Engine]]:
    engines = tuple(open_engine(f"sqlite:///{folder}/{name}.db") for name in ("ours", "bare"))
    for engine in engines:
        migrate(engine)
    yield engines[0], engines[1]
    for engine in engines:
        engine.dispose()


@contextmanager
def _postgresql(url: str) -> Iterator[tuple[Engine, Engine]]:
    """Two schemas of their own in that PostgreSQL, gone afterwards."""
    whole = open_engine(url)
    schemas = [f"bench_{uuid4().hex}" for _ in range(2)]
    with whole.begin() as connection:
        for schema in schemas:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    engines = []
    try:
        for schema in schemas:
            own = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
            engines.append(open_engine(own.render_as_string(hide_password=False)))
            migrate(engines[-1])
        yield engines[0], engines[1]
    finally:
        for engine in engines:
            engine.dispose()
        with whole.begin() as connection:
            for schema in schemas:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        whole.dispose()
