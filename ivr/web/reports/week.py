"""When people call: each hour of the week, by the viewer's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ivr.reports.figure import Figure
from ivr.web.reports.days import days_of
from ivr.web.reports.filters import Filters
from ivr.web.reports.links import calls_link, in_hour
from ivr.web.reports.plots import Plot
from ivr.web.reports.spans import hour_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = tuple(f"{it:02}" for it in range(24))

By = Mapping[str, Figure]
"""Calls by hour of the week: "1-00" is Monday from midnight to one."""


def week_plot(calls: By, filters: Filters) -> Plot:
    """The heat map: calls in each hour, on an average day of its weekday."""
    often = _often(filters)
    numbers = [[_average(calls, weekday, hour, often) for hour in range(24)] for weekday in range(1, 8)]
    links = [[hour_link(weekday, hour, filters, figure="calls") for hour in range(24)] for weekday in range(1, 8)]
    hover = [[_words(calls, weekday, hour, often) for hour in range(24)] for weekday in range(1, 8)]
    trace = {
        "type": "heatmap", "x": HOURS, "y": [it[:3] for it in WEEKDAYS], "z": numbers, "text": hover,
        "customdata": links, "hovertemplate": "%{text}<extra></extra>", "xgap": 1, "ygap": 1, "zmin": 0,
        "colorscale": [[0, "--heat-0"], [1, "--heat-1"]],
        "colorbar": {"thickness": 10, "outlinewidth": 0, "len": 1},
    }  # fmt: skip
    layout = {
        "xaxis": {"type": "category", "title": {"text": "hour"}, "showgrid": False, "ticks": "", "dtick": 3},
        "yaxis": {"type": "category", "autorange": "reversed", "showgrid": False, "ticks": ""},
    }
    several = any(it.times > 1 for it in often.values())
    title = f"Calls by hour and weekday{', on an average day' if several else ''}"
    return Plot("week", title, _said(calls, often), [trace], layout)


def week_rows(calls: By, filters: Filters) -> list[list[Any]]:
    """The same as a table: an hour a row, a weekday a column, the sums at the end; all calls, not averages."""
    rows: list[list[Any]] = []
    sums = [0] * 8
    for hour in range(24):
        numbers = [_calls(calls, weekday, hour) for weekday in range(1, 8)]
        numbers.append(sum(numbers))
        sums = [one + more for one, more in zip(sums, numbers, strict=True)]
        cells = [_cell(it, place + 1, hour, filters) for place, it in enumerate(numbers[:-1])]
        rows.append([f"{hour:02}:00", *cells, f"{numbers[-1]:,}"])
    rows.append(["all", *(f"{it:,}" for it in sums)])
    return rows


def _calls(calls: By, weekday: int, hour: int) -> int:
    it = calls.get(f"{weekday}-{hour:02}")
    return int(it.value or 0) if it else 0


@dataclass(frozen=True, slots=True)
class _Often:
    """On how many days of its weekday there was an hour, and how much of it in all: 3.5 where half of one was cut."""

    times: int = 0
    hours: float = 0.0


_NEVER = _Often()


def _often(filters: Filters) -> dict[tuple[int, int], _Often]:
    """How often there was each hour of the week until now; the first and the last day may have it in part, or not."""
    found: dict[tuple[int, int], _Often] = {}
    days, end = days_of(filters), min(filters.until, filters.now)
    for day in days:
        weekday, cut = date.fromisoformat(day).isoweekday(), day in (days[0], days[-1])
        for hour in range(24):
            part = 1.0
            if cut:
                first, last = hour_of(day, hour, filters.zone)
                part = (min(last, end) - max(first, filters.since)) / timedelta(hours=1)
            if part > 0:
                it = found.get((weekday, hour), _NEVER)
                found[weekday, hour] = _Often(it.times + 1, it.hours + min(part, 1.0))
    return found


def _mean(calls: By, place: tuple[int, int], it: _Often) -> float:
    """Calls in the hour; of a part of a single one, those that there were."""
    return _calls(calls, *place) / max(it.hours, 1.0)


def _average(calls: By, weekday: int, hour: int, often: Mapping[tuple[int, int], _Often]) -> float | None:
    it = often.get((weekday, hour))
    return round(_mean(calls, (weekday, hour), it), 1) if it else None


def _words(calls: By, weekday: int, hour: int, often: Mapping[tuple[int, int], _Often]) -> str:
    there, name, it = _calls(calls, weekday, hour), WEEKDAYS[weekday - 1], often.get((weekday, hour), _NEVER)
    when = f"{name} {hour:02}:00 to {hour + 1:02}:00"
    if it.times <= 1:
        return f"{when}: {there:,} calls"
    mean = _mean(calls, (weekday, hour), it)
    return f"{when}: {mean:,.1f} calls on average<br>{there:,} on {it.times} {name}s"


def _said(calls: By, often: Mapping[tuple[int, int], _Often]) -> str:
    """The busiest hour, for who does not see the picture."""
    means = {place: _mean(calls, place, it) for place, it in sorted(often.items())}
    weekday, hour = busiest = max(means, key=lambda it: means[it], default=(1, 0))
    if not means.get(busiest):
        return "Heat map of calls by hour and weekday; there are none."
    return (
        f"Heat map of calls by hour and weekday; the busiest is {WEEKDAYS[weekday - 1]} {hour:02}:00, with "
        f"{means[busiest]:,.1f} calls on average. The table below has all."
    )


def _cell(number: int, weekday: int, hour: int, filters: Filters) -> Any:
    href = hour_link(weekday, hour, filters, figure="calls") if number else ""
    return {"text": f"{number:,}", "href": href} if href else f"{number:,}"


def hour_link(weekday: int, hour: int, filters: Filters, **narrowed: Any) -> str:
    """The calls of that hour, where there is one such hour alone; else empty."""
    days = days_of(filters) if filters.until - filters.since <= timedelta(days=13) else []  # in more, none is alone
    days = [it for it in days if date.fromisoformat(it).isoweekday() == weekday]
    if len(days) != 1:
        return ""
    within = in_hour(days[0], hour, filters)
    return calls_link(filters, **within, **narrowed) if within else ""
