"""Gathering what figures are made of: from roll-ups where those have it, and from the log where they have not.

Both are exact. The log is read at the ends of a span that does not begin and end with a quarter-hour, for settings that
no roll-up has, for calls that are just so old that some count and some do not yet, and for all of it where so much was
written lately that it has still to be rolled up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import Connection, Engine, func, select

from ivr.reports.heaps import Adding, Heaps
from ivr.reports.kpi import By, Kpi, Scope, Setting
from ivr.reports.log_rows import log_rows
from ivr.reports.rolled import Rolled
from ivr.reports.rolled_kpis import ROLLED
from ivr.reports.rolled_rows import rolled_rows
from ivr.store.log_tables import calls
from ivr.store.rollups.moments import moment_of, quarter_of
from ivr.store.rollups.reading import Settled, settled

LONGEST_CALL = timedelta(days=2)
"""No call lasts longer: carriers end it long before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of all figures: which part of the log, sorted by what, and whether seconds in buckets."""

    scope: Scope
    by: By
    zone: tzinfo
    buckets: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """Quarter-hours of which one figure reads roll-ups; not `judged`: calls in it are too young to count."""

    since: int
    until: int
    adding: Adding
    rolled: Rolled


def gather(
    engine: Engine, kpis: Iterable[Kpi], given: Mapping[str, Mapping[str, Setting]], asked: Asked, *, log_alone: bool
) -> dict[str, Heaps]:
    """The values of figures, by their names. Raises KeyError for a setting that there is not, and SQLAlchemyError."""
    scope, found = asked.scope, {}
    first, last = _next_quarter(scope.since), quarter_of(scope.until)
    rows = settled(engine, first, last) if first < last and not log_alone else None
    parts: list[_Part] = []
    with engine.connect() as connection:
        for kpi in kpis:
            settings = kpi.settings(given.get(kpi.name))
            heaps = found[kpi.name] = Heaps(kpi.counts(settings))
            rolled = None if rows is None or kpi.name not in ROLLED else ROLLED[kpi.name](settings)
            if rows is None or rolled is None:
                heaps.add_log(log_rows(connection, kpi, settings, scope, asked.by, asked.zone))
                continue
            since, until = _not_clear(connection, rolled, scope, first, last)
            for began, ended in (
                (scope.since, moment_of(first)),
                (moment_of(since), moment_of(until)),
                (moment_of(last), scope.until),
            ):
                if began < ended:
                    part = replace(scope, since=began, until=ended)
                    heaps.add_log(log_rows(connection, kpi, settings, part, asked.by, asked.zone))
            parts.append(_Part(first, since, Adding(heaps, rolled, judged=True), rolled))
            parts.append(_Part(until, last, Adding(heaps, rolled, judged=False), rolled))
        if rows is not None:
            _add_rollups(connection, rows, parts, asked)
    return found


def _add_rollups(connection: Connection, rows: Settled, parts: Iterable[_Part], asked: Asked) -> None:
    """Reads what all parts want, with one query for those of the same quarter-hours."""
    together: dict[tuple[int, int, bool], list[_Part]] = {}
    for part in parts:
        if part.since < part.until:
            fine = part.rolled.fine or (part.rolled.seconds and asked.buckets)
            together.setdefault((part.since, part.until, fine), []).append(part)
    for (since, until, fine), wanted in together.items():
        of_kind: dict[int, list[Adding]] = {}
        for part in wanted:
            for kind in part.rolled.kinds:
                of_kind.setdefault(kind, []).append(part.adding)
        here = rows.part(since, until)
        for row in rolled_rows(connection, here, of_kind, asked.scope, asked.by, asked.zone, fine=fine):
            for adding in of_kind[row.cell.kind]:
                adding.add(row)


def _not_clear(connection: Connection, rolled: Rolled, scope: Scope, first: int, last: int) -> tuple[int, int]:
    """The quarter-hours in which some calls count already and some do not yet: from where to before where.

    Before them all do, after them none. Both are `last` for figures that do not wait.
    """
    if rolled.waits is None or scope.now is None:
        return last, last
    cut = scope.now - rolled.waits
    began = func.min(calls.c.started_at)
    which = (calls.c.started_at > cut - LONGEST_CALL, calls.c.started_at <= cut, calls.c.ended_at > cut)
    oldest: datetime | None = connection.scalar(select(began).where(*which))
    since = quarter_of(cut if oldest is None else oldest)
    return min(max(first, since), last), min(max(first, _next_quarter(cut)), last)


def _next_quarter(moment: datetime) -> int:
    """The first quarter-hour that does not begin before the moment."""
    quarter = quarter_of(moment)
    return quarter if moment_of(quarter) == moment else quarter + 1
