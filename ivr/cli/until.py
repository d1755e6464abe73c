"""Moments to come, as people write them: how long (`90m`, `2d`), a time of today, or ISO 8601 in the line's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

import click

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Ahead:
    """A time span, a time of day (the next such), or a moment, perhaps by the clock of a line."""

    what: timedelta | time | datetime

    def after(self, begin: datetime, zone: tzinfo) -> datetime:
        """The moment in UTC, counted from `begin` (aware) in a line of this zone. Spans are as long as a clock runs,
        also where the clock on the wall is put forward or back meanwhile.
        """
        match self.what:
            case timedelta():
                return begin.astimezone(UTC) + self.what
            case datetime():
                return (self.what if self.what.tzinfo else self.what.replace(tzinfo=zone)).astimezone(UTC)
            case time():
                today = begin.astimezone(zone).date()
                # A time that comes twice on the day on which clocks are put back is first the earlier one.
                times = (
                    datetime.combine(day, self.what.replace(fold=fold), zone).astimezone(UTC)
                    for day in (today, today + timedelta(days=1))
                    for fold in (0, 1)
                )
                return next(it for it in times if it > begin)


def read_ahead(text: str) -> Ahead:
    """What somebody wrote. Raises ValueError, with a message for that person, where it is no moment to come."""
    text = text.strip()
    span = re.fullmatch(r"([1-9]\d{0,4})([mhd])", text)
    try:
        if span:
            return Ahead(timedelta(**{_UNITS[span[2]]: int(span[1])}))
        if re.fullmatch(r"\d{1,2}:\d\d", text):
            return Ahead(time.fromisoformat(text.zfill(5)))
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f'"{text}" is no span such as 90m, 4h, 2d, no time such as 18:00, and no moment such as 2026-12-24T12:00'
        ) from None
    if not 2000 <= moment.year < 9000:
        raise ValueError(f'"{text}" is in no year of telephones')
    return Ahead(moment)


class AheadOption(click.ParamType[Ahead]):
    """The value of `--from` and `--until` of what is to come."""

    name = "MOMENT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Ahead:
        """The moment, or the usage error that says what one is."""
        if isinstance(value, Ahead):
            return value
        try:
            return read_ahead(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
