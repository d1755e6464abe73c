"""The rows of the log straight to and from the driver: SQLAlchemy's own way costs more than the database does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from ivr.store.call_rows import CallRow, LoggedRecord, without_number

_COLUMNS = tuple(spec.name for spec in fields(CallRow))
_values_of = attrgetter(*_COLUMNS)
_GOALS = _COLUMNS.index("goals")
_MOMENTS = tuple(map(_COLUMNS.index, ("started_at", "ended_at", "last_at", "served_at")))
_AT_ONCE = 50
"""Rows that one statement inserts where there are so many: of `calls` they have 850 values; SQLite takes 32,766."""


@dataclass(frozen=True, slots=True)
class _Insert:
    """The statements that insert one row, and many."""

    width: int
    """Values in a row."""
    one: str
    many: str


def _insert(table: str, columns: Sequence[str], mark: str) -> _Insert:
    marks = f"({', '.join(mark for _ in columns)})"
    into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "  # noqa: S608 - our own names
    return _Insert(len(columns), into + marks, into + ", ".join([marks] * _AT_ONCE))


class LogRows:
    """The rows of one database's log. Every method raises what SQLAlchemy makes of the driver's errors."""

    def __init__(self, engine: Engine) -> None:
        self._sqlite = engine.dialect.name == "sqlite"
        self._moment: Callable[[datetime], Any] = _sqlite_text if self._sqlite else _utc
        """A moment as `Moment` stores it."""
        self._mark = "?" if engine.dialect.paramstyle == "qmark" else "%s"
        self._records = _insert("records", ("call_sid", "seq", "input", "at"), self._mark)
        self._events = _insert("events", ("call_sid", "seq", "n", "kind", "step", "data"), self._mark)
        self._calls = _insert("calls", _COLUMNS, self._mark)
        columns = ", ".join(f"{name} = {self._mark}" for name in _COLUMNS[1:])
        self._select = f"SELECT {', '.join(_COLUMNS)} FROM calls WHERE call_sid IN"  # noqa: S608 - our own names
        self._changed = f"UPDATE calls SET {columns} WHERE call_sid = {self._mark}"  # noqa: S608 - our own names

    def read_rows(self, connection: Connection, sids: Sequence[str]) -> dict[str, CallRow]:
        """Give the rows of calls that are there, held against other writers until the end of the transaction."""
        marks = ", ".join(self._mark for _ in sids)
        hold = "" if self._sqlite else " ORDER BY call_sid FOR UPDATE"
        found = connection.exec_driver_sql(f"{self._select} ({marks}){hold}", tuple(sids)).all()
        if not self._sqlite:
            return {values[0]: CallRow(*values) for values in found}
        rows = {}
        for row in found:
            values = list(row)
            values[_GOALS] = orjson.loads(values[_GOALS])
            for place in _MOMENTS:
                if text := values[place]:
                    values[place] = datetime.fromisoformat(text + "+00:00")
            rows[values[0]] = CallRow(*values)
        return rows

    def records(self, connection: Connection, new: Sequence[tuple[str, Sequence[LoggedRecord]]]) -> None:
        """Insert records of calls and their events. Raises `IntegrityError` where one is there."""
        dumps, moment = orjson.dumps, self._moment
        rows: list[Any] = []
        happened: list[Any] = []
        for sid, fresh in new:
            for record in fresh:
                seq, input_ = record.seq, record.input
                if "caller" in input_:
                    input_ = without_number(input_)
                rows += (sid, seq, dumps(input_).decode(), moment(record.at))
                n = 0
                for event in record.events:
                    if len(event) == 2 and "step" in event:
                        happened += (sid, seq, n, event["kind"], event["step"], "{}")
                    else:
                        data = event.copy()
                        kind, step = data.pop("kind"), data.pop("step", None)
                        happened += (sid, seq, n, kind, step, dumps(data).decode() if data else "{}")
                    n += 1  # noqa: SIM113 - enumerate would make a tuple for each
        self._insert_all(connection, self._records, rows)
        self._insert_all(connection, self._events, happened)

    def rows(self, connection: Connection, added: list[CallRow], changed: list[CallRow]) -> None:
        """Insert and update rows of calls."""
        self._insert_all(connection, self._calls, [value for row in added for value in self._values(row)])
        if changed:
            values = [self._values(row) for row in changed]
            connection.exec_driver_sql(self._changed, [(*rest, sid) for sid, *rest in values])

    def _insert_all(self, connection: Connection, into: _Insert, values: list[Any]) -> None:
        """Insert rows, whose values stand one after the other."""
        done = 0
        if self._sqlite:
            # Many rows by one statement take a third less than by `executemany`, which begins anew with each.
            size = _AT_ONCE * into.width
            while len(values) - done >= size:
                connection.exec_driver_sql(into.many, tuple(values[done : done + size]))
                done += size
        rest = [tuple(values[start : start + into.width]) for start in range(done, len(values), into.width)]
        if rest:
            connection.exec_driver_sql(into.one, rest)

    def _values(self, row: CallRow) -> tuple[Any, ...]:
        values = list(_values_of(row))
        for place in _MOMENTS:
            if values[place] is not None:
                values[place] = self._moment(values[place])
        values[_GOALS] = orjson.dumps(values[_GOALS]).decode() if values[_GOALS] else "[]"
        return tuple(values)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _sqlite_text(moment: datetime) -> str:
    # By orjson: datetime's own isoformat takes twice as long, and this is done for each record.
    text = orjson.dumps(moment if moment.tzinfo is UTC else moment.astimezone(UTC)).decode()
    return f"{text[1:11]} {text[12:27]}" if text[20] == "." else f"{text[1:11]} {text[12:20]}.000000"
