"""What the log writer marks: the quarter-hours that a batch of records says something of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from ivr.store.call_rows import CallRow, LoggedRecord
from ivr.store.rollups.marks import mark, rollup_marks
from ivr.store.rollups.moments import quarter_of


class Change(NamedTuple):
    """What was written of a call."""

    row: CallRow
    fresh: Sequence[LoggedRecord]
    retold: bool
    """Whether it says now what it did not say before of what its caller called for: it began, or reached a goal."""


def note_written(connection: Connection, changes: Iterable[Change]) -> None:
    """Marks them, in the records' own transaction.

    That is every quarter-hour from the beginning of a call to its newest record: a call's row says something of all
    that happened in it, such as its language. And calls that say something of calls before them.
    """
    quarters: set[int] = set()
    sids = []
    for row, fresh, retold in changes:
        first, last = fresh[0].at, fresh[-1].at
        if row.started_at is not None and row.last_at is not None:
            first, last = min(first, row.started_at), max(last, row.last_at)
        quarters.update(range(quarter_of(first), quarter_of(last) + 1))
        if retold and row.caller_hash is not None and not row.called_back:
            sids.append({"span": 0, "call_sid": row.call_sid})
    mark(connection, quarters)
    if sids:
        connection.execute(rollup_marks.insert(), sids)
