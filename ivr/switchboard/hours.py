"""Hours, told: of a line or of the team's queues, with the special days and closings that are on the board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.menu.flow import Flow
from ivr.menu.hours import Hours, compile_hours
from ivr.menu.hours_told import changes, why
from ivr.menu.team import Team
from ivr.store.notices import Board, Notice
from ivr.switchboard.notice_board import QUEUE
from ivr.switchboard.notices import in_words


@dataclass(frozen=True, slots=True)
class Told:
    """Whose hours are told: a line's by name, or one queue's; `targets` says under which the board has them.

    `line` is the line's own name: it can be closed without having any hours.
    """

    title: str
    zone: ZoneInfo
    hours: Mapping[str, Hours] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    line: str = ""

    @property
    def country(self) -> str | None:
        """Whose public holidays they mean."""
        return next((hours.country for hours in self.hours.values() if hours.country), None)


def of_line(flow: Flow) -> Told:
    """The hours of a line."""
    return Told(flow.title, flow.zone, flow.hours, dict.fromkeys(flow.hours, flow.name), flow.name)


def of_team(team: Team) -> Told:
    """The hours of all queues, by `queue:NAME`; one without hours is always open."""
    zone = team.zone or ZoneInfo("UTC")
    names = {f"{QUEUE}{name}": queue for name, queue in team.queues.items()}
    hours = {name: queue.opening or compile_hours("24/7", zone, team.country) for name, queue in names.items()}
    return Told("The queues", zone, hours, {name: name for name in names})


def of_queue(team: Team, name: str) -> Told | None:
    """The hours of one queue; None where the team has none of that name."""
    every, target = of_team(team), f"{QUEUE}{name}"
    return Told(target, every.zone, {target: every.hours[target]}, {target: target}) if target in every.hours else None


def told(it: Told, board: Board, at: datetime) -> Iterator[str]:
    """Why each of the hours is open or closed at the moment (aware), and their coming changes, a line each."""
    local = at.astimezone(it.zone)
    yield f"{it.title}, {local:%A} {local.day} {local:%B %Y, %H:%M} ({it.zone.key})"
    if not it.hours:
        closed = _closed(board, at, it.line)
        by = f"It is closed by {closed.who}, notice {closed.id}; without it it is open: " if closed else ""
        yield f"{by}it has no hours." if by else "It has no hours: it is always open, unless somebody closes it."
    for target in dict.fromkeys((it.line, *it.targets.values())):
        for notice in board.notices:
            if notice.target == target and notice.state(at) in ("on", "coming"):
                yield notice_line(notice, it.zone)
    for name, hours in it.hours.items():
        target = it.targets[name]
        days = [day for day in board.days_of(target) if day.of in ("", name)]
        special = "; ".join(map(in_words, days))
        now = why(hours, at, special)
        closed = _closed(board, at, target)
        yield ""
        if closed is not None:
            yield f"{name}: closed by {closed.who}, notice {closed.id}; without it {_is(now.open)}: {now.words}"
        else:
            yield f"{name}: {_is(now.open)}: {now.words}"
        yield f"  {hours.source}"
        for day in days:
            yield f"  special day {day.id}: {in_words(day)}, by {day.who}"
        for change in changes(hours, at, special):
            yield f"  {change.at:%a %d %b %Y %H:%M} {'opens ' if change.why.open else 'closes'}  {change.why.words}"


def _closed(board: Board, at: datetime, target: str) -> Notice | None:
    return next((notice for notice in board.on(at, target) if notice.closed), None)


def notice_line(notice: Notice, zone: ZoneInfo) -> str:
    """A notice in a line: what it does to whom, from when until when, by whom."""
    does = "closed" if notice.closed else "notice"
    span = "prepared, not on"
    if notice.since and notice.until:
        span = f"{notice.since.astimezone(zone):%Y-%m-%d %H:%M} until {notice.until.astimezone(zone):%Y-%m-%d %H:%M}"
    words = f": {next(iter(notice.words.values()))}" if notice.words else ""
    return f"{notice.id:>4}  {notice.target}  {does}  {span}  by {notice.who}{words}"


def _is(open_: bool) -> str:
    return "open" if open_ else "closed"
