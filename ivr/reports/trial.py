"""A version that is tried out, beside the live one: how callers fare with each, since the trial began as it is.

A changed share of callers begins anew: calls of other hours with other shares would be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, case, select

from ivr.reports import KPIS
from ivr.reports.difference import Difference, difference
from ivr.reports.figure import Figure, Unit
from ivr.reports.flow import share
from ivr.reports.flow_calls import in_trouble
from ivr.reports.kpi import Scope
from ivr.reports.measuring import measure_all
from ivr.reports.sequential import Evidence, judge
from ivr.store.log_tables import calls
from ivr.store.versions import Published, Standing

_SHOWN = ("calls", "containment", "true_containment", "first_response", "abandonment", "asa", "csat", "nps", "ces")
"""The key figures that are shown, by name."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of both versions; `apart` is the new one less the old one."""

    title: str
    unit: Unit
    old: Figure
    new: Figure
    apart: Difference | None


@dataclass(frozen=True, slots=True)
class TrialReport:
    """How a trial does: the live version and the one that is tried out, the figures of both, and the evidence."""

    line: str
    live: Published
    trial: Published
    until: datetime
    figures: tuple[Beside, ...]
    evidence: Evidence


def trial_report(engine: Engine, line: str, standing: Standing, now: datetime) -> TrialReport | None:
    """All of a line's trial until now (aware); None where none is on. Raises SQLAlchemyError."""
    if standing.live is None or standing.trial is None:
        return None
    old, new, since = standing.live.version, standing.trial.version, standing.trial.published_at
    found = evidence(engine, line, standing)
    kpis = [it for it in KPIS if it.name in _SHOWN]
    sides = [
        measure_all(engine, kpis, Scope(since, now, line=line, version=of, now=now), medians=False) for of in (old, new)
    ]
    figures = [_shares("Callers lost or in trouble", found)]
    for kpi in kpis:
        was, is_ = (side[kpi.name].get("", Figure("", None, 0)) for side in sides)
        if was.n or is_.n:
            figures.append(Beside(kpi.title, kpi.unit, was, is_, difference(kpi.unit, is_, was)))
    return TrialReport(line, standing.live, standing.trial, now, tuple(figures), found)


def evidence(engine: Engine, line: str, standing: Standing) -> Evidence:
    """What callers' calls say of the trial: the first one of each that began since then and is over, by their ends.

    Of a caller only the first counts, since whoever is in trouble calls again. Raises SQLAlchemyError.
    """
    return judge(_first_calls(engine, line, standing))


def _first_calls(engine: Engine, line: str, standing: Standing) -> Iterator[tuple[bool, bool]]:
    if standing.live is None or standing.trial is None:
        return
    both = (standing.live.version, standing.trial.version)
    since = standing.trial.published_at
    trouble = case((in_trouble(), 1), else_=0).label("trouble")
    query = (
        select(calls.c.version, calls.c.caller_hash, trouble)
        .where(calls.c.line == line, calls.c.started_at >= since, calls.c.version.in_(both))
        .where(calls.c.ended_at.is_not(None), calls.c.called_back.is_(False))
        .order_by(calls.c.ended_at, calls.c.call_sid)
    )
    seen: set[Any] = set()
    with engine.connect() as connection:
        for version, caller, troubled in connection.execute(query):
            if caller is None or caller not in seen:
                seen.add(caller)
                yield version == standing.trial.version, bool(troubled)


def _shares(title: str, found: Evidence) -> Beside:
    old, new = (share("", arm.trouble, arm.calls) for arm in (found.old, found.new))
    return Beside(title, "share", old, new, difference("share", new, old))
