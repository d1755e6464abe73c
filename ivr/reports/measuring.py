"""Measuring: the figures of a part of the log, all that are wanted together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

from sqlalchemy import Engine

from ivr.reports.figure import Figure, figure
from ivr.reports.gathering import Asked, gather
from ivr.reports.kpi import By, Kpi, Scope, Setting
from ivr.reports.spread import Spread

T = TypeVar("T")

Given = Mapping[str, Mapping[str, Setting]]
"""Settings, by the figures' names."""


def measure_all(
    engine: Engine,
    kpis: Iterable[Kpi],
    scope: Scope,
    given: Given | None = None,
    *,
    by: By = "all",
    zone: tzinfo = UTC,
    medians: bool = True,
    log_alone: bool = False,
) -> dict[str, dict[str, Figure]]:
    """Figures by their names, each by what it is of, as `Kpi.measure` gives them; many cost little more than one.

    Without `medians` figures have no median and no percentile, and come quicker. `log_alone` reads no roll-ups, to
    compare. Raises KeyError for a setting that a figure does not have, and SQLAlchemyError.
    """
    kpis = tuple(kpis)
    found = gather(engine, kpis, given or {}, Asked(scope, by, zone, medians), log_alone=log_alone)
    return {
        kpi.name: {
            of: figure(kpi.unit, of, heap.spread, heap.counts, medians=medians)
            for of, heap in in_order(found[kpi.name].parts.items(), by)
        }
        for kpi in kpis
    }


def spreads(
    engine: Engine,
    kpis: Iterable[Kpi],
    scope: Scope,
    given: Given | None = None,
    *,
    by: By = "all",
    zone: tzinfo = UTC,
) -> dict[str, dict[str, Spread]]:
    """What lies behind figures: by their names, and what they are of, which values there were, and how often.

    Seconds from two minutes on are in buckets of at most 1.6 %. Raises as `measure_all` does.
    """
    found = gather(engine, tuple(kpis), given or {}, Asked(scope, by, zone, buckets=True), log_alone=False)
    return {name: {of: heap.spread for of, heap in in_order(it.parts.items(), by)} for name, it in found.items()}


def in_order(parts: Iterable[tuple[str, T]], by: By) -> list[tuple[str, T]]:
    """Parts by their names; quarter-hours as they came, also when the clock was put back."""
    if by == "quarter":
        return sorted(parts, key=lambda it: datetime.fromisoformat(it[0]))
    return sorted(parts, key=lambda it: it[0])
