"""From when to when, in the API: patterns that are exact, so that what fits one is never refused.

Who has the description alone can tell what is valid; so can whatever tests the API by it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.reports.views import QUARTER
from ivr.web.reports.spans import read_end

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

_SPAN = r"[1-9][0-9]{0,3}[mhd]"

_LEAP = r"(19(7[26]|8[048]|9[26])|20([02468][048]|[13579][26])|21(0[48]|[2468][048]|[13579][26]))"
_DATE = (
    r"((19[789]|20[0-9]|21[0-9])[0-9]-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP}-02-29)"
)
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_MOMENT = rf"{_DATE}(T{_CLOCK}(:[0-5][0-9](\.[0-9]{{1,6}})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?"

WHEN = rf"^({_SPAN}|{_MOMENT})$"
"""A span back from now (15m, 24h, 7d), a date, or a moment, of the years from 1970 to 2199."""

LONG = rf"^{_SPAN}$"
"""So long."""


def plus_again(text: str) -> str:
    """In an address that nobody encoded, the plus of a zone has become a space: it is one again."""
    return re.sub(r" (\d\d:\d\d)$", r"+\1", text)


def span_of(
    since: str, long: str | None, until: str | None, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime]:
    """From when to before when (UTC), of texts that fit the patterns.

    Where no end is said, until now: with the quarter-hour that goes on, since figures are at hand by these. What is to
    come is an empty span. Raises ValueError, with words, where `until` is not after `since`.
    """
    began = read_end(since, zone, now, last=False)
    if until is not None:
        ended = read_end(until, zone, now, last=True)
        if ended <= began:
            raise ValueError(f"it is not after since, which is {began.astimezone(zone).isoformat(timespec='minutes')}")
    elif long is not None:
        ended = began + timedelta(**{_UNITS[long[-1]]: int(long[:-1])})
    else:
        ended = max(datetime.fromtimestamp(-(-now.timestamp() // QUARTER) * QUARTER, UTC), began)
    return began.astimezone(UTC), ended.astimezone(UTC)
