"""Marks: what has to be made anew, since the log changed. They are only ever added and taken away, never changed.

So writers do not wait for each other, and whoever takes a mark away has seen what was written with it: marks and rows
come in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Integer, Table, Text, select

from ivr.store.desk_tables import callbacks
from ivr.store.log_tables import calls
from ivr.store.queue_visits import queue_visits
from ivr.store.rollups.moments import quarter_of
from ivr.store.sql import metadata
from ivr.store.survey_tables import survey_answers, surveys_asked

rollup_marks = Table(
    "rollup_marks",
    metadata,
    Column("span", Integer, nullable=False),
    Column("begins", Integer, nullable=True),
    Column("call_sid", Text, nullable=True),
)
"""One row a mark: a span that has to be made anew (`span` and `begins` in quarter-hours since 1970), or a call that
says something of what its caller called for before."""

LOOKS_BACK = timedelta(days=9)
"""How far before a call another one may have begun of which it says something: seven days after that one's end, and no
call lasts for two."""


def mark(connection: Connection, quarters: Iterable[int]) -> None:
    """Marks quarter-hours, in the transaction that writes their rows."""
    if rows := [{"span": 1, "begins": quarter, "call_sid": None} for quarter in sorted(set(quarters))]:
        connection.execute(rollup_marks.insert(), rows)


def mark_moment(connection: Connection, moment: datetime) -> None:
    """Marks the quarter-hour of an aware moment."""
    mark(connection, (quarter_of(moment),))


def mark_calls(connection: Connection, sids: Collection[str]) -> None:
    """Marks whatever counts of calls, before they are removed or changed, and what they say of calls before them."""
    moments: list[datetime | None] = []
    wanted = list(sids)
    for column, sid in (
        (calls.c.started_at, calls.c.call_sid),
        (calls.c.last_at, calls.c.call_sid),
        (queue_visits.c.at, queue_visits.c.call_sid),
        (surveys_asked.c.at, surveys_asked.c.call_sid),
        (survey_answers.c.at, survey_answers.c.call_sid),
        (callbacks.c.booked_at, callbacks.c.call_sid),
    ):
        moments += connection.scalars(select(column).where(sid.in_(wanted)))
    mark(connection, {quarter_of(moment) for moment in moments if moment is not None} | earlier(connection, wanted))


def earlier(connection: Connection, sids: Sequence[str]) -> set[int]:
    """The quarter-hours of calls of the same callers before these, of which these say something."""
    before = calls.alias()
    found = connection.execute(
        select(before.c.started_at, calls.c.started_at.label("then"))
        .join(before, (before.c.caller_hash == calls.c.caller_hash) & (before.c.started_at < calls.c.started_at))
        .where(calls.c.call_sid.in_(sids), calls.c.caller_hash.is_not(None))
    )
    return {quarter_of(row.started_at) for row in found if row.started_at >= row.then - LOOKS_BACK}
