"""Writing the call log: records into SQL, each exactly once, whoever brings them and however often.

A batch is one transaction. A record that is there already changes nothing; the rows of `calls` are brought up
to date from those alone that are new. So a batch may be written again after a crash between its commit and
whatever was to follow, and two writers may write the same batch at once: in SQLite they wait for each other from
the beginning; in PostgreSQL the later one stumbles over the earlier one's rows, is rolled back and starts over.

The order of a call's records is that of `seq`. What comes late (a gap was left before it) makes the row of its
call be folded again from all its records.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from ivr.store.call_rows import LOST, CallRow, LoggedRecord, fold, read_record, without_number
from ivr.store.callers import CallerHash
from ivr.store.log_tables import events, records
from ivr.store.sql import for_writing

_COLUMNS = tuple(spec.name for spec in fields(CallRow))
_values_of = attrgetter(*_COLUMNS)
_GOALS = _COLUMNS.index("goals")
_MOMENTS = ("started_at", "ended_at", "last_at")
_PLAIN = (len("2026-07-01T15:00:00+00:00"), len("2026-07-01T15:00:00.000000+00:00"))
"""The lengths of a moment as `ivr.call.wire` writes it."""
_TRIES = 5
"""How often a batch is written anew because another writer came in between."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a log stream."""

    stream: bytes
    id: bytes
    sid: str
    record: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that cannot be written, and why; the reason repeats nothing of its content."""

    entry: Entry
    why: str


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch."""

    new: int
    """Records that were not there before."""
    refused: tuple[Refused, ...]
    """What could not be written: to be set aside by the caller. All else is in SQL now."""


_Read = tuple[Entry, LoggedRecord]


class CallLog:
    """The call log in one database, which `sql.migrate` has brought up to date. Safe between threads."""

    def __init__(self, engine: Engine, hashes: CallerHash) -> None:
        self._engine = for_writing(engine)
        self._hashes = hashes
        self._raw = _Raw(engine)

    def write(self, entries: Sequence[Entry]) -> Written:
        """Write entries of any calls in any order, in one transaction; those that SQL refuses are given back.

        Raises `sqlalchemy.exc.DBAPIError` where the database is away, locked, full or not migrated: then
        nothing was written (or all was, if the connection broke at the commit), and the same entries may come
        again.
        """
        read: dict[str, dict[int, _Read]] = defaultdict(dict)
        refused: list[Refused] = []
        for entry in entries:
            try:
                record = read_record(entry.record)
            except ValueError as error:
                refused.append(Refused(entry, str(error)))
                continue
            _, first = read[entry.sid].setdefault(record.seq, (entry, record))
            if first is not record and first != record:
                refused.append(Refused(entry, _TWICE))
        new, worse = self._write_or_split(read)
        return Written(new, (*refused, *worse))

    def _write_or_split(self, read: dict[str, dict[int, _Read]]) -> tuple[int, list[Refused]]:
        """Write all; where SQL refuses something, halve until what it refuses stands alone."""
        if not read:
            return 0, []
        try:
            return self._write_again(read)
        except DataError as error:
            reason = _named(error)
        except DBAPIError:
            raise
        except (StatementError, ValueError, OverflowError) as error:
            reason = _named(error)
        if len(read) > 1:
            halves = _halves(list(read.items()))
        else:
            ((sid, ones),) = read.items()
            if len(ones) == 1:
                return 0, [Refused(entry, reason) for entry, _ in ones.values()]
            halves = [((sid, dict(half)),) for half in _halves(sorted(ones.items()))]
        results = [self._write_or_split(dict(half)) for half in halves]
        return sum(new for new, _ in results), [one for _, refused in results for one in refused]

    def _write_again(self, read: dict[str, dict[int, _Read]]) -> tuple[int, list[Refused]]:
        for left in reversed(range(_TRIES)):
            try:
                with self._engine.begin() as connection:
                    return self._write(connection, read)
            except IntegrityError:
                if not left:
                    raise
        raise AssertionError("the last try either returns or raises")

    def _write(self, connection: Connection, read: dict[str, dict[int, _Read]]) -> tuple[int, list[Refused]]:
        known = self._raw.read_rows(connection, sorted(read))
        new: list[tuple[str, LoggedRecord]] = []
        added: list[CallRow] = []
        changed: list[CallRow] = []
        doubled: dict[str, list[_Read]] = {}
        for sid in sorted(read):
            row, coming = known.get(sid), read[sid]
            if row is not None and (not row.whole or min(coming) <= row.last_seq):
                there = range(1, row.last_seq + 1) if row.whole else _seqs(connection, sid)
                doubled[sid] = [one for seq, one in coming.items() if seq in there]
                coming = {seq: one for seq, one in coming.items() if seq not in there}
            if not coming:
                continue
            fresh = [coming[seq][1] for seq in sorted(coming)]
            new += [(sid, record) for record in fresh]
            (added if row is None else changed).append(self._folded(connection, sid, row, fresh))
        self._raw.records(connection, new)
        self._raw.rows(connection, added, changed)
        return len(new), _others(connection, doubled)

    def _folded(self, connection: Connection, sid: str, row: CallRow | None, fresh: list[LoggedRecord]) -> CallRow:
        """Give the call's row with the fresh records in it."""
        if row is None:
            row = CallRow(sid)
        elif not row.whole or row.how == LOST or fresh[0].seq <= row.last_seq:
            # Something comes late, or comes to a call that was given up: everything anew, in its order.
            fresh = sorted([*_kept(connection, sid), *fresh], key=lambda record: record.seq)
            row = CallRow(sid, caller_hash=row.caller_hash, caller_last4=row.caller_last4)
        fold(row, fresh, self._hashes)
        return row


_TWICE = "another record of this number is there already, and it differs"


def _seqs(connection: Connection, sid: str) -> set[int]:
    return set(connection.scalars(select(records.c.seq).where(records.c.call_sid == sid)))


def _kept(connection: Connection, sid: str) -> list[LoggedRecord]:
    """Give the records of a call as they are in SQL."""
    happened: dict[int, list[dict[str, Any]]] = defaultdict(list)
    found = select(events).where(events.c.call_sid == sid).order_by(events.c.seq, events.c.n)
    for event in connection.execute(found):
        step = {} if event.step is None else {"step": event.step}
        happened[event.seq].append({"kind": event.kind, **step, **event.data})
    query = select(records).where(records.c.call_sid == sid).order_by(records.c.seq)
    return [LoggedRecord(one.seq, one.at, one.input, happened[one.seq]) for one in connection.execute(query)]


def _others(connection: Connection, doubled: dict[str, list[_Read]]) -> list[Refused]:
    """Give those that are there already under their number, but with another input.

    That happens where Redis came back with the state of a moment earlier (it writes to disk every second) and
    the call went on from there in another way.
    """
    others = []
    for sid, ones in doubled.items():
        query = select(records.c.seq, records.c.input).where(records.c.call_sid == sid)
        kept = {found.seq: found.input for found in connection.execute(query)} if ones else {}
        others += [Refused(entry, _TWICE) for entry, one in ones if kept[one.seq] != without_number(one.input)]
    return others


def _halves(items: list[Any]) -> list[Any]:
    middle = len(items) // 2
    return [items[:middle], items[middle:]]


def _named(error: Exception) -> str:
    """Name an error without its message, which would repeat the values."""
    cause = getattr(error, "orig", None) or error
    return f"SQL refuses it: {type(cause).__name__}"


class _Raw:
    """Rows straight to and from the driver: SQLAlchemy's own way costs more than the database does."""

    def __init__(self, engine: Engine) -> None:
        self._sqlite = engine.dialect.name == "sqlite"
        self._mark = "?" if engine.dialect.paramstyle == "qmark" else "%s"
        self._record = self._insert("records", ("call_sid", "seq", "input", "at"))
        self._event = self._insert("events", ("call_sid", "seq", "n", "kind", "step", "data"))
        self._added = self._insert("calls", _COLUMNS)
        columns = ", ".join(f"{name} = {self._mark}" for name in _COLUMNS[1:])
        self._select = f"SELECT {', '.join(_COLUMNS)} FROM calls WHERE call_sid IN"  # noqa: S608 - our own names
        self._changed = f"UPDATE calls SET {columns} WHERE call_sid = {self._mark}"  # noqa: S608 - our own names

    def read_rows(self, connection: Connection, sids: Sequence[str]) -> dict[str, CallRow]:
        """Give the rows of calls that are there, held against other writers until the end of the transaction."""
        marks = ", ".join(self._mark for _ in sids)
        hold = "" if self._sqlite else " ORDER BY call_sid FOR UPDATE"
        rows = {}
        for values in connection.exec_driver_sql(f"{self._select} ({marks}){hold}", tuple(sids)):
            row = CallRow(*values)
            if self._sqlite:
                row.goals = orjson.loads(values[_GOALS])
                for name in _MOMENTS:
                    if text := getattr(row, name):
                        setattr(row, name, datetime.fromisoformat(text).replace(tzinfo=UTC))
            rows[row.call_sid] = row
        return rows

    def records(self, connection: Connection, new: list[tuple[str, LoggedRecord]]) -> None:
        """Insert records and their events. Raises `IntegrityError` where one is there."""
        dumps, at = orjson.dumps, self._at
        rows = []
        happened = []
        for sid, record in new:
            seq, input_ = record.seq, record.input
            if "caller" in input_:
                input_ = without_number(input_)
            rows.append((sid, seq, dumps(input_).decode(), at(record)))
            for n, event in enumerate(record.events):
                data = event.copy()
                kind, step = data.pop("kind"), data.pop("step", None)
                happened.append((sid, seq, n, kind, step, dumps(data).decode() if data else "{}"))
        if rows:
            connection.exec_driver_sql(self._record, rows)
        if happened:
            connection.exec_driver_sql(self._event, happened)

    def rows(self, connection: Connection, added: list[CallRow], changed: list[CallRow]) -> None:
        """Insert and update rows of calls."""
        if added:
            connection.exec_driver_sql(self._added, [self._values(row) for row in added])
        if changed:
            values = [self._values(row) for row in changed]
            connection.exec_driver_sql(self._changed, [(*rest, sid) for sid, *rest in values])

    def _insert(self, table: str, columns: Sequence[str]) -> str:
        marks = ", ".join(self._mark for _ in columns)
        return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names

    def _values(self, row: CallRow) -> tuple[Any, ...]:
        values: list[Any] = []
        for value in _values_of(row):
            kind = type(value)
            if kind is datetime:
                values.append(self._moment(value))
            elif kind is list:
                values.append(orjson.dumps(value).decode())
            else:
                values.append(value)
        return tuple(values)

    def _at(self, record: LoggedRecord) -> Any:
        """Give a record's moment as `Moment` stores it; for SQLite, where it can, from the text that it came as."""
        text = record.input["at"]
        if self._sqlite and len(text) in _PLAIN and text.endswith("+00:00"):
            return f"{text[:10]} {text[11:-6]}{'' if len(text) == max(_PLAIN) else '.000000'}"
        return self._moment(record.at)

    def _moment(self, moment: datetime) -> Any:
        """Give a moment as `Moment` stores it."""
        return _sqlite_text(moment) if self._sqlite else moment.astimezone(UTC)


@lru_cache(maxsize=4096)  # a call's start is written with each of its records
def _sqlite_text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
