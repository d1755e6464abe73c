"""From when to when: what `since` and `until` of a URL mean by the clock of the viewer."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAYS = 7
"""So many are looked at where nothing is said: today and the days before."""

LONGEST = timedelta(days=1100)
"""Three years and a little."""

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def day_begins(day: date, zone: tzinfo) -> datetime:
    """Midnight, or the first moment after it that the zone's clock shows; in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def hour_of(day: str, hour: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when an hour of a day is (UTC); one that the clock has twice is both of them."""
    first = datetime.combine(date.fromisoformat(day), time(hour), zone)
    # By the clock on the wall.
    return first.astimezone(UTC), (first + timedelta(hours=1)).astimezone(UTC)


def read_end(text: str, zone: tzinfo, now: datetime, *, last: bool) -> datetime:
    """The moment (UTC) that somebody wrote as `since`, or (`last`) as `until`.

    A date is its beginning, and as `until` its end: the day is in it. A span such as `24h` is so long before `now`.
    Raises ValueError, with words for that person.
    """
    text = text.strip()
    try:
        if span := re.fullmatch(r"([0-9]{1,6})([mhd])", text):
            return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return day_begins(_in_years(date.fromisoformat(text)) + timedelta(days=last), zone)
        # In a URL that nobody encoded, the plus of a zone is a space.
        moment = datetime.fromisoformat(re.sub(r"(:.*) (\d\d:\d\d)$", r"\1+\2", text))
        _in_years(moment.date())
    except (ValueError, OverflowError):
        raise ValueError(
            f"“{text}” is no date such as 2026-07-01, no moment such as 2026-07-01T10:05, and no span such as 24h or "
            "7d, in the time of this log"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _in_years(day: date) -> date:
    """The same day. Raises ValueError for one that no log could have."""
    if not 1970 <= day.year < 2200:
        raise ValueError
    return day


def same_before(since: datetime, until: datetime, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The period before, of the same length, from the same time of the day; cut where `now` cuts this one.

    So a Wednesday noon is compared with all until the Wednesday noon before.
    """
    first, last = since.astimezone(zone), until.astimezone(zone)
    whole = (last.date() - first.date()).days if first.time() == last.time() else 0
    if not whole:
        return since - (until - since), min(until, now) - (until - since)
    return (_days_before(since, whole, zone), max(_days_before(min(until, now), whole, zone), since - timedelta(whole)))


def _days_before(moment: datetime, days: int, zone: tzinfo) -> datetime:
    """The same time by the clock, days before."""
    wall = moment.astimezone(zone)
    return datetime.combine(wall.date() - timedelta(days), wall.time(), zone).astimezone(UTC)
