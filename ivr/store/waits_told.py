"""Waits told: a row for each time that a waiting caller heard how long it may still take, and when it was over.

As with `queue_visits`: made anew from the call's events, in the records' own transaction, whenever one is new.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, bindparam, delete, select, text

from ivr.store.sql import Moment, metadata

waits_told = Table(
    "waits_told",
    metadata,
    Column("call_sid", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("queue", Text, nullable=False),
    Column("agent", Text, nullable=True),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Text, nullable=True),
    Column("ended_at", Moment, nullable=True),
    Index("ix_waits_told_at", "at"),
    sqlite_with_rowid=False,
)
"""One row a range of seconds that was told, at the moment `at`. `outcome`, `agent` and `ended_at` are of the visit to
the queue in which it was told; empty while that lasts."""

# Said once for SQLite and PostgreSQL. The visits are in SQL already, in the same transaction.
_MAKE = text("""
    INSERT INTO waits_told (call_sid, seq, n, queue, agent, low, high, at, outcome, ended_at)
    SELECT events.call_sid, events.seq, events.n, coalesce(events.data->>'queue', ''), visit.agent,
        CAST(events.data->>'low' AS INTEGER), CAST(events.data->>'high' AS INTEGER), records.at,
        visit.outcome, visit.at
    FROM events
        JOIN records ON records.call_sid = events.call_sid AND records.seq = events.seq
        LEFT JOIN queue_visits AS visit ON visit.call_sid = events.call_sid
            AND visit.seq = (SELECT min(seq) FROM queue_visits AS later
                WHERE later.call_sid = events.call_sid AND later.seq > events.seq)
            AND visit.n = (SELECT min(n) FROM queue_visits AS first
                WHERE first.call_sid = visit.call_sid AND first.seq = visit.seq)
    WHERE events.call_sid IN :sids AND events.kind = 'wait_told'
        AND events.data->>'low' IS NOT NULL AND events.data->>'high' IS NOT NULL
""").bindparams(bindparam("sids", expanding=True))


def note_waits(connection: Connection, told: Sequence[str], ended: Sequence[str]) -> None:
    """Makes the rows of calls that were told something, or of which a visit ended, all of them again."""
    there = select(waits_told.c.call_sid).where(waits_told.c.call_sid.in_(ended)).distinct()
    if sids := sorted({*told, *(connection.scalars(there) if ended else ())}):
        connection.execute(delete(waits_told).where(waits_told.c.call_sid.in_(sids)))
        connection.execute(_MAKE, {"sids": sids})
