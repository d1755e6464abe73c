"""How many call when: weekdays, the rushes of a day, quiet nights, seasons, holidays, growth, days that go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from math import cos, pi
from random import Random
from zoneinfo import ZoneInfo

WEEK = (1.28, 1.06, 1.0, 1.02, 1.18, 0.66, 0.42)
"""How busy a Monday is, …, a Sunday."""

HOURS = (6, 4, 3, 3, 5, 12, 28, 58, 96, 128, 122, 98, 74, 104, 126, 112, 92, 74, 50, 38, 30, 22, 14, 9)
"""How busy an hour of a working day is: in the morning and after lunch most of all, at noon and by night less."""

FREE_HOURS = (8, 6, 4, 3, 4, 7, 15, 30, 52, 70, 78, 76, 68, 64, 66, 64, 58, 52, 46, 40, 32, 24, 17, 11)
"""The same of a day on which offices are closed."""

HOLIDAY, EVE = 0.45, 1.35
"""How busy a holiday is, and the two days before it."""

GROWTH = 0.18
"""More calls in a year."""

WRONG, MUCH = 0.015, 1.9
"""The share of days on which something went wrong, and how many call then."""

CLOSING = timedelta(minutes=30)
"""No call begins so shortly before the end: each is over by then."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day where the line is: how many call, by which hours, and from when to when (aware)."""

    date: date
    calls: int
    hours: tuple[int, ...]
    begins: datetime
    ends: datetime

    def moments(self, dice: Random) -> Iterator[float]:
        """When each of them calls, in seconds since 1970, in order; with milliseconds that are not all nought."""
        first = self.begins.timestamp()
        length = self.ends.timestamp() - first
        edges = list(accumulate(self.hours))
        found: list[float] = []
        while len(found) < self.calls:
            for hour in dice.choices(range(24), cum_weights=edges, k=self.calls - len(found)):
                after = hour * 3600 + dice.randrange(3600)
                if after < length:
                    found.append(first + after + dice.randrange(1, 1000) / 1000)
        yield from sorted(found)


_Weighed = tuple[date, float, tuple[int, ...], datetime, datetime]
"""A day: how busy it is beside the others, its hours, from when to when."""


def days(
    calls: int, since: datetime, until: datetime, zone: ZoneInfo, dice: Random, off: Callable[[date], bool]
) -> list[Day]:
    """The days from `since` to `until` (aware), with so many calls in all; `off` tells the days without an office."""
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    all_days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    free = [off(it) for it in all_days]
    holiday = [off_ and it.weekday() < 5 for it, off_ in zip(all_days, free, strict=True)]
    made: list[_Weighed] = []
    for number, day in enumerate(all_days):
        begins, ends = _midnight(day, zone), min(_midnight(day + timedelta(days=1), zone), until - CLOSING)
        hours = FREE_HOURS if holiday[number] or day.weekday() > 4 else HOURS
        left = sum(hours[: max(0, int((ends - begins).total_seconds()) // 3600)]) / sum(hours)
        busy = WEEK[day.weekday()] * _season(day) * (1 + GROWTH * number / 365) * left
        busy *= HOLIDAY if holiday[number] else EVE if any(holiday[number + 1 : number + 3]) else 1.0
        busy *= dice.lognormvariate(0, 0.07) * (MUCH if dice.random() < WRONG else 1.0)
        made.append((day, busy, hours, begins, ends))
    return list(_counted(calls, made))


def _counted(calls: int, made: list[_Weighed]) -> Iterator[Day]:
    """The days with whole numbers of calls, which add up."""
    whole, so_far, counted = sum(busy for _, busy, *_ in made) or 1.0, 0.0, 0
    for day, busy, hours, begins, ends in made:
        so_far += busy
        number = round(calls * so_far / whole) - counted
        counted += number
        yield Day(day, number, hours, begins, ends)


def _season(day: date) -> float:
    """Summer and the end of the year are busy, February is not."""
    turn = 2 * pi * (day.timetuple().tm_yday / 365)
    return 1 - 0.12 * cos(turn) + 0.10 * cos(2 * turn)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
