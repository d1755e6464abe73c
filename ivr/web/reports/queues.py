"""Queues: how soon callers were answered, how many gave up and when, and whether they were told the truth."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint

from ivr.reports.estimate_kpis import ESTIMATE_RIGHT
from ivr.reports.longest_waits import longest_waits
from ivr.reports.patience import patience
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.reports.waiting_kpis import ABANDONMENT, ASA, CALLBACKS_KEPT, HANDLED
from ivr.web.people.office import office
from ivr.web.reports.aims import OWN, Aims, read_aims, said
from ivr.web.reports.days import day_words, days_of
from ivr.web.reports.filters import Filters, read_filters
from ivr.web.reports.frame import comparable, show
from ivr.web.reports.links import calls_link, formula_link, in_hour, on_day
from ivr.web.reports.queue_measures import Measures, measures
from ivr.web.reports.queue_plots import patience_plot, times_plot
from ivr.web.reports.queue_tables import (
    Part,
    callbacks_table,
    estimates_table,
    level_settings,
    longest_table,
    outcomes_table,
    patience_table,
    short_setting,
    times_table,
    waits_table,
)
from ivr.web.reports.shown import Shown, shown

page = Blueprint("queues", __name__, url_prefix="/queues")

TILES = (SERVICE_LEVEL, ASA, ABANDONMENT, HANDLED, CALLBACKS_KEPT, ESTIMATE_RIGHT)


@page.get("")
def index() -> str:
    """The page."""
    filters = read_filters(*OWN)
    aims = read_aims(filters.own or {})
    engine, team = office().engine, office().staff.now()
    compares = comparable(filters)
    it = measures(engine, filters, aims, compares=compares)
    days, hours = _days(filters), _hours(filters)
    curve = patience(engine, filters.scope)
    wanted = {aims.of(queue).share for queue in it.queues}
    aim = wanted.pop() if len(wanted) == 1 else None
    return show(
        "reports/queues.html",
        filters,
        heading="Queues",
        compares=compares,
        own_fields=aims.fields(),
        tiles=_tiles(it, aims, filters),
        waits=waits_table(it, aims, filters),
        aims=[(queue, said(aims.of(queue))) for queue in it.queues],
        outcomes=outcomes_table(it, filters),
        callbacks=callbacks_table(it, filters),
        estimates=estimates_table(it, filters),
        by_day=times_plot("days", "Service level and visits by day", it.by_day, days, filters, aim),
        day_table=times_table(it.by_day, days, "Day", aims, filters),
        by_hour=times_plot("hours", "Service level and visits by hour of the day", it.by_hour, hours, filters, aim),
        hour_table=times_table(it.by_hour, hours, "Hour", aims, filters),
        patience=patience_plot(curve, filters),
        patience_table=patience_table(curve, filters),
        longest=longest_table(
            longest_waits(engine, filters.scope), filters, {name: one.full_name for name, one in team.agents.items()}
        ),
    )


def _tiles(it: Measures, aims: Aims, filters: Filters) -> list[Shown]:
    days = days_of(filters)
    tiles = [
        shown(
            kpi, it.whole[kpi.name].get(""), filters, before=it.before.get(kpi.name, {}).get(""),
            trend=[(day, it.by_day[kpi.name].get(day)) for day in days] if kpi.name in it.by_day else (),
            narrowed=short_setting(aims) if kpi is ABANDONMENT else None,
        )
        for kpi in TILES
    ]  # fmt: skip
    # Its calls and its formula are those of one T: of several there are none.
    seconds = {aims.of(queue).seconds for queue in it.queues}
    level, calls = tiles[0], None
    formula = level.formula
    if len(seconds) == 1:
        (longest,) = seconds
        calls = calls_link(filters, figure=SERVICE_LEVEL.name, **level_settings(longest, aims)) if level.calls else None
        formula = formula_link(SERVICE_LEVEL.name, filters, seconds=f"{longest:g}", short=f"{aims.short:g}")
    return [replace(level, formula=formula, calls=calls), *tiles[1:]]


def _days(filters: Filters) -> list[Part]:
    return [Part(day, day_words(day), on_day(day, filters)) for day in days_of(filters)]


def _hours(filters: Filters) -> list[Part]:
    """The hours of the day; of one day alone, each with its calls."""
    days = days_of(filters)
    found = []
    for hour in range(24):
        narrowed = in_hour(days[0], hour, filters) or None if len(days) == 1 else None
        found.append(Part(f"{hour:02}", f"{hour:02}:00", narrowed))
    return found
