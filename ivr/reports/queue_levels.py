"""The service level of each queue by its own T, and figures of several put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, tzinfo

from sqlalchemy import Engine

from ivr.reports.figure import Figure
from ivr.reports.intervals import wilson
from ivr.reports.kpi import By, Scope, Setting
from ivr.reports.measuring import measure_all
from ivr.reports.service_level import SERVICE_LEVEL


def service_levels(
    engine: Engine,
    scope: Scope,
    seconds: Mapping[str, float],
    *,
    short: float,
    by: By = "all",
    zone: tzinfo = UTC,
) -> dict[str, Figure]:
    """The service level by what it is of, where each of these queues has its own T, in seconds.

    Of all queues together it is the share of all their callers, each by the T of their queue. Raises SQLAlchemyError.
    """
    groups: dict[float, list[str]] = defaultdict(list)
    for queue, longest in seconds.items():
        if scope.queues is None or queue in scope.queues:
            groups[longest].append(queue)
    parts: dict[str, list[Figure]] = defaultdict(list)
    for longest, queues in groups.items():
        given: dict[str, Mapping[str, Setting]] = {SERVICE_LEVEL.name: {"seconds": longest, "short": short}}
        some = replace(scope, queues=tuple(queues))
        found = measure_all(engine, (SERVICE_LEVEL,), some, given, by=by, zone=zone, medians=False)
        for of, figure in found[SERVICE_LEVEL.name].items():
            parts[of].append(figure)
    return {of: together_share(of, figures) for of, figures in sorted(parts.items())}


def together_share(of: str, figures: Iterable[Figure]) -> Figure:
    """The share of all that shares of parts are made of."""
    n, good, counts = 0, 0.0, defaultdict[str, int](int)
    for it in figures:
        n += it.n
        good += (it.value or 0.0) * it.n
        for name, number in it.counts.items():
            counts[name] += number
    low, high = wilson(round(good), n) or (None, None)
    return Figure(of, good / n if n else None, n, low, high, counts=dict(counts))


def together_mean(of: str, figures: Iterable[Figure]) -> Figure:
    """The mean of all that means of parts are made of; without an interval, which the parts do not tell."""
    n, total = 0, 0.0
    for it in figures:
        n += it.n
        total += (it.value or 0.0) * it.n
    return Figure(of, total / n if n else None, n)


def together_number(of: str, figures: Iterable[Figure]) -> Figure:
    """The number of all."""
    n, total = 0, 0.0
    for it in figures:
        n += it.n
        total += it.value or 0.0
    return Figure(of, total, n)
