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
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from ivr.store.call_rows import LOST, CallRow, LoggedRecord, fold, read_record, without_number
from ivr.store.callers import CallerHash
from ivr.store.erasing.erased_calls import erased_of
from ivr.store.log_rows import LogRows
from ivr.store.log_tables import events, records
from ivr.store.messages import note_messages
from ivr.store.queue_visits import note_visits
from ivr.store.rollups.written import Change, note_written
from ivr.store.sql import for_writing
from ivr.store.surveys import note_surveys

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


_Read = tuple[LoggedRecord, Entry]


class CallLog:
    """The call log in one database, which `sql.migrate` has brought up to date. Safe between threads."""

    def __init__(self, engine: Engine, hashes: CallerHash) -> None:
        self._engine = for_writing(engine)
        self._hashes = hashes
        self._raw = LogRows(engine)

    def write(self, entries: Sequence[Entry]) -> Written:
        """Write entries of any calls in any order, in one transaction; those that SQL refuses are given back.

        Raises `sqlalchemy.exc.DBAPIError` where the database is away, locked, full or not migrated: then
        nothing was written (or all was, if the connection broke at the commit), and the same entries may come
        again.
        """
        read: dict[str, list[_Read]] = defaultdict(list)
        refused: list[Refused] = []
        for entry in entries:
            try:
                read[entry.sid].append((read_record(entry.record), entry))
            except ValueError as error:
                refused.append(Refused(entry, str(error)))
        for sid, ones in read.items():
            if not _in_order(ones):
                read[sid] = _ordered(ones, refused)
        new, worse = self._write_or_split({sid: ones for sid, ones in read.items() if ones})
        return Written(new, (*refused, *worse))

    def _write_or_split(self, read: dict[str, list[_Read]]) -> tuple[int, list[Refused]]:
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
                return 0, [Refused(entry, reason) for _, entry in ones]
            halves = [((sid, half),) for half in _halves(ones)]
        results = [self._write_or_split(dict(half)) for half in halves]
        return sum(new for new, _ in results), [one for _, refused in results for one in refused]

    def _write_again(self, read: dict[str, list[_Read]]) -> tuple[int, list[Refused]]:
        for left in reversed(range(_TRIES)):
            try:
                with self._engine.begin() as connection:
                    return self._write(connection, read)
            except IntegrityError:
                if not left:
                    raise
        raise AssertionError("the last try either returns or raises")

    def _write(self, connection: Connection, read: dict[str, list[_Read]]) -> tuple[int, list[Refused]]:
        if gone := erased_of(connection, read):
            read = {sid: ones for sid, ones in read.items() if sid not in gone}
            if not read:
                return 0, []
        known = self._raw.read_rows(connection, sorted(read))
        new: list[tuple[str, list[LoggedRecord]]] = []
        added: list[CallRow] = []
        changed: list[CallRow] = []
        doubled: dict[str, list[_Read]] = {}
        late: list[str] = []
        changes: list[Change] = []
        for sid in sorted(read):
            row, coming = known.get(sid), read[sid]
            if row is not None and (not row.whole or coming[0][0].seq <= row.last_seq):
                there = range(1, row.last_seq + 1) if row.whole else _seqs(connection, sid)
                doubled[sid] = [one for one in coming if one[0].seq in there]
                coming = [one for one in coming if one[0].seq not in there]
                if not coming:
                    continue
                late.append(sid)
            fresh = [record for record, _ in coming]
            new.append((sid, fresh))
            goals = len(row.goals) if row else 0
            folded = self._folded(connection, sid, row, fresh)
            (added if row is None else changed).append(folded)
            changes.append(Change(folded, fresh, fresh[0].seq == 1 or len(folded.goals) != goals))
        self._raw.records(connection, new)
        self._raw.rows(connection, added, changed)
        note_messages(connection, new)
        note_surveys(connection, new, late)
        note_visits(connection, new)
        note_written(connection, changes)
        return sum(len(fresh) for _, fresh in new), _others(connection, doubled)

    def _folded(self, connection: Connection, sid: str, row: CallRow | None, fresh: list[LoggedRecord]) -> CallRow:
        """Give the call's row with the fresh records in it."""
        if row is None:
            row = CallRow(sid)
        elif not row.whole or row.how == LOST or fresh[0].seq <= row.last_seq:
            # Something comes late, or comes to a call that was given up: everything anew, in its order.
            kept = _kept(connection, sid)
            if row.records and not kept:
                return row  # what happened in it is kept no longer: the row is all that there is
            fresh = sorted([*kept, *fresh], key=lambda record: record.seq)
            row = CallRow(sid, caller_hash=row.caller_hash, caller_last4=row.caller_last4)
        fold(row, fresh, self._hashes)
        return row


def _in_order(ones: list[_Read]) -> bool:
    """Tell whether the records of a call come in the order of `seq`, each once, as they nearly always do."""
    last = 0
    for record, _ in ones:
        if record.seq <= last:
            return False
        last = record.seq
    return True


def _ordered(ones: list[_Read], refused: list[Refused]) -> list[_Read]:
    """Give the records in the order of `seq`, each once; what differs from the first of its number is refused."""
    first: dict[int, _Read] = {}
    for one in ones:
        if first.setdefault(one[0].seq, one)[0] != one[0]:
            refused.append(Refused(one[1], _TWICE))
    return [first[seq] for seq in sorted(first)]


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
        # What is not there any more was old enough to go (`old_calls`): nobody can say whether it differs.
        there = [(one, entry) for one, entry in ones if one.seq in kept]
        others += [Refused(entry, _TWICE) for one, entry in there if kept[one.seq] != without_number(one.input)]
    return others


def _halves(items: list[Any]) -> list[Any]:
    middle = len(items) // 2
    return [items[:middle], items[middle:]]


def _named(error: Exception) -> str:
    """Name an error without its message, which would repeat the values."""
    cause = getattr(error, "orig", None) or error
    return f"SQL refuses it: {type(cause).__name__}"
