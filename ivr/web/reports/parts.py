"""A figure in its parts: by day, by line, …; as a plot, as a table, each part with its calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from ivr.reports.figure import Figure
from ivr.reports.kpi import Kpi
from ivr.reports.wording import amount
from ivr.web.reports.days import day_words, days_axis, days_of
from ivr.web.reports.filters import Filters
from ivr.web.reports.links import between, calls_link, on_day
from ivr.web.reports.plots import Plot
from ivr.web.reports.shown import interval
from ivr.web.reports.week import WEEKDAYS, hour_link

PARTS = {
    "day": "day",
    "hour": "hour of the week",
    "quarter": "quarter-hour",
    "line": "line",
    "version": "version",
    "queue": "queue",
    "agent": "agent",
    "language": "language",
}
"""What a figure can be sorted by, in words."""

MOST_BARS = 40
"""So many names fit into a plot; the table has all."""


def in_order(parts: Mapping[str, Figure], by: str, filters: Filters) -> list[tuple[str, Figure | None]]:
    """The parts in their order: all days, those with nothing among them; names by how much there is of them."""
    if by == "day":
        return [(it, parts.get(it)) for it in days_of(filters)]
    if by in ("hour", "quarter"):
        return list(parts.items())  # as they were measured
    return [(name, parts[name]) for name in sorted(parts, key=lambda it: (-parts[it].n, it))]


def part_words(part: str, by: str) -> str:
    """A part as a table names it."""
    match by:
        case "day":
            return day_words(part)
        case "hour":
            weekday, _, hour = part.partition("-")
            return f"{WEEKDAYS[int(weekday) - 1][:3]} {hour}:00"
        case "quarter":
            return part[:16].replace("T", " ")
    return "none" if part == "-" else part


def part_link(part: str, by: str, filters: Filters, **narrowed: Any) -> str | None:
    """The calls of a part."""
    match by:
        case "day":
            return calls_link(filters, **on_day(part, filters), **narrowed)
        case "hour":
            weekday, _, hour = part.partition("-")
            return hour_link(int(weekday), int(hour), filters, **narrowed) or None
        case "quarter":
            began = datetime.fromisoformat(part)
            return calls_link(filters, **between(began, began + timedelta(minutes=15), filters), **narrowed)
    return calls_link(filters, **{by: part}, **narrowed)


def rows(kpi: Kpi, parts: Sequence[tuple[str, Figure | None]], by: str, filters: Filters, **narrowed: Any) -> list[Any]:
    """The table: each part with its value, interval, n, and for waits median and 90th percentile."""
    found = []
    for part, it in parts:
        if it is None or (not it.n and it.value is None):
            found.append([part_words(part, by), *[None] * (len(heads(kpi, by)) - 1)])
            continue
        href = part_link(part, by, filters, **narrowed) if it.n else None
        number: Any = {"text": f"{it.n:,}", "href": href} if href else f"{it.n:,}"
        cells: list[Any] = [part_words(part, by), amount(it.value, kpi.unit)]
        if kpi.unit not in ("number", "total"):
            cells.append(interval(it, kpi.unit) or None)
        if kpi.unit == "seconds":
            cells += [amount(it.median, kpi.unit), amount(it.p90, kpi.unit)]
        found.append([*cells, number])
    return found


def heads(kpi: Kpi, by: str) -> list[Any]:
    """The heads of the table."""
    names = ["Value"]
    if kpi.unit not in ("number", "total"):
        names.append("95 % interval")
    if kpi.unit == "seconds":
        names += ["Median", "90th pct"]
    return [PARTS[by].capitalize(), *((it, "num") for it in (*names, "n"))]


def plot(kpi: Kpi, parts: Sequence[tuple[str, Figure | None]], by: str, filters: Filters, **narrowed: Any) -> Plot:
    """The same as a picture: a line with its interval over time, bars with theirs of names."""
    title = f"{kpi.title} by {PARTS[by]}"
    known = [it for _, it in parts if it is not None and it.value is not None]
    values = [it.value for it in known if it.value is not None]
    words = f"{title}: nothing in this time."
    if values:
        least, most = amount(min(values), kpi.unit), amount(max(values), kpi.unit)
        words = f"{title}: {len(known)} values from {least} to {most}. The table has all."
    if by in ("day", "quarter"):
        return Plot("parts", title, words, _lines(kpi, parts, by, filters, narrowed), _layout(kpi, by, parts), "middle")
    shown = parts[:MOST_BARS] if by != "hour" else parts
    traces = [_bars(kpi, shown, by, filters, narrowed)]
    return Plot("parts", title, words, traces, _layout(kpi, by, shown), "middle")


def _bars(
    kpi: Kpi, parts: Sequence[tuple[str, Figure | None]], by: str, filters: Filters, narrowed: Mapping[str, Any]
) -> dict[str, Any]:
    """Bars of what was counted; else points, each with its interval."""
    figures = [it for _, it in parts]
    trace: dict[str, Any] = {
        "type": "bar", "x": [part_words(part, by) for part, _ in parts], "y": [_value(it) for it in figures],
        "text": _hover(kpi, parts, by), "hovertemplate": "%{text}<extra></extra>",
        "customdata": [part_link(part, by, filters, **narrowed) or "" for part, _ in parts],
        "marker": {"color": "--plot-1"},
    }  # fmt: skip
    if kpi.unit in ("number", "total"):
        return trace | {"textposition": "none"}
    sure = {
        "type": "data", "symmetric": False, "color": "--plot-1", "thickness": 2, "width": 6,
        "array": [_apart(it.high if it else None, it) for it in figures],
        "arrayminus": [_apart(it.low if it else None, it) for it in figures],
    }  # fmt: skip
    return trace | {"type": "scatter", "mode": "markers", "marker": {"color": "--plot-1", "size": 10}, "error_y": sure}


def _lines(
    kpi: Kpi, parts: Sequence[tuple[str, Figure | None]], by: str, filters: Filters, narrowed: Mapping[str, Any]
) -> list[dict[str, Any]]:
    moments = [part if by == "day" else part[:16] for part, _ in parts]
    figures = [it for _, it in parts]
    if kpi.unit in ("number", "total"):
        return [_bars(kpi, parts, by, filters, narrowed) | {"x": moments}]
    plain = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": True}
    along, high_and_low = _band(moments, figures)
    traces: list[dict[str, Any]] = [
        plain
        | {
            "x": along, "y": high_and_low, "fill": "toself", "fillcolor": "--plot-band", "name": "95 % interval",
            "line": {"color": "--plot-band", "width": 2},
        }
    ]  # fmt: skip
    line = {
        "type": "scatter", "mode": "lines+markers", "x": moments, "y": [_value(it) for it in figures],
        "name": "average" if kpi.unit == "seconds" else kpi.title, "text": _hover(kpi, parts, by),
        "hovertemplate": "%{text}<extra></extra>", "line": {"color": "--plot-1", "width": 2}, "marker": {"size": 6},
        "customdata": [part_link(part, by, filters, **narrowed) or "" for part, _ in parts],
    }  # fmt: skip
    traces.append(line)
    if kpi.unit == "seconds":
        dots = {"color": "--plot-2", "width": 1.5, "dash": "dot"}
        medians = [it.median if it else None for it in figures]
        traces.append(plain | {"x": moments, "y": medians, "line": dots, "name": "median"})
    return traces


def _band(moments: Sequence[str], figures: Sequence[Figure | None]) -> tuple[list[str | None], list[float | None]]:
    """The outline of the intervals: there along their upper ends and back along the lower; anew after each gap."""
    along: list[str | None] = []
    ends: list[float | None] = []
    known = [it is not None and it.low is not None for it in figures]
    for there, run in groupby(range(len(figures)), key=lambda place: known[place]):
        places = list(run)
        if there:
            shown = [figures[it] for it in places]
            along += [*(moments[it] for it in places), *(moments[it] for it in reversed(places)), None]
            ends += [*(it.high for it in shown if it), *(it.low for it in reversed(shown) if it), None]
    return along, ends


def _layout(kpi: Kpi, by: str, parts: Sequence[tuple[str, Figure | None]]) -> dict[str, Any]:
    axis: dict[str, Any] = {"rangemode": "tozero"}
    match kpi.unit:
        case "share":
            axis |= {"tickformat": ".0%", "range": [0, 1.02]}
        case "score":
            axis |= {"range": [-102, 102], "rangemode": "normal"}
        case "seconds":
            axis |= {"ticksuffix": " s"}
    match by:
        case "day":
            along = days_axis([part for part, _ in parts])
        case "quarter":
            along = {"type": "date", "nticks": 12}
        case _:
            along = {"type": "category", "nticks": 24}
    return {"xaxis": along, "yaxis": axis}


def _hover(kpi: Kpi, parts: Sequence[tuple[str, Figure | None]], by: str) -> list[str]:
    found = []
    for part, it in parts:
        words = [part_words(part, by), amount(it.value if it else None, kpi.unit)]
        if it and (sure := interval(it, kpi.unit)):
            words.append(f"95 %: {sure}, n = {it.n:,}")
        found.append("<br>".join(words))
    return found


def _value(it: Figure | None) -> float | None:
    return it.value if it else None


def _apart(end: float | None, it: Figure | None) -> float:
    return abs(end - it.value) if it and it.value is not None and end is not None else 0.0
