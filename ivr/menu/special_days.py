"""Special days: one more rule behind the text of the hours, for one date, which goes before all others."""

from __future__ import annotations

import re
from datetime import date

OFF = "off"

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read_hours(text: str) -> str:
    """The hours of a day as they are kept: `08:00-12:00`, several by commas, or `off`.

    Raises ValueError with what to write instead.
    """
    text = text.strip()
    if text.lower() in ("off", "closed"):
        return OFF
    spans = [re.sub(r"\b(\d:)", r"0\1", part.strip()) for part in text.split(",")]
    for span in spans:
        if not _SPAN.fullmatch(span):
            raise ValueError(
                f'"{text}" are no hours of a day; write such as 08:00-12:00, or 08:00-12:00,14:00-16:00, or off'
            )
        begins, _, ends = span.partition("-")
        if begins == ends:
            raise ValueError(f'"{span}" opens and closes at the same time; a whole day is 00:00-24:00')
    return ",".join(spans)


def rule(day: date, hours: str, why: str) -> str:
    """The rule in opening_hours syntax: `2026 Dec 24 08:00-12:00 "Christmas Eve"`."""
    comment = re.sub(r'["\x00-\x1f]', " ", why).strip()
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02} {hours}" + (f' "{comment}"' if comment else "")
