"""Key figures: what each means, and what it comes to."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from ivr.reports import KPIS
from ivr.reports.figure import Figure
from ivr.reports.kpi import By, Kpi, Scope
from ivr.reports.measuring import measure_all
from ivr.reports.views import QUARTER
from ivr.web.api import answered, asked
from ivr.web.people.office import office


def definitions(_: asked.Asked) -> answered.Definitions:
    """What each means."""
    return answered.Definitions(figures=[_definition(kpi) for kpi in KPIS])


def figures(query: asked.Figures) -> answered.Figures:
    """What they come to, and their parts. Raises Refused, SQLAlchemyError."""
    zone = query.clock()
    scope, engine = query.scope(zone), office().engine
    chosen = [kpi for kpi in KPIS if not query.figure or kpi.name in query.figure]
    given = {name: settings for name, settings in query.given().items() if name in {kpi.name for kpi in chosen}}
    whole = measure_all(engine, chosen, scope, given)
    within = _of_parts(scope, query.by)
    parts = {} if query.by == "all" else measure_all(engine, chosen, within, given, by=query.by, zone=zone)
    return answered.Figures(
        since=scope.since,
        until=scope.until,
        zone=str(zone),
        by=query.by,
        parts_since=within.since,
        figures=[
            _measured(kpi, kpi.settings(given.get(kpi.name)), whole[kpi.name], parts.get(kpi.name, {}))
            for kpi in chosen
        ],
    )


def _of_parts(scope: Scope, by: By) -> Scope:
    """The part of the log that parts are told of: of spans of time the newest, so many as are answered soon."""
    if by not in asked.LONGEST:
        return scope
    first = (scope.until - asked.LONGEST[by]).timestamp() // QUARTER * QUARTER
    return replace(scope, since=max(scope.since, datetime.fromtimestamp(first, UTC)))


def _measured(kpi: Kpi, settings: Any, whole: dict[str, Figure], parts: dict[str, Figure]) -> answered.Measured:
    nothing = Figure("", 0 if kpi.unit in ("number", "total") else None, 0)
    return answered.Measured(
        name=kpi.name,
        unit=kpi.unit,
        settings=settings,
        whole=answered.Value(**_value(whole.get("", nothing))),
        parts=[answered.Part(of=it.of, **_value(it)) for it in parts.values()],
    )


def _value(it: Figure) -> dict[str, Any]:
    return {one.name: getattr(it, one.name) for one in fields(it) if one.name != "of"}


def _definition(kpi: Kpi) -> answered.Definition:
    settable = [answered.Settable(name=it.name, default=it.default, words=it.words) for it in kpi.parameters]
    return answered.Definition(
        name=kpi.name, title=kpi.title, formula=kpi.formula, unit=kpi.unit, of=kpi.of, parameters=settable,
        source=kpi.source,
    )  # fmt: skip
