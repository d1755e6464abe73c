"""What the page of queues shows, measured: in all, by queue, by day, by hour of the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from ivr.reports.estimate_kpis import ESTIMATE_ERROR, ESTIMATE_RIGHT
from ivr.reports.figure import Figure
from ivr.reports.kpi import By, Kpi, Scope, Setting
from ivr.reports.measuring import measure_all
from ivr.reports.queue_levels import service_levels, together_mean, together_number, together_share
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.reports.waiting_kpis import (
    ABANDONED_VISITS,
    ABANDONMENT,
    ASA,
    CALLBACKS_BOOKED,
    CALLBACKS_KEPT,
    HANDLED,
    LEFT,
    TIME_TO_ABANDON,
    TIMED_OUT,
    TURNED_AWAY,
)
from ivr.web.reports.aims import Aims
from ivr.web.reports.filters import Filters

OUTCOMES: tuple[Kpi, ...] = (HANDLED, ABANDONED_VISITS, LEFT, TIMED_OUT, CALLBACKS_BOOKED, TURNED_AWAY)
"""How a visit can end; each visit of a caller ends in one of them."""

BY_TIME = (ABANDONMENT, ASA, HANDLED, ABANDONED_VISITS)
BY_QUEUE = (*BY_TIME, TIME_TO_ABANDON, LEFT, TIMED_OUT, TURNED_AWAY, CALLBACKS_BOOKED, CALLBACKS_KEPT,
            ESTIMATE_RIGHT, ESTIMATE_ERROR)  # fmt: skip

Measured = Mapping[str, Mapping[str, Figure]]
"""By the figures' names, and what they are of."""


@dataclass(frozen=True, slots=True)
class Measures:
    """All of them. `queues` are those of the log to which anything happened, the busiest first."""

    queues: tuple[str, ...]
    by_queue: Measured
    whole: Measured
    before: Measured
    by_day: Measured
    by_hour: Measured


def measures(engine: Engine, filters: Filters, aims: Aims, *, compares: bool) -> Measures:
    """Everything, each queue by its own aim; of the time before only where it compares. Raises SQLAlchemyError."""
    short: dict[str, Mapping[str, Setting]] = {ABANDONMENT.name: {"short": aims.short}}
    by_queue: Measured = measure_all(engine, BY_QUEUE, filters.scope, short, by="queue")
    there = {name for parts in by_queue.values() for name in parts} - {"-"}
    queues = tuple(sorted(there, key=lambda it: (-_busy(by_queue, it), it)))
    seconds = {queue: aims.of(queue).seconds for queue in queues}
    of_all = {"seconds": next(iter(seconds.values()), 20.0), "short": aims.short}

    def of(kpis: tuple[Kpi, ...], scope: Scope, by: By, *, medians: bool = False) -> dict[str, dict[str, Figure]]:
        alike = len(set(seconds.values())) < 2  # then one look at the roll-ups is enough
        given = {**short, SERVICE_LEVEL.name: of_all}
        some = (*kpis, SERVICE_LEVEL) if alike else kpis
        found = measure_all(engine, some, scope, given, by=by, zone=filters.zone, medians=medians)
        if not alike:
            levels = service_levels(engine, scope, seconds, short=aims.short, by=by, zone=filters.zone)
            found[SERVICE_LEVEL.name] = levels
        return found

    return Measures(
        queues=queues,
        by_queue={**by_queue, SERVICE_LEVEL.name: of((), filters.scope, "queue")[SERVICE_LEVEL.name]},
        whole=of(BY_QUEUE, filters.scope, "all", medians=True),
        before=of(BY_QUEUE, filters.before, "all") if compares else {},
        by_day=of(BY_TIME, filters.scope, "day"),
        by_hour={name: _of_the_day(name, parts) for name, parts in of(BY_TIME, filters.scope, "hour").items()},
    )


def _of_the_day(name: str, hours: Mapping[str, Figure]) -> dict[str, Figure]:
    """Hours of the week put together to those of the day: "00" to "23"."""
    parts: dict[str, list[Figure]] = defaultdict(list)
    for of, figure in hours.items():
        parts[of.partition("-")[2]].append(figure)
    together = together_number
    if name in (SERVICE_LEVEL.name, ABANDONMENT.name):
        together = together_share
    elif name == ASA.name:
        together = together_mean
    return {hour: together(hour, figures) for hour, figures in sorted(parts.items())}


def _busy(by_queue: Measured, queue: str) -> int:
    return sum(by_queue[it.name][queue].n for it in OUTCOMES if queue in by_queue[it.name])
