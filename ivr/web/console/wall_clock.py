"""Moments as a form has them, by the clock on the wall of a line, and as its people read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?")

NEAR = timedelta(days=1)


def read(text: str, zone: ZoneInfo, *, last: bool = False) -> tuple[datetime, str]:
    """The moment that a field such as `2026-12-24T12:00` has, aware, and what is to be said of it, if anything.

    A time that comes twice, when clocks are put back, is the first, or (`last`) the second. Raises ValueError, with
    words for the person, for what is no moment, and for a time that the clocks skip.
    """
    text = text.strip()
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        wall = datetime.fromisoformat(text)
        if not 2000 <= wall.year < 9000:
            raise ValueError
    except ValueError:
        raise ValueError(f'"{text}" is no moment such as 2026-12-24T12:00') from None
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first, ""
    day = f"{wall:%A} {wall.day} {wall:%B %Y}"
    if (after := first.astimezone(UTC).astimezone(zone)).replace(tzinfo=None) != wall:
        raise ValueError(
            f"there is no {wall:%H:%M} on {day} in {zone.key}: the clocks are put forward. "
            f"Write {after:%H:%M}, or a time before"
        )
    chosen, which = (second, "second") if last else (first, "first")
    return chosen, f"{wall:%H:%M} comes twice on {day}, when the clocks are put back: the {which} is meant"


def told(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A moment for people: `18:00`, `tomorrow 09:00`, `Thu 24 Dec 2026, 12:00`; in an hour that comes twice, which."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    twice = f" {local:%Z}" if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset() else ""
    if local.date() == today:
        return f"{local:%H:%M}{twice}"
    if local.date() == today + NEAR:
        return f"tomorrow {local:%H:%M}{twice}"
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}{twice}"
