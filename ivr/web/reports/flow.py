"""Where callers go: the paths of one menu version, its funnels, its steps with the worst first; two side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.menu.flow import Flow
from ivr.reports.flow import paths
from ivr.reports.flow_picture import picture
from ivr.reports.funnel import funnels
from ivr.reports.versions_compared import compared
from ivr.store.rollups.step_reading import calls_of_versions
from ivr.store.versions import Versions
from ivr.switchboard.lines import UnknownVersion
from ivr.web.people.office import office
from ivr.web.reports import flow_plots, flow_tables
from ivr.web.reports.filters import Filters, read_filters
from ivr.web.reports.flow_links import FlowLinks
from ivr.web.reports.frame import show
from ivr.web.reports.problems import bad

page = Blueprint("flow", __name__, url_prefix="/flow")

NONE = "none"
"""What `against` says for no other version."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The version that the page is about, and the other versions of its line that had calls, the newest first."""

    line: str
    version: str
    others: tuple[str, ...]


@page.get("")
def index() -> str:
    """The page."""
    filters = read_filters("against")
    engine = office().engine
    counts = calls_of_versions(engine, filters.since, filters.until)
    chosen = _chosen(engine, filters, counts)
    if chosen is None:
        return show("reports/flow.html", filters, heading="Where callers go", found=None)
    against = _against(filters, chosen)
    language = {None: None, "-": ""}.get(filters.language, filters.language)
    found = paths(engine, filters.since, filters.until, chosen.line, chosen.version, language)
    flow, links = _flow(chosen.version), FlowLinks(filters, chosen.line, chosen.version)
    side_by_side = None
    if against is not None:
        other = paths(engine, filters.since, filters.until, chosen.line, against, language)
        side_by_side = flow_tables.versions(compared(other, found), flow)
    return show(
        "reports/flow.html",
        filters,
        heading="Where callers go",
        own_fields=[_field(filters, chosen)],
        own={"against": (filters.own or {}).get("against")},
        chosen=chosen,
        found=found,
        links=links,
        ignored=[name for name in ("queue", "agent") if getattr(filters, name) is not None],
        picture=flow_plots.sankey(picture(found), found, flow, links) if found.calls else None,
        passages=flow_tables.passages(found, flow, links),
        funnels=[flow_plots.funnel(number, it, links) for number, it in enumerate(funnels(found.tally), 1)],
        steps=flow_tables.steps(found, links),
        each=flow_tables.each_step(found, flow, links),
        against=against,
        side_by_side=side_by_side,
    )


def _chosen(engine: Engine, filters: Filters, counts: Mapping[tuple[str, str], int]) -> Chosen | None:
    """What the URL says; else the line with the most calls, and the newest of its versions that had any."""
    line = filters.line or next((of for of, version in counts if version == filters.version), None)
    if line is None:
        calls: dict[str, int] = {}
        for (of, _), times in counts.items():
            calls[of] = calls.get(of, 0) + times
        line = max(calls, key=lambda it: (calls[it], it), default=None)
    if line is None:
        return None
    published = list(dict.fromkeys(it.version for it in Versions(engine).history(line)))
    # Those that were never published here are the oldest: the log may come from elsewhere.
    order = {version: number for number, version in enumerate(published)}
    had_calls = sorted(
        (version for of, version in counts if of == line), key=lambda it: (order.get(it, len(order)), it)
    )
    version = filters.version or next(iter(had_calls), None)
    if version is None:
        return None
    return Chosen(line, version, tuple(it for it in had_calls if it != version))


def _against(filters: Filters, chosen: Chosen) -> str | None:
    """The version to compare with: what the URL says, else the newest other one; None for none."""
    said = (filters.own or {}).get("against")
    if said == NONE:
        return None
    if said is None:
        return next(iter(chosen.others), None)
    if said not in chosen.others:
        others = ", ".join(chosen.others) or "no other"
        raise bad("against", f"version {said} of {chosen.line} had no calls in this time; there is {others}")
    return said


def _field(filters: Filters, chosen: Chosen) -> dict[str, object]:
    choices = [("", "newest other"), *((it, it) for it in chosen.others), (NONE, "none")]
    said = (filters.own or {}).get("against", "")
    return {"name": "against", "label": "Beside", "value": said, "choices": choices}


def _flow(version: str) -> Flow | None:
    """The menu of the version; None where its files are not there (or are none that this release reads)."""
    try:
        return office().lines.of(version).flow
    except (UnknownVersion, SQLAlchemyError):
        return None
