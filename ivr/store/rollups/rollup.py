"""What a roll-up is, and its spans of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

QUARTER_SECONDS = 900

DAY = 96
"""A UTC day, in quarter-hours."""

BLOCK = 28 * DAY
"""Four weeks: a year is thirteen of them."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """One roll-up. Both functions work in the transaction that they get, and end none.

    Spans begin at multiples of their length, counted in quarter-hours since 1970 (UTC).
    """

    name: str
    rebuild: Callable[[Connection, int, int], None]
    """(connection, since, until): makes the rows of the quarter-hours from `since` to before `until` anew from the log.
    They are all of one UTC day."""
    lengthen: Callable[[Connection, int, int], None]
    """(connection, span, begins): makes the rows of one DAY or BLOCK anew from the rows of shorter spans."""
