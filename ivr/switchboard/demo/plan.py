"""What is to be made: how many calls, when, of which versions of which lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ivr.menu.team import Team
from ivr.switchboard.demo.editions import Edition, editions
from ivr.switchboard.menu_folder import beside, files_of_line, menu_files

BEFORE = timedelta(hours=2)
"""So long before the first call its version was published."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made; `key` is the service's secret key, by which callers are hashed."""

    calls: int
    seed: int
    since: datetime
    until: datetime
    menus: Path
    key: str


@dataclass(frozen=True, slots=True)
class Issue:
    """A version of a line, and from when on it was live."""

    line: str
    edition: Edition
    at: datetime


class NoLines(ValueError):  # noqa: N818 - it says what is the case
    """There is no menu file that checks."""


def issues(plan: Plan) -> list[Issue]:
    """The versions of all lines of the folder, the oldest first. Raises NoLines."""
    tables, team = tables_beside(plan.menus), beside(plan.menus) or Team()
    found: list[Issue] = []
    for path in menu_files(plan.menus):
        made = editions(path.name, files_of_line(path), tables, team)
        span = (plan.until - plan.since) / max(len(made), 1)
        for turn, edition in enumerate(made):
            at = plan.since + turn * span
            if span > timedelta(days=3):  # when few call
                at = at.astimezone(edition.flow.zone).replace(hour=2, minute=5, second=0, microsecond=0).astimezone(UTC)
            found.append(Issue(edition.flow.name, edition, at if turn else plan.since - BEFORE))
    if not found:
        raise NoLines(f"{plan.menus} has no menu file that checks")
    return sorted(found, key=lambda it: (it.at, it.line))


def tables_beside(folder: Path) -> dict[str, bytes]:
    """The tables of a folder, by their names."""
    return {it.name: it.read_bytes() for it in sorted(folder.glob("*.csv")) if it.is_file()}
