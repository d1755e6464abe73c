"""Visits to queues: a row for each time that a caller waited, or was not let in, and what came of it.

The log writer makes the rows of a call anew, in the records' own transaction, whenever something came of a wait: they
follow from the call's events alone, in the order of `seq`, in whatever order those arrive.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, bindparam, delete, text

from ivr.store.call_rows import LoggedRecord
from ivr.store.sql import Moment, metadata
from ivr.store.waits_told import note_waits

queue_visits = Table(
    "queue_visits",
    metadata,
    Column("call_sid", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("queue", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("waited", Integer, nullable=True),
    Column("agent", Text, nullable=True),
    Column("talked", Integer, nullable=True),
    Column("ended_by", Text, nullable=True),
    Column("at", Moment, nullable=False),
    Column("offer", Text, nullable=True),
    Index("ix_queue_visits_at", "at"),
    Index("ix_queue_visits_waited", "waited", "call_sid"),
    sqlite_with_rowid=False,
)
"""One row a visit; `seq` and `n` are of the event that ended the wait, and `at` is its moment. `outcome` is answered,
abandoned, or the exit that the caller took. `waited` (seconds) is empty for who was not let in; `talked` (seconds) and
`ended_by` (caller or agent) are of an answered one whose talk is over; `offer` names that talk."""

_ENDS = frozenset({"connected", "completed", "abandoned", "queue_exited", "queue_refused"})
"""The kinds of event that a visit is made of."""

# Said once for SQLite and PostgreSQL. The talk is the next thing after the answer, or it is not over.
_MAKE = text("""
    INSERT INTO queue_visits (call_sid, seq, n, queue, outcome, waited, agent, talked, ended_by, at, offer)
    SELECT call_sid, seq, n, coalesce(data->>'queue', ''),
        CASE kind WHEN 'connected' THEN 'answered' WHEN 'abandoned' THEN 'abandoned'
            ELSE coalesce(data->>'how', data->>'why', '') END,
        CAST(data->>'waited' AS INTEGER), data->>'agent',
        CASE WHEN kind = 'connected' AND next_kind = 'completed' THEN CAST(next_data->>'talked' AS INTEGER) END,
        CASE WHEN kind = 'connected' AND next_kind = 'completed' THEN next_data->>'by' END,
        at, CASE kind WHEN 'connected' THEN data->>'offer' END
    FROM (
        SELECT events.call_sid, events.seq, events.n, events.kind, events.data, records.at,
            lead(events.kind) OVER one_call AS next_kind, lead(events.data) OVER one_call AS next_data
        FROM events JOIN records ON records.call_sid = events.call_sid AND records.seq = events.seq
        WHERE events.call_sid IN :sids
            AND events.kind IN ('connected', 'completed', 'abandoned', 'queue_exited', 'queue_refused')
        WINDOW one_call AS (PARTITION BY events.call_sid ORDER BY events.seq, events.n)
    ) AS told
    WHERE kind <> 'completed'
""").bindparams(bindparam("sids", expanding=True))


def note_visits(connection: Connection, new: Iterable[tuple[str, Iterable[LoggedRecord]]]) -> None:
    """Makes the visits of calls that had new records of such, all of them again. In the records' own transaction.

    And what they were told of their waits.
    """
    kinds = {sid: {event["kind"] for record in fresh for event in record.events} for sid, fresh in new}
    sids = [sid for sid, happened in kinds.items() if happened & _ENDS]
    if sids:
        connection.execute(delete(queue_visits).where(queue_visits.c.call_sid.in_(sids)))
        connection.execute(_MAKE, {"sids": sids})
    note_waits(connection, [sid for sid, happened in kinds.items() if "wait_told" in happened], sids)
