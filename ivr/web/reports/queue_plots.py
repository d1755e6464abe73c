"""The plots of the page of queues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ivr.reports.patience import Still
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.reports.waiting_kpis import ABANDONED_VISITS, HANDLED, TIME_TO_ABANDON
from ivr.web.reports.cells import number
from ivr.web.reports.days import days_axis
from ivr.web.reports.filters import Filters
from ivr.web.reports.links import calls_link
from ivr.web.reports.plots import Plot
from ivr.web.reports.queue_measures import Measured
from ivr.web.reports.queue_tables import Part

_SHARE = {"tickformat": ".0%", "range": [0, 1.02], "tickmode": "linear", "tick0": 0, "dtick": 0.2}


def times_plot(
    name: str, title: str, measured: Measured, parts: Sequence[Part], filters: Filters, aim: float | None
) -> Plot:
    """Visits that were handled and abandoned as bars, the service level as a line over them; with one aim, that too."""
    along = [part.name for part in parts]
    levels = [measured[SERVICE_LEVEL.name].get(it) for it in along]
    traces: list[dict[str, Any]] = [
        _bars(HANDLED.name, "Handled", "--plot-1", measured, parts, filters),
        _bars(ABANDONED_VISITS.name, "Abandoned", "--plot-5", measured, parts, filters),
        {
            "type": "scatter", "mode": "lines+markers", "name": "Service level", "x": along, "yaxis": "y2",
            "y": [it.value if it else None for it in levels], "line": {"color": "--ink", "width": 2},
            "marker": {"size": 6}, "hovertemplate": "%{x}: service level %{y:.1%}<extra></extra>",
        },
    ]  # fmt: skip
    if aim is not None and along:
        traces.append(
            {
                "type": "scatter", "mode": "lines", "name": f"Aim, {100 * aim:g} %", "x": [along[0], along[-1]],
                "y": [aim, aim], "yaxis": "y2", "line": {"color": "--quiet", "width": 1.5, "dash": "dot"},
                "hoverinfo": "skip",
            }
        )  # fmt: skip
    days = name == "days"
    layout = {
        "barmode": "stack",
        "bargap": 0.2,
        "xaxis": days_axis(along) if days else {"type": "category", "nticks": 12, "title": {"text": "hour"}},
        "yaxis": {"rangemode": "tozero", "title": {"text": "visits"}},
        "yaxis2": _SHARE | {"overlaying": "y", "side": "right", "showgrid": False},
        "margin": {"l": 44, "r": 48, "t": 8, "b": 36},
    }
    return Plot(name, title, _words(title, measured, along), traces, layout)


def _bars(
    name: str, words: str, colour: str, measured: Measured, parts: Sequence[Part], filters: Filters
) -> dict[str, Any]:
    numbers = [number(measured[name].get(part.name)) for part in parts]
    return {
        "type": "bar", "name": words, "x": [part.name for part in parts], "y": numbers, "marker": {"color": colour},
        "customdata": [
            calls_link(filters, figure=name, **part.narrowed) if part.narrowed is not None and there else ""
            for part, there in zip(parts, numbers, strict=True)
        ],
        "hovertemplate": f"%{{x}}: %{{y:,}} {words.lower()}<extra></extra>",
    }  # fmt: skip


def _words(title: str, measured: Measured, along: Sequence[str]) -> str:
    levels = {it: figure.value for it in along if (figure := measured[SERVICE_LEVEL.name].get(it)) and figure.n}
    known = {it: level for it, level in levels.items() if level is not None}
    if not known:
        return f"{title}: nobody waited in this time."
    least, most = min(known, key=lambda it: known[it]), max(known, key=lambda it: known[it])
    return (
        f"{title}: the service level goes from {100 * known[least]:.1f} % ({least}) to {100 * known[most]:.1f} % "
        f"({most}). The table has all."
    )


def patience_plot(curve: Sequence[Still], filters: Filters) -> Plot:
    """Of those who still waited, how many hung up."""
    along = [it.after for it in curve]
    plain = {"type": "scatter", "x": along, "mode": "lines", "hoverinfo": "skip"}
    none = {"color": "rgba(0,0,0,0)", "width": 0}
    traces: list[dict[str, Any]] = [
        plain | {"y": [it.low for it in curve], "line": none, "showlegend": False},
        plain
        | {
            "y": [it.high for it in curve], "line": none, "fill": "tonexty", "fillcolor": "--plot-band",
            "name": "95 % interval",
        },
        {
            "type": "scatter", "mode": "lines+markers", "name": "hung up in the end", "x": along,
            "y": [it.share for it in curve], "line": {"color": "--plot-5", "width": 2}, "marker": {"size": 6},
            "customdata": [calls_link(filters, figure=TIME_TO_ABANDON.name, value=f"{it.after}..") for it in curve],
            "text": [f"{it.hung_up:,} of {it.waiting:,} who still waited after {it.after} s" for it in curve],
            "hovertemplate": "%{text}: %{y:.1%}<extra></extra>",
        },
    ]  # fmt: skip
    layout = {
        "xaxis": {"title": {"text": "seconds waited"}, "rangemode": "tozero"},
        "yaxis": {"tickformat": ".0%", "rangemode": "tozero"},
    }
    words = "Nobody waited in this time."
    if curve:
        first, last = curve[0], curve[-1]
        words = (
            f"Line: of {first.waiting:,} callers who waited, {100 * first.share:.1f} % hung up; of the "
            f"{last.waiting:,} who still waited after {last.after} s, {100 * last.share:.1f} %. The table has all."
        )
    return Plot("patience", "Of those who still waited, how many hung up", words, traces, layout)
