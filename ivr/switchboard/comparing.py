"""Two versions of a line side by side: their flows, from a file or as they were published, and whom changes touch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from ivr.menu import Flow, load
from ivr.menu.diff import Change
from ivr.menu.load import stem
from ivr.store.log_tables import calls
from ivr.store.rollups.step_reading import calls_of_versions, read_tally
from ivr.store.rollups.step_tally import Tally
from ivr.store.versions import Versions
from ivr.switchboard.menu_folder import check_files
from ivr.switchboard.to_publish import Refused, not_a_line

DAYS, FEWEST = 28, 7
"""Of the log that is looked at, to say how many callers a week something touches: each weekday four times; of a line
that has been called for less, the days since its first call, and a week at least."""


def flow_of(versions: Versions, version: str) -> Flow:
    """The line as a version has it. Raises LookupError where there is no such version, or this release has other
    rules; and SQLAlchemyError.
    """
    files = versions.files(version)
    if files is None:
        raise LookupError(f"there is no version {version}")
    flows = load(files).flows
    if not flows:
        raise LookupError(f"version {version} does not check with this release of the service")
    return next(iter(flows.values()))


def flow_in(path: Path) -> Flow:
    """The line of a menu file as it is on disk. Raises Refused where it does not check, and OSError."""
    menus = check_files([path])
    flow = menus.flows.get(stem(path.name))
    if flow is None or menus.errors:
        raise Refused(menus.problems if menus.errors else (not_a_line(path), *menus.problems))
    return flow


def touched(
    engine: Engine, line: str, changes: Iterable[Change], until: datetime, days: int = DAYS
) -> list[int | None]:
    """How many callers a week each change touches, by the calls of the days before `until` (aware); None for what
    nobody has met yet, since it is new, and for all where the log has no call of the line. Raises SQLAlchemyError.

    A caller who calls twice counts twice. Where several steps are touched it is the one with the most callers.
    """
    since = until - timedelta(days=days)
    tallies = [
        read_tally(engine, since, until, line, version)
        for of, version in calls_of_versions(engine, since, until)
        if of == line
    ]
    called = _called(engine, line, since, until)
    return [_a_week(_calls(tallies, it), called) if tallies else None for it in changes]


def _called(engine: Engine, line: str, since: datetime, until: datetime) -> float:
    """For how many days the line has been called."""
    began = calls.c.started_at
    with engine.connect() as connection:
        begun = connection.scalar(select(began).where(calls.c.line == line, began >= since).order_by(began).limit(1))
    return max((until - max(begun or since, since)) / timedelta(days=1), FEWEST)


def _calls(tallies: list[Tally], change: Change) -> int | None:
    """The calls that met what is changed."""
    if change.touches is None:
        return sum(it.calls for it in tallies)
    if not change.touches:
        return None
    return max(sum(_at(tally, step, change) for tally in tallies) for step in change.touches)


def _at(tally: Tally, step: str, change: Change) -> int:
    if change.key.startswith("menu.") and change.old is not None:
        return tally.in_calls("chose", step, change.key.removeprefix("menu."))
    if change.key == "give_up":
        return tally.in_calls("gave_up", step)
    return tally.in_calls("visit", step)


def _a_week(number: int | None, days: float) -> int | None:
    return None if number is None else round(number * 7 / days)
