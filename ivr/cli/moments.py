"""Moments as people write them: spans back from now (`15m`, `24h`, `7d`), and ISO 8601, in the line's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import click

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

_FARTHEST = timedelta(hours=15)
"""More than any zone is away from UTC."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment: aware, or by the clock on the wall of whichever line it is compared with."""

    at: datetime

    def of(self, zone: tzinfo) -> datetime:
        """The moment in a line of this zone, aware."""
        return self.at if self.at.tzinfo else self.at.replace(tzinfo=zone)

    @property
    def earliest(self) -> datetime:
        """Not after it in any zone."""
        return self.at if self.at.tzinfo else self.at.replace(tzinfo=UTC) - _FARTHEST

    @property
    def latest(self) -> datetime:
        """Not before it in any zone."""
        return self.at if self.at.tzinfo else self.at.replace(tzinfo=UTC) + _FARTHEST


def read_moment(text: str, now: datetime, *, last: bool = False) -> Moment:
    """The moment that somebody wrote: a span before `now` (aware), or ISO 8601 with a T or a space.

    A date alone is its beginning, and as the end of a time (`last`) its end: the day is in it, as on the pages.
    Raises ValueError, with a message for that person, where it is neither.
    """
    text = text.strip()
    span = re.fullmatch(r"(\d{1,6})([mhd])", text)
    try:
        if span:
            return Moment(now - timedelta(**{_UNITS[span[2]]: int(span[1])}))
        moment = datetime.fromisoformat(text)
        if last and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            moment += timedelta(days=1)
    except (ValueError, OverflowError):
        raise ValueError(f'"{text}" is no span such as 15m, 24h, 7d, and no moment such as 2026-07-01T10:00') from None
    if not 1900 <= moment.year < 9000:
        raise ValueError(f'"{text}" is in no year of telephones')
    return Moment(moment)


class MomentOption(click.ParamType[Moment]):
    """The value of `--since`, and of `--until` (`last`)."""

    name = "MOMENT"

    def __init__(self, *, last: bool = False) -> None:
        self._last = last

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Moment:
        """The moment, or the usage error that says what one is."""
        if isinstance(value, Moment):
            return value
        try:
            return read_moment(str(value), datetime.now(UTC), last=self._last)
        except ValueError as error:
            self.fail(str(error), param, ctx)
