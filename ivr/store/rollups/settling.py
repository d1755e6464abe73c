"""Settling: what is marked is made anew, a little at a time, each in a transaction of its own.

A mark is taken away before the log is read, in the same transaction: what is written meanwhile brings a mark of its
own, which stays. So nothing is missed and nothing counted twice, however many write and settle at once. Quarter-hours
are settled soon; days and blocks when they are over. Until then, who reads takes the shorter spans instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, select, text

from ivr.store.log_tables import calls
from ivr.store.rollups.marks import earlier, mark, rollup_marks
from ivr.store.rollups.moments import moment_of, quarter_of, quarter_sql
from ivr.store.rollups.registered import ROLLUPS
from ivr.store.rollups.rollup import BLOCK, DAY
from ivr.store.sql import for_writing

_SETTLING = 0x49565253
"""The key of PostgreSQL's advisory lock; any number that nobody else uses."""

_AT_ONCE = 64
"""Quarter-hours in one transaction, at most."""

_CALLS_AT_ONCE = 500
"""Calls in one transaction, or one quarter-hour: some tenths of a second, for which other writers of a SQLite file
wait."""

_CACHE = 64 * 1024
"""KiB of a SQLite file that who settles keeps in memory; by itself it is 2 MiB, and pages are read again and again."""

EVER = (-(2**31), 2**31 - 1)
"""From where to where there are quarter-hours."""

COUNTED = (
    ("calls", "started_at"),
    ("queue_visits", "at"),
    ("callbacks", "booked_at"),
    ("surveys_asked", "at"),
    ("survey_answers", "at"),
    ("waits_told", "at"),
    ("agent_states", "began_at"),
    ("agent_states", "ended_at"),
    ("wrap_ups", "began_at"),
)
"""Where in the log there are rows that count, and their moments."""

_marks = rollup_marks.c


def settle(engine: Engine, within: tuple[int, int] = EVER, most: int | None = None) -> int:
    """Makes marked quarter-hours from `within[0]` to before `within[1]` anew, at most so many; how many it were.

    Raises SQLAlchemyError where the database is away; what was done until then stays.
    """
    while True:
        with _alone(engine) as connection:
            if not _resolve_calls(connection):
                break
    settled = 0
    while most is None or settled < most:
        with _alone(engine) as connection:
            quarters = marked(connection, 1, *within, most=_AT_ONCE if most is None else min(_AT_ONCE, most - settled))
            quarters = _few(connection, quarters)
            if not quarters:
                break
            _unmark(connection, 1, quarters)
            for since, until in _runs(quarters):
                for rollup in ROLLUPS:
                    rollup.rebuild(connection, since, until)
            for span in (DAY, BLOCK):
                _mark_longer(connection, span, {quarter // span * span for quarter in quarters})
        settled += len(quarters)
    return settled


def lengthen(engine: Engine, span: int, now: datetime, most: int | None = None) -> int:
    """Makes marked days (or blocks) that are over anew, the latest first, at most so many; how many it were.

    Of days that have quarter-hours to settle none, and of blocks that have such days. Raises SQLAlchemyError.
    """
    done = 0
    while most is None or done < most:
        with _alone(engine) as connection:
            wait = {begins // span for begins in marked(connection, 1 if span == DAY else DAY)}
            ended = marked(connection, span, until=quarter_of(now) - span + 1)
            if (latest := next((begins for begins in ended if begins // span not in wait), None)) is None:
                break
            _lengthen(connection, span, latest)
        done += 1
    return done


def rebuild_all(engine: Engine, each: Callable[[int, int], object] = lambda _done, _total: None) -> int:
    """Makes all roll-ups anew from the log, a day at a time; how many days. `each` hears how many are done, of all.

    All is marked first: until its day is done, who reads takes the log itself. Raises SQLAlchemyError.
    """
    _look_at(engine, *dict.fromkeys(table for table, _ in COUNTED))
    with _alone(engine) as connection:
        days = sorted(_days(connection))
        connection.execute(delete(rollup_marks))
        mark(connection, (quarter for day in days for quarter in range(day, day + DAY)))
    for done, day in enumerate(days, 1):
        with _alone(engine) as connection:
            _unmark(connection, 1, range(day, day + DAY))
            for rollup in ROLLUPS:
                rollup.rebuild(connection, day, day + DAY)
            _lengthen(connection, DAY, day)
            block = day // BLOCK * BLOCK
            if done == len(days) or days[done] >= block + BLOCK:
                _lengthen(connection, BLOCK, block)
            else:
                _mark_longer(connection, BLOCK, {block})
        each(done, len(days))
    _look_at(engine, "rollups")
    return len(days)


def marked(
    connection: Connection, span: int, since: int = EVER[0], until: int = EVER[1], most: int | None = None
) -> list[int]:
    """Where the marked spans of that length begin, from `since` to before `until`; the latest first."""
    which = (_marks.span == span, _marks.begins >= since, _marks.begins < until)
    query = select(_marks.begins).where(*which).distinct().order_by(_marks.begins.desc()).limit(most)
    return [begins for begins in connection.scalars(query) if begins is not None]


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nobody else settles."""
    with for_writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_SETTLING)))
        else:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE}")
        yield connection


def _resolve_calls(connection: Connection) -> bool:
    """Marks the quarter-hours of which marked calls say something; whether there were such calls."""
    sids = list(connection.scalars(select(_marks.call_sid).where(_marks.call_sid.is_not(None)).limit(_CALLS_AT_ONCE)))
    if sids:
        connection.execute(delete(rollup_marks).where(_marks.call_sid.in_(sids)))
        mark(connection, earlier(connection, sids))
    return bool(sids)


def _few(connection: Connection, quarters: list[int]) -> list[int]:
    """The first of these quarter-hours, for as long as few calls began in them; one at least."""
    began = select(func.count()).select_from(calls)
    count = 0
    for place, quarter in enumerate(quarters):
        within = (calls.c.started_at >= moment_of(quarter), calls.c.started_at < moment_of(quarter + 1))
        count += connection.scalar(began.where(*within)) or 0
        if place and count > _CALLS_AT_ONCE:
            return quarters[:place]
    return quarters


def _unmark(connection: Connection, span: int, begins: Iterable[int]) -> None:
    connection.execute(delete(rollup_marks).where(_marks.span == span, _marks.begins.in_(list(begins))))


def _mark_longer(connection: Connection, span: int, begins: Iterable[int]) -> None:
    wanted = sorted(begins)
    there = set(marked(connection, span, wanted[0], wanted[-1] + 1))
    if rows := [{"span": span, "begins": one} for one in wanted if one not in there]:
        connection.execute(rollup_marks.insert(), rows)


def _lengthen(connection: Connection, span: int, begins: int) -> None:
    _unmark(connection, span, (begins,))
    for rollup in ROLLUPS:
        rollup.lengthen(connection, span, begins)


def _runs(quarters: Iterable[int]) -> list[tuple[int, int]]:
    """From where to before where there is each in a row, of one day."""
    runs: list[tuple[int, int]] = []
    for quarter in sorted(quarters):
        if runs and runs[-1][1] == quarter and quarter % DAY:
            runs[-1] = (runs[-1][0], quarter + 1)
        else:
            runs.append((quarter, quarter + 1))
    return runs


def _days(connection: Connection) -> set[int]:
    """All days of which the log, or a roll-up, has anything."""
    days = {begins // DAY * DAY for begins in marked(connection, 1)}
    for table, moment in COUNTED:
        day = f"{quarter_sql(connection.dialect.name, moment)} / {DAY} * {DAY}"
        days |= set(connection.scalars(text(f"SELECT DISTINCT {day} FROM {table} WHERE {moment} IS NOT NULL")))  # noqa: S608
    return days | set(connection.scalars(text(f"SELECT DISTINCT begins / {DAY} * {DAY} FROM rollups WHERE grain = 2")))  # noqa: S608


def _look_at(engine: Engine, *tables: str) -> None:
    """Lets PostgreSQL see what there is in tables that were filled a moment ago; SQLite goes by its indexes."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            for table in tables:
                connection.execute(text(f"ANALYZE {table}"))
