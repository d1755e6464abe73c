"""The overview: the few figures that matter most, when people call, and how calls end."""

from __future__ import annotations

from flask import Blueprint

from ivr.reports.call_kpis import CALLS_IN, CONTAINMENT, FIRST_RESPONSE, TRUE_CONTAINMENT
from ivr.reports.measuring import measure_all
from ivr.reports.outcomes import OUTCOMES
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.reports.survey_kpis import CSAT
from ivr.reports.waiting_kpis import ABANDONMENT, ASA
from ivr.web.people.office import office
from ivr.web.reports.days import days_of
from ivr.web.reports.filters import read_filters
from ivr.web.reports.frame import comparable, show
from ivr.web.reports.outcomes_shown import GROUPS, calls_by_day, day_rows, outcome_rows
from ivr.web.reports.shown import shown
from ivr.web.reports.week import week_plot, week_rows

page = Blueprint("overview", __name__)

CHOSEN = (CALLS_IN, CONTAINMENT, TRUE_CONTAINMENT, FIRST_RESPONSE, SERVICE_LEVEL, ABANDONMENT, ASA, CSAT)
"""Few, and each leads somewhere: how much there is to do, whether the line helps, how long people wait, whether they
were content."""


@page.get("")
def index() -> str:
    """The page."""
    filters = read_filters()
    engine, zone = office().engine, filters.zone
    everything = (*CHOSEN, *OUTCOMES)
    now = measure_all(engine, everything, filters.scope)
    compares = comparable(filters)
    before = measure_all(engine, everything if compares else (), filters.before, medians=False)
    daily = measure_all(engine, everything, filters.scope, by="day", zone=zone, medians=False)
    hourly = measure_all(engine, (CALLS_IN,), filters.scope, by="hour", zone=zone, medians=False)[CALLS_IN.name]
    days = days_of(filters)
    tiles = [
        shown(
            it, now[it.name].get(""), filters,
            before=before.get(it.name, {}).get(""), trend=[(day, daily[it.name].get(day)) for day in days],
        )
        for it in CHOSEN
    ]  # fmt: skip
    return show(
        "reports/overview.html",
        filters,
        heading="Overview",
        compares=compares,
        tiles=tiles,
        outcomes=outcome_rows(now, before, filters),
        by_day=calls_by_day(daily, days, filters),
        day_heads=["Day", *((title, "num") for title, _, _ in GROUPS), ("All", "num")],
        day_rows=day_rows(daily, days, filters),
        week=week_plot(hourly, filters),
        week_rows=week_rows(hourly, filters),
    )
