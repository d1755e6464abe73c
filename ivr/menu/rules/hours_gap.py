"""Hours with a hole that nobody meant: a few minutes in a day, or one weekday between others.

Two spans that do not quite meet (`08:00-11:59,12:00-18:00`) turn callers away in the minute between; `Mo-Th,Sa` most
often forgets Friday. Said are holes of at most ten minutes, and a weekday from Tuesday to Friday that is never open
while the days around it are.

```diff top
 hours:
-  office: Mo-Th 08:00-18:00; Sa 09:00-13:00; PH off; Jan 1,Jun 19,Jul 4,Nov 11,Dec 25 off
+  office: Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off; Jan 1,Jun 19,Jul 4,Nov 11,Dec 25 off
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from opening_hours import State

from ivr.menu.flow import Flow
from ivr.menu.hours import Hours
from ivr.menu.problems import Severity

ID = "hours-gap"
SEVERITY: Severity = "warning"

LONGEST = timedelta(minutes=10)
"""Of a hole in a day that nobody meant."""

_YEAR = (2025, 2026)  # an ordinary one: its first day to the next one's
Spans = list[tuple[datetime, datetime]]

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each of the line's hours, over a year."""
    for name, hours in flow.hours.items():
        first, last = (datetime(year, 1, 1, tzinfo=hours.zone) for year in _YEAR)
        year = list(spans(hours, first, last))
        message = _hole(year) or _forgotten_day(year)
        if message:
            yield f".hours.{name}", message


def spans(hours: Hours, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When they are open, from the one moment to the other (both in their zone); what touches is one span."""
    begun: datetime | None = None
    ended: datetime | None = None
    for begins, ends, state, _ in hours.rules.intervals(first, last):
        if state != State.OPEN:
            continue
        if begun is not None and ended is not None and begins > ended:
            yield begun, ended
            begun = None
        begun = begun or begins
        ended = ends
    if begun is not None and ended is not None:
        yield begun, ended


def _hole(year: Spans) -> str | None:
    before: datetime | None = None
    for begins, ends in year:
        if before is not None and begins - before <= LONGEST:
            hole = f"these hours close at {before:%H:%M} and open again at {begins:%H:%M}"
            return f"{hole}; let one begin where the other ends"
        before = ends
    return None


def _forgotten_day(year: Spans) -> str | None:
    open_days = [0] * 7
    for begins, ends in year:
        day = begins.date()
        while day < ends.date() or (day == begins.date()):
            open_days[day.weekday()] += 1
            day += timedelta(days=1)
    for day_number in range(1, 5):
        around = (open_days[day_number - 1], open_days[day_number + 1])
        if open_days[day_number] == 0 and min(around) > 20:
            before, this, after = (_DAYS[day_number + by] for by in (-1, 0, 1))
            return f"these hours are never open on a {this}, and open on {before}s and {after}s"
    return None
