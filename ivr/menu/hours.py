"""Opening hours, in OpenStreetMap's opening_hours syntax, by opening-hours-py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import (  # type: ignore[attr-defined]  # its stubs forget the errors
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

from ivr.menu.problems import shown
from ivr.menu.special_days import DAY, Spans, days_in, on_the_calendar, without_nights

LONGEST = 1_000
HORIZON = timedelta(days=20 * 366)


@dataclass(frozen=True, slots=True)
class Hours:
    """Named hours of a line, in the line's own zone and with its country's public holidays."""

    source: str
    zone: ZoneInfo = field(repr=False)
    rules: OpeningHours = field(repr=False, compare=False)
    country: str | None = field(default=None, repr=False, compare=False)

    def is_open(self, at: datetime) -> bool:
        """Whether they are open at the moment (aware). `unknown` in the hours counts as closed."""
        return self.rules.is_open(at.astimezone(self.zone))

    def next_change(self, at: datetime) -> datetime | None:
        """When they open or close next after the moment, in the line's zone; None for not in the next 20 years."""
        # The library's own next_change looks as far as the year 9999: 15 s for hours that never open.
        start = at.astimezone(self.zone)
        end = start + HORIZON
        open_now = self.is_open(at)
        for begins, _, state, _ in self.rules.intervals(start, end):
            if (state == State.OPEN) != open_now:
                return begins
        return None

    def amended(self, rules: str) -> Hours:
        """The same hours with more rules behind them, such as those of special days, which go before the others.

        Raises ValueError for rules that do not parse.
        """
        return _amended(self.source, rules, self.zone, self.country) if rules else self


@lru_cache(maxsize=1024)
def _amended(source: str, rules: str, zone: ZoneInfo, country: str | None) -> Hours:
    days = days_in(rules)
    if days is not None:
        by_day = without_nights(source)
        own = _compiled(by_day, zone, country)
        rules = "; ".join(on_the_calendar(days, lambda day: _spans(own, day), nights=by_day != source))
    return _compiled(f"{source.rstrip().rstrip(';')}; {rules}", zone, country)


def _spans(hours: Hours, day: date) -> Spans:
    """When they are open on a date, in minutes by the clock on the wall."""
    begin = datetime(day.year, day.month, day.day, tzinfo=hours.zone)
    end = begin + timedelta(days=1)
    return tuple(
        (60 * opens.hour + opens.minute, DAY if closes >= end else 60 * closes.hour + closes.minute)
        for opens, closes, state, _ in hours.rules.intervals(begin, end)
        if state == State.OPEN
    )


def compile_hours(source: str, zone: ZoneInfo, country: str | None) -> Hours:
    """The hours. Raises ValueError with the place where the text stops making sense."""
    if len(source) > LONGEST:
        raise ValueError(f"hours have at most {LONGEST:,} characters, and these {len(source):,}")
    return _compiled(source, zone, country)


def _compiled(source: str, zone: ZoneInfo, country: str | None) -> Hours:
    bare = re.sub(r'"[^"]*"', '""', source)
    if re.search(r"\bSH\b", bare):
        raise ValueError('"SH" means school holidays, and nobody knows them; write the days, such as Jul 1-Aug 31 off')
    if sun := re.search(r"\b(sunrise|sunset|dawn|dusk)\b", bare):
        raise ValueError(f'"{sun[1]}" depends on a place on the map, and a line has none; write a time, such as 18:00')
    holidays = re.search(r"\bPH\b", bare)
    if holidays and country is None:
        raise ValueError('"PH" means public holidays; write at the top of which country, such as country: US')
    try:
        # The zone and the country are the line's own; nothing is guessed from coordinates.
        rules = OpeningHours(
            source, timezone=zone, country=country if holidays else None, auto_country=False, auto_timezone=False
        )
    except ParserError as error:
        found = re.search(r"--> \d+:(\d+)", str(error))
        at = f" at character {found[1]}, {shown(source[int(found[1]) - 1 :], 20)}" if found else ""
        raise ValueError(
            f'these hours do not parse{at}; write such as "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off"'
        ) from None
    except UnknownCountryError:
        raise ValueError(f'the public holidays ("PH") of "{country}" are not known; write the dates') from None
    return Hours(source, zone, rules, country)
