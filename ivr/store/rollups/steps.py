"""The roll-up of steps: what calls did at the steps of each version, by the quarter-hour in which they began.

Whoever looks at one version wants to know all of its steps at once, so a row holds all of them (`step_tally`): of one
span, line, version and language. Calls that we made to call somebody back, and those to the service's own lines, are
in none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Table,
    Text,
    TextClause,
    and_,
    bindparam,
    delete,
    insert,
    select,
    text,
)

from ivr.store.rollups.moments import moment_of, quarter_of
from ivr.store.rollups.rollup import DAY, Rollup
from ivr.store.rollups.step_tally import Tally
from ivr.store.rollups.way_through import TELLING, Happened, Way, way_through
from ivr.store.sql import Moment, metadata

Of = tuple[int, str, str, str]
"""Of what a tally is: where its span begins, line, version, language."""

step_tallies = Table(
    "step_tallies",
    metadata,
    Column("span", Integer, primary_key=True, autoincrement=False),
    Column("begins", Integer, primary_key=True, autoincrement=False),
    Column("line", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("tally", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""One row a span, line, version and language (empty where none was chosen); `span` and `begins` are in quarters."""

COME_IN = """calls.started_at >= :since AND calls.started_at < :until AND NOT calls.called_back
        AND (calls.line IS NULL OR calls.line NOT LIKE 'service.%')"""

# A call that is over and of which no record is kept any more (`old_calls`) went nobody knows where.
_EVENTS = f"""
    SELECT calls.started_at, coalesce(calls.line, ''), coalesce(calls.version, ''), coalesce(calls.language, ''),
        calls.call_sid, events.seq, events.n, records.at, events.kind, events.step,
        CASE WHEN events.kind IN :telling THEN CAST(events.data AS TEXT) END
    FROM calls
    LEFT JOIN events ON events.call_sid = calls.call_sid
    LEFT JOIN records ON records.call_sid = events.call_sid AND records.seq = events.seq
    WHERE {COME_IN} AND (records.at IS NOT NULL OR calls.ended_at IS NULL) {{more}}
    ORDER BY calls.started_at, calls.call_sid
"""  # noqa: S608 - our own names

_AT_ONCE = 4
"""Quarter-hours whose events are read at once: of so few calls PostgreSQL finds them by their key, and never reads all
events there are because the calls of a day are many."""

_NOTHING: dict[str, Any] = {}


def ways(
    connection: Connection, since: datetime, until: datetime, names: Mapping[str, str]
) -> Iterator[tuple[Of, Way]]:
    """Each call's way, and of what it counts: the quarter in which it began, its line, version and language."""
    more = "".join(f" AND coalesce(calls.{name}, '') = :{name}" for name in names)
    query = of_moments(_EVENTS.format(more=more))
    query = query.bindparams(bindparam("telling", expanding=True))
    found = connection.execute(query, {"since": since, "until": until, "telling": TELLING, **names})
    # As the driver has them, by the thousand, each call's sorted here: all else takes as long as to read them.
    fetched = iter(lambda: found.cursor.fetchmany(1000) if found.cursor else [], [])
    for _, group in groupby(chain.from_iterable(fetched), itemgetter(4)):
        rows = sorted(group, key=itemgetter(5, 6))
        began, line, version, language = rows[0][:4]
        yield (quarter_of(_moment(began)), line, version, language), way_through(_happened(rows))


def in_span(span: int, since: int, until: int) -> ColumnElement[bool]:
    """The rows of one span that begin from `since` to before `until`."""
    it = step_tallies.c
    return and_(it.span == span, it.begins >= since, it.begins < until)


def _happened(rows: Sequence[Any]) -> list[Happened]:
    if rows[0][8] is None:
        return []  # a call of which nothing is told is a row without an event
    moments: dict[Any, datetime] = {}
    found = []
    new = tuple.__new__  # a quarter of what a named tuple takes by its name
    for _, _, _, _, _, seq, _, at, kind, step, data in rows:
        if (moment := moments.get(at)) is None:
            # Of one call they are all with a zone, or all of SQLite's without: they are only held against each other.
            moment = moments[at] = datetime.fromisoformat(at) if isinstance(at, str) else at
        fields = _NOTHING if data is None or data == "{}" else orjson.loads(data)
        found.append(new(Happened, (seq, moment, kind, step, fields)))
    return found


def _moment(of: datetime | str) -> datetime:
    """SQLite gives the text that `Moment` stores, which is UTC: SQLAlchemy's own way takes longer than all the rest."""
    return datetime.fromisoformat(of).replace(tzinfo=UTC) if isinstance(of, str) else of


def of_moments(sql: str) -> TextClause:
    """SQL with the moments `since` and `until`."""
    return text(sql).bindparams(bindparam("since", type_=Moment), bindparam("until", type_=Moment))


def _rebuild(connection: Connection, since: int, until: int) -> None:
    """Makes the tallies of quarters anew from the log."""
    made: dict[Of, Tally] = defaultdict(Tally)
    for first in range(since, until, _AT_ONCE):
        ends = min(first + _AT_ONCE, until)
        for of, way in ways(connection, moment_of(first), moment_of(ends), {}):
            made[of].add_call(way)
    _replace(connection, 1, since, until, made)


def _lengthen(connection: Connection, span: int, begins: int) -> None:
    """Makes the tallies of a longer span anew from those of the next shorter ones."""
    made: dict[Of, Tally] = defaultdict(Tally)
    it = step_tallies.c
    shorter = in_span(1 if span == DAY else DAY, begins, begins + span)
    query = select(it.line, it.version, it.language, it.tally).where(shorter)
    for line, version, language, kept in connection.execute(query):
        made[begins, line, version, language].add(kept)
    _replace(connection, span, begins, begins + 1, made)


def _replace(connection: Connection, span: int, since: int, until: int, made: Mapping[Of, Tally]) -> None:
    connection.execute(delete(step_tallies).where(in_span(span, since, until)))
    rows = [
        {"span": span, "begins": begins, "line": line, "version": version, "language": language,
         "calls": tally.calls, "tally": tally.kept()}
        for (begins, line, version, language), tally in made.items()
    ]  # fmt: skip
    if rows:
        connection.execute(insert(step_tallies), rows)


ROLLUP = Rollup("steps", _rebuild, _lengthen)
