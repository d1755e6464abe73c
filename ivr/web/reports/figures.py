"""The figures: each with its formula, its parameters, and what it comes to."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort

from ivr.reports import KPIS, Kpi
from ivr.reports.figure import Unit
from ivr.reports.kpi import By
from ivr.reports.measuring import measure_all
from ivr.reports.outcomes import OUTCOMES
from ivr.reports.wording import setting
from ivr.web.people.office import office
from ivr.web.reports import parts
from ivr.web.reports.filters import Filters, read_filters
from ivr.web.reports.frame import comparable, show
from ivr.web.reports.links import calls_link, page_link
from ivr.web.reports.problems import bad
from ivr.web.reports.settings import changed, read_settings
from ivr.web.reports.shown import shown

page = Blueprint("figures", __name__, url_prefix="/figures")

ALL: dict[str, Kpi] = {it.name: it for it in (*KPIS, *OUTCOMES)}

MOST_QUARTERS = 8 * 24 * 3600
"""Seconds: quarter-hours of longer spans nobody can read."""

INTERVALS: dict[Unit, str] = {
    "share": "The interval is Wilson's score interval of a share.",
    "seconds": "The interval of the average is the normal one; that of the median is by order statistics.",
    "score": "The interval is the normal one of a mean, times 100.",
    "number": "It was counted, so there is no interval.",
    "total": "It was counted, so there is no interval.",
}


@page.get("")
def index() -> str:
    """All of them, with what they come to."""
    filters = read_filters()
    now = measure_all(office().engine, (*KPIS, *OUTCOMES), filters.scope)
    compares = comparable(filters)
    before = measure_all(office().engine, (*KPIS, *OUTCOMES) if compares else (), filters.before, medians=False)
    groups = [
        (
            title,
            [
                (it, shown(it, now[it.name].get(""), filters, before=before.get(it.name, {}).get(""), than=""))
                for it in kpis
            ],
        )
        for title, kpis in (("Key figures", KPIS), ("How calls ended", OUTCOMES))
    ]
    return show("reports/figures.html", filters, heading="Figures", compares=compares, groups=groups)


@page.get("/<name>")
def figure(name: str) -> str:
    """One of them, with its parts."""
    kpi = ALL.get(name)
    if kpi is None:
        abort(404)
    filters = read_filters("by", *(it.name for it in kpi.parameters))
    own = filters.own or {}
    settings, by = read_settings(kpi, own), _by(own.get("by", "day"), filters)
    engine, given = office().engine, {name: settings}
    whole = measure_all(engine, (kpi,), filters.scope, given)[name].get("")
    compares = comparable(filters)
    before = measure_all(engine, (kpi,), filters.before, given, medians=False)[name].get("") if compares else None
    found = measure_all(engine, (kpi,), filters.scope, given, by=by, zone=filters.zone)[name]
    ordered = parts.in_order(found, by, filters)
    narrowed = {"figure": name, "set": [f"{it}:{value}" for it, value in changed(kpi, settings).items()]}
    fields = [
        {"name": it.name, "label": it.name.replace("_", " ").capitalize(), "value": setting(settings[it.name]),
         "choices": [("yes", "yes"), ("no", "no")] if isinstance(it.default, bool) else []}
        for it in kpi.parameters
    ]  # fmt: skip
    return show(
        "reports/figure.html",
        filters,
        heading=kpi.title,
        compares=compares,
        kpi=kpi,
        tile=shown(kpi, whole, filters, before=before),
        interval_words=INTERVALS[kpi.unit],
        settings_rows=[[it.name, setting(settings[it.name]), setting(it.default), it.words] for it in kpi.parameters],
        all_figures=page_link("figures", filters),
        own_fields=[{"name": "by", "label": "By", "value": by, "choices": list(parts.PARTS.items())}, *fields],
        calls=calls_link(filters, **narrowed),
        hits=calls_link(filters, **narrowed, value="1") if kpi.unit == "share" else None,
        misses=calls_link(filters, **narrowed, value="0") if kpi.unit == "share" else None,
        plot_of_parts=parts.plot(kpi, ordered, by, filters, **narrowed),
        heads=parts.heads(kpi, by),
        rows=parts.rows(kpi, ordered, by, filters, **narrowed),
        by_words=parts.PARTS[by],
    )


def _by(text: str, filters: Filters) -> By:
    if text not in parts.PARTS:
        raise bad("by", f"it is one of {', '.join(parts.PARTS)}, not “{text}”")
    if text == "quarter" and (filters.until - filters.since).total_seconds() > MOST_QUARTERS:
        raise bad("by", "quarter-hours are shown of eight days at most: narrow from and to, or choose day")
    return cast(By, text)
