"""Reading the tallies of steps: of any span, however much of it is rolled up, the same numbers."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, func, select

from ivr.store.rollups.moments import moment_of, quarter_of
from ivr.store.rollups.reading import Piece, pieces
from ivr.store.rollups.step_tally import Tally
from ivr.store.rollups.steps import COME_IN, in_span, of_moments, step_tallies, ways

# Not by EXISTS: PostgreSQL would read all records there are, to look up a few.
_CALLS = f"""
    SELECT coalesce(calls.line, ''), coalesce(calls.version, ''), count(*) FROM calls
    WHERE {COME_IN} AND (calls.ended_at IS NULL
        OR (SELECT 1 FROM records WHERE records.call_sid = calls.call_sid LIMIT 1) IS NOT NULL)
    GROUP BY coalesce(calls.line, ''), coalesce(calls.version, '')
"""  # noqa: S608 - our own names


def read_tally(
    engine: Engine, since: datetime, until: datetime, line: str, version: str | None, language: str | None = None
) -> Tally:
    """The tally of a version's calls that began from `since` to before `until` (aware); None: of all versions.

    `language` is the one that callers chose last, "" for those who chose none; None: of all. Raises SQLAlchemyError.
    """
    tally = Tally()
    asked = {"line": line, "version": version, "language": language}
    names = {name: of for name, of in asked.items() if of is not None}
    rolled, raw = _parts(engine, since, until)
    it = step_tallies.c
    with engine.connect() as connection:
        for piece in rolled:
            of_names = (it[name] == of for name, of in names.items())
            for kept in connection.scalars(select(it.tally).where(_in(piece), *of_names)):
                tally.add(kept)
        for first, last in raw:
            for _, way in ways(connection, first, last, names):
                tally.add_call(way)
    return tally


def calls_of_versions(engine: Engine, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
    """How many calls each version of each line had. Raises SQLAlchemyError."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    rolled, raw = _parts(engine, since, until)
    it = step_tallies.c
    with engine.connect() as connection:
        for piece in rolled:
            query = select(it.line, it.version, func.sum(it.calls)).where(_in(piece)).group_by(it.line, it.version)
            for line, version, calls in connection.execute(query):
                found[line, version] += int(calls)
        for first, last in raw:
            for line, version, calls in connection.execute(of_moments(_CALLS), {"since": first, "until": last}):
                found[line, version] += calls
    return dict(found)


def _parts(engine: Engine, since: datetime, until: datetime) -> tuple[list[Piece], list[tuple[datetime, datetime]]]:
    """What can be read rolled up; and what of the log: no whole quarters, or all where too much is to be settled."""
    first, last = quarter_of(since), quarter_of(until)
    first += moment_of(first) < since
    rolled = pieces(engine, first, last) if first < last else None
    if rolled is None:
        return [], [(since, until)]
    raw = [(since, moment_of(first)), (moment_of(last), until)]
    return rolled, [(begins, ends) for begins, ends in raw if begins < ends]


def _in(piece: Piece) -> ColumnElement[bool]:
    return in_span(piece.span, piece.since, piece.until)
