"""How long callers wait before they hang up: of those who still waited after so long, how many hung up in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from ivr.reports.intervals import wilson
from ivr.reports.kpi import Scope
from ivr.reports.measuring import spreads
from ivr.reports.spread import Spread
from ivr.reports.waiting_kpis import ASA, OTHER_WAITS, TIME_TO_ABANDON

AFTER = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600)
"""Seconds after which it is asked."""


@dataclass(frozen=True, slots=True)
class Still:
    """Of those who still waited after so many seconds: how many they were, and how many of them hung up later.

    `hung_up_before` hung up sooner. The share has its 95 % interval (Wilson).
    """

    after: int
    waiting: int
    hung_up: int
    hung_up_before: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Of those who still waited, the part who hung up."""
        return self.hung_up / self.waiting


def patience(engine: Engine, scope: Scope) -> list[Still]:
    """The curve, as far as anybody waited; callers alone, not those whom we called back. Raises SQLAlchemyError.

    From two minutes on it is exact to the buckets of the roll-ups (1.6 % of the time).
    """
    found = spreads(engine, (ASA, TIME_TO_ABANDON, OTHER_WAITS), scope)
    hung_up = found[TIME_TO_ABANDON.name].get("") or Spread()
    others = [spread for name in (ASA.name, OTHER_WAITS.name) if (spread := found[name].get(""))]
    return curve(hung_up, others)


def curve(hung_up: Spread, others: Sequence[Spread]) -> list[Still]:
    """The curve of these waits: of those who hung up, and of all others."""
    found = []
    for after in AFTER:
        gone = _from(hung_up, after)
        waiting = gone + sum(_from(it, after) for it in others)
        if not waiting:
            break
        low, high = wilson(gone, waiting) or (0.0, 1.0)
        found.append(Still(after, waiting, gone, hung_up.n - gone, low, high))
    return found


def _from(spread: Spread, after: int) -> int:
    return sum(times for value, times in spread if value >= after)
