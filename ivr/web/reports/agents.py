"""Agents: what each handled and missed, how long it took, and what they did with their time.

It is about persons by name: `docs/reports.md` says who may see it, and what it is not good for.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint

from ivr.reports.agent_time import agent_times
from ivr.reports.handling_kpis import HANDLING_TIME, MISSED, TALK_TIME, WRAP_UP_TIME
from ivr.reports.measuring import measure_all
from ivr.reports.missed_why import missed_why
from ivr.reports.talks import talks
from ivr.reports.waiting_kpis import HANDLED
from ivr.web.people.office import office
from ivr.web.reports.agent_tables import calls_table, codes_table, talks_table, time_plot, time_table
from ivr.web.reports.filters import Filters, read_filters
from ivr.web.reports.frame import comparable, show
from ivr.web.reports.links import calls_link, formula_link
from ivr.web.reports.shown import Shown, shown

page = Blueprint("agents", __name__, url_prefix="/agents")

TILES = (HANDLED, HANDLING_TIME, TALK_TIME, WRAP_UP_TIME, MISSED)

MOST = 200
"""Talks that the list shows."""

GIVEN = {HANDLED.name: {"callbacks": True}}
"""To an agent a talk with somebody whom we called back is a talk."""


@page.get("")
def index() -> str:
    """The page."""
    filters = read_filters()
    engine, zone = office().engine, filters.zone
    by_agent = measure_all(engine, TILES, filters.scope, GIVEN, by="agent", zone=zone)
    time = agent_times(engine, filters.since, filters.until, filters.now, filters.queue, filters.agent)
    handled, missed = by_agent[HANDLED.name], by_agent[MISSED.name]

    def busiest(agent: str) -> tuple[int, str]:
        return (-(handled[agent].n if agent in handled else 0), agent)

    agents = sorted({*handled, *missed} - {"-"}, key=busiest)
    times = sorted(time, key=lambda it: busiest(it.agent))
    names = {name: one.full_name for name, one in office().staff.now().agents.items()}
    compares = comparable(filters)
    narrowed = [name for name in ("line", "version", "language") if getattr(filters, name)]
    return show(
        "reports/agents.html",
        filters,
        heading="Agents",
        compares=compares,
        tiles=_tiles(filters, compares),
        calls=calls_table(agents, by_agent, missed_why(engine, filters.scope), names, filters),
        time=time_table(times, names, filters),
        time_plot=time_plot(times, names, filters),
        codes=codes_table(times, names, filters),
        of_all_lines=narrowed,
    )


@page.get("/talks")
def talked() -> str:
    """The talks that were given a code: behind each number of codes."""
    filters = read_filters("code")
    code = (filters.own or {}).get("code")
    wanted = None if code is None else "" if code == "-" else code
    found = talks(
        office().engine, filters.since, filters.until,
        code=wanted, agent=filters.agent, queue=filters.queue, most=MOST + 1,
    )  # fmt: skip
    names = {name: one.full_name for name, one in office().staff.now().agents.items()}
    codes = {it for one in office().staff.now().queues.values() for it in one.wrap_up_codes} | {it.code for it in found}
    choices = [("", "all"), ("-", "none"), *((it, it.replace("_", " ")) for it in sorted(codes - {""}))]
    about = (
        "All talks" if code is None else "Talks without a code" if code == "-" else f"Talks: {code.replace('_', ' ')}"
    )
    return show(
        "reports/talks.html",
        filters,
        heading="Talks",
        own_fields=[{"name": "code", "label": "Code", "value": code or "", "choices": choices}],
        about=about,
        talks=talks_table(found[:MOST], names, filters),
        more=MOST if len(found) > MOST else 0,
    )


def _tiles(filters: Filters, compares: bool) -> list[Shown]:
    """The figures of all agents together; those of nobody are in none."""
    engine = office().engine
    now = measure_all(engine, TILES, filters.scope, GIVEN)
    before = measure_all(engine, TILES if compares else (), filters.before, GIVEN, medians=False)
    tiles = [shown(kpi, now[kpi.name].get(""), filters, before=before.get(kpi.name, {}).get("")) for kpi in TILES]
    handled = tiles[0]
    calls = calls_link(filters, figure=HANDLED.name, set=["callbacks:yes"]) if handled.calls else None
    formula = formula_link(HANDLED.name, filters, callbacks="yes")
    return [replace(handled, calls=calls, formula=formula), *tiles[1:]]
