"""Days and hours of a zone, over rows of UTC: how far its clock is from UTC, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from itertools import pairwise

from ivr.store.rollups.moments import moment_of
from ivr.store.rollups.rollup import DAY, QUARTER_SECONDS

_QUARTER = timedelta(seconds=QUARTER_SECONDS)
_HOURS_OF_WEEK = 7 * 24
_THURSDAY = 3 * 24
"""1970 began on one: its hour of a week that begins on Monday."""


@dataclass(frozen=True, slots=True)
class Shift:
    """From a quarter-hour on, the zone's clock is so many quarter-hours ahead of UTC."""

    since: int
    ahead: int


def shifts(zone: tzinfo, since: int, until: int) -> list[Shift]:
    """What the zone's clock is ahead from `since` to before `until`, each once it changed; at least one."""
    found = [Shift(since, _ahead(zone, since))]
    for day in range(since, until, DAY):
        begins, ends = day, min(day + DAY, until - 1)
        if _ahead(zone, ends) == found[-1].ahead:
            continue
        while ends - begins > 1:  # the change lies after `begins`, and not after `ends`
            middle = (begins + ends) // 2
            begins, ends = (middle, ends) if _ahead(zone, middle) == found[-1].ahead else (begins, middle)
        found.append(Shift(ends, _ahead(zone, ends)))
    return found


def _ahead(zone: tzinfo, quarter: int) -> int:
    return (moment_of(quarter).astimezone(zone).utcoffset() or timedelta()) // _QUARTER


def day_sql(known: list[Shift]) -> str:
    """The day of a row by the zone's clock, from `begins`: how many there were since 1970."""
    return f"(({_local(known)}) / {DAY})"


def hour_sql(known: list[Shift]) -> str:
    """The hour of the week of a row by the zone's clock, from `begins`: 0 is Monday's first."""
    return f"((({_local(known)}) / 4 + {_THURSDAY}) % {_HOURS_OF_WEEK})"


def _local(known: list[Shift]) -> str:
    if len(known) == 1:
        return f"begins + {known[0].ahead}"
    cases = (f"WHEN begins < {after.since} THEN begins + {shift.ahead}" for shift, after in pairwise(known))
    return f"CASE {' '.join(cases)} ELSE begins + {known[-1].ahead} END"


def day_name(day: int) -> str:
    """A day, from its number since 1970."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def hour_name(hour: int) -> str:
    """An hour of the week, from its number: the day of the week by ISO 8601 (Monday is 1), and the hour."""
    return f"{hour // 24 + 1}-{hour % 24:02}"


def local_name(quarter: int, by: str, zone: tzinfo) -> str:
    """The day, hour of the week, or quarter-hour of the zone in which a quarter-hour lies."""
    began = moment_of(quarter).astimezone(zone)
    match by:
        case "day":
            return began.date().isoformat()
        case "hour":
            return f"{began.isoweekday()}-{began:%H}"
        case _:
            return began.isoformat(timespec="minutes")
