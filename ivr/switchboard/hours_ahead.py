"""The public holidays that are coming, and what the hours are on each: does the file know them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from opening_hours import State

from ivr.menu.hours import Hours
from ivr.menu.public_holidays import names_of
from ivr.store.notices import Board
from ivr.switchboard.hours import Told
from ivr.switchboard.notices import in_words

AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class HolidayAhead:
    """A public holiday, or the day on which offices observe it. `hours` has the spans of each of the hours, such as
    `08:00-18:00`, empty for those that are closed all day."""

    day: date
    name: str
    hours: Mapping[str, str]

    @property
    def closed(self) -> bool:
        """Whether all of the hours are closed on that day."""
        return not any(self.hours.values())


def holidays_ahead(it: Told, board: Board, today: date) -> Iterator[HolidayAhead]:
    """The public holidays of the coming year, by their day, with special days counted. None without a country."""
    countries = {hours.country for hours in it.hours.values() if hours.country}
    last = today + AHEAD
    named = {day: name for country in countries for year in (today.year, last.year)
             for day, name in names_of(country, year).items()}  # fmt: skip
    for day in sorted(named):
        if today <= day <= last:
            yield HolidayAhead(day, named[day], {name: _open(it, name, board, day) for name in it.hours})


def open_on(hours: Hours, day: date, special: str = "") -> str:
    """When hours are open on a day, as `08:00-12:00,14:00-16:00`; empty where they are not."""
    begins = datetime.combine(day, time(), hours.zone)
    ends = datetime.combine(day + timedelta(days=1), time(), hours.zone)
    found = hours.amended(special).rules.intervals(begins, ends)
    return ",".join(
        f"{max(since, begins):%H:%M}-{'24:00' if until >= ends else f'{until:%H:%M}'}"
        for since, until, state, _ in found
        if state == State.OPEN
    )


def _open(it: Told, name: str, board: Board, day: date) -> str:
    special = "; ".join(in_words(one) for one in board.days_of(it.targets[name]) if one.of in ("", name))
    return open_on(it.hours[name], day, special)
