"""A report: all key figures of a part of the log, in their order, and what was set of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy import Engine

from ivr.reports import KPIS, Kpi
from ivr.reports.figure import Figure
from ivr.reports.kpi import By, Scope, Setting
from ivr.reports.measuring import measure_all


@dataclass(frozen=True, slots=True)
class Section:
    """One key figure: of all, and of each part where there are parts; None where nothing happened to it."""

    kpi: Kpi
    settings: Mapping[str, Setting]
    whole: Figure
    parts: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All of it; days and quarter-hours are those of the zone."""

    scope: Scope
    zone: tzinfo
    by: By
    sections: tuple[Section, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing at all was there to measure."""
        return not any(section.whole.n for section in self.sections)


def report(
    engine: Engine,
    scope: Scope,
    zone: tzinfo,
    by: By = "all",
    given: Mapping[str, Mapping[str, Setting]] | None = None,
) -> Report:
    """Measures all. `given` are settings by the figures' names. Raises KeyError for one that is not there.

    Raises SQLAlchemyError where the database is away.
    """
    known = {kpi.name for kpi in KPIS}
    if unknown := set(given or {}) - known:
        raise KeyError(f"there is no figure {', '.join(sorted(unknown))}")
    wholes = measure_all(engine, KPIS, scope, given)
    parts = {} if by == "all" else measure_all(engine, KPIS, scope, given, by=by, zone=zone)
    sections = tuple(
        Section(
            kpi,
            kpi.settings((given or {}).get(kpi.name)),
            wholes[kpi.name].get("", _nothing(kpi)),
            tuple(parts.get(kpi.name, {}).values()),
        )
        for kpi in KPIS
    )
    return Report(scope, zone, by, sections)


def _nothing(kpi: Kpi) -> Figure:
    return Figure("", 0 if kpi.unit in ("number", "total") else None, 0)
