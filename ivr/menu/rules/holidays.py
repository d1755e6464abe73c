"""Hours that forget public holidays: the day that offices take off, or the day itself.

With a `country:`, hours that say nothing of public holidays (`PH`) send callers to an office where nobody is. `PH` is
the day that is *observed*: of a holiday on a Saturday the Friday before, of one on a Sunday the Monday after. Where
the hours are open on that Saturday, the day itself is forgotten: write its date as well. Hours that name a holiday,
be it to be open, have thought of it; so have hours that never close. Looked at are the years 2026 to 2037.

```diff top
 hours:
-  office: Mo-Fr 08:00-18:00; Sa 09:00-13:00
+  office: Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off; Jan 1,Jun 19,Jul 4,Nov 11,Dec 25 off
```
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from opening_hours import State

from ivr.menu.flow import Flow
from ivr.menu.hours import Hours, compile_hours
from ivr.menu.problems import Severity
from ivr.menu.rules.hours_gap import spans

ID = "holidays"
SEVERITY: Severity = "warning"

FIRST, LAST = 2026, 2038
"""The years that are looked at, the last one not."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each of the line's hours that close at all."""
    if flow.country is None:
        return
    observed, actual = observed_days(flow.country), actual_days(flow.country)
    for name, hours in flow.hours.items():
        bare = re.sub(r'"[^"]*"', "", hours.source)
        unnamed = (day for day in observed if not _named(bare, day))
        if _never_closes(hours):
            continue
        if not re.search(r"\bPH\b", bare) and (day := next((it for it in unnamed if _open_on(hours, it)), None)):
            message = f"these hours forget public holidays: they are open on {_told(day)}; add PH off"
            yield f".hours.{name}", message
            continue
        lost = [it for it in actual if it not in observed and not _named(bare, it) and _open_on(hours, it)]
        if lost:
            dates = sorted({(day.month, day.day): _written(day) for day in lost}.items())
            message = "PH is the day that offices take off, and on the holiday itself these hours are open: "
            yield f".hours.{name}", f"{message}{_told(lost[0])}; add {','.join(it for _, it in dates)} off"


@cache
def observed_days(country: str) -> tuple[date, ...]:
    """The public holidays of a country as offices observe them, of the years that are looked at."""
    zone = ZoneInfo("UTC")
    try:
        holidays = compile_hours("PH 00:00-24:00", zone, country)
    except ValueError:
        return ()
    first, last = (datetime(year, 1, 1, tzinfo=zone) for year in (FIRST, LAST))
    found = spans(holidays, first, last)
    return tuple(begins.date() + timedelta(days=by) for begins, ends in found for by in range((ends - begins).days))


@cache
def actual_days(country: str) -> tuple[date, ...]:
    """The holidays of a fixed date, on that date: a date that is observed in most years is one."""
    observed = observed_days(country)
    years = LAST - FIRST
    often = Counter((day.month, day.day) for day in observed)
    # A date that moves off each weekend stays in five years of seven.
    fixed = [month_day for month_day, times in often.items() if times >= years / 2]
    return tuple(sorted(date(year, *it) for year in range(FIRST, LAST) for it in fixed if it != (2, 29)))


def _open_on(hours: Hours, day: date) -> bool:
    first = datetime(day.year, day.month, day.day, tzinfo=hours.zone)
    return any(state == State.OPEN for _, _, state, _ in hours.rules.intervals(first, first + timedelta(days=1)))


def _never_closes(hours: Hours) -> bool:
    first = datetime(FIRST, 1, 1, tzinfo=hours.zone)
    return hours.is_open(first) and hours.next_change(first) is None


def _told(day: date) -> str:
    return f"{day:%A}, {_written(day)} {day.year}"


def _written(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}"


def _named(source: str, day: date) -> bool:
    """Whether the hours name the date: `Jul 4`, `Jul 04`, or among others of the month, `Dec 24-26`, `Jan 1,Jul 4`."""
    month = _MONTHS[day.month - 1]
    for found in re.finditer(rf"\b{month}\s+(\d\d?)(?:\s*-\s*(?:{month}\s+)?(\d\d?))?", source):
        if int(found[1]) <= day.day <= int(found[2] or found[1]):
            return True
    return False
