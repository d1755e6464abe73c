"""How calls ended: the outcomes with their shares, and day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.reports.call_kpis import CALLS_IN
from ivr.reports.figure import Figure
from ivr.reports.intervals import wilson
from ivr.reports.kpi import Kpi
from ivr.reports.outcomes import OUTCOMES
from ivr.reports.wording import amount
from ivr.web.reports.days import day_words, days_axis
from ivr.web.reports.filters import Filters
from ivr.web.reports.links import calls_link, formula_link, on_day
from ivr.web.reports.plots import Plot
from ivr.web.reports.shown import Change, share_change

Measured = Mapping[str, Mapping[str, Figure]]

_OUTCOMES: Mapping[str, Kpi] = {it.name: it for it in OUTCOMES}

GROUPS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("Helped by the line", 1, ("ended_goal",)),
    ("Talked to a person", 2, ("ended_talked",)),
    ("Callback or message", 3, ("ended_callback", "ended_message")),
    ("Heard to the end", 4, ("ended_heard",)),
    ("Lost on the way", 5, ("ended_hung_up", "ended_abandoned", "ended_nobody", "ended_gave_up", "ended_lost")),
    ("Going on", 6, ("ended_going_on",)),
)
"""What belongs together, with its colour; from what callers came for to what they did not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row of the table: how many calls ended so, of all, against the time before."""

    title: str
    formula: str
    colour: int
    number: str
    calls: str | None
    share: str
    interval: str
    width: float
    """Of 100, for a bar; the longest is the most frequent outcome."""
    change: Change | None


def outcome_rows(now: Measured, before: Measured, filters: Filters) -> list[Outcome]:
    """All outcomes that there were, now or before, in the order of the groups."""
    whole, was_whole = (_number(it.get(CALLS_IN.name, {}).get("")) for it in (now, before))
    most = max((_number(now[it].get("")) for it in _OUTCOMES), default=0) or 1
    rows = []
    for _, colour, names in GROUPS:
        for name in names:
            number, was = (_number(it.get(name, {}).get("")) for it in (now, before))
            if not number and not was:
                continue
            low, high = wilson(number, whole) or (0.0, 0.0)
            rows.append(
                Outcome(
                    _OUTCOMES[name].title,
                    formula_link(name, filters),
                    colour,
                    f"{number:,}",
                    calls_link(filters, figure=name) if number else None,
                    amount(number / whole if whole else None, "share"),
                    f"{100 * low:.1f} to {100 * high:.1f} %" if whole else "",
                    round(100 * number / most, 1),
                    share_change(_OUTCOMES[name], (number, whole), (was, was_whole)) if was_whole and whole else None,
                )
            )
    return rows


def calls_by_day(daily: Measured, days: Sequence[str], filters: Filters) -> Plot:
    """Calls of each day, parted by how they ended."""
    links = [calls_link(filters, figure=CALLS_IN.name, **on_day(it, filters)) for it in days]
    traces = []
    for title, colour, names in GROUPS:
        numbers = [sum(_number(daily[name].get(day)) for name in names) for day in days]
        if any(numbers):
            hover = f"%{{x|%a %Y-%m-%d}}: %{{y:,}} {title.lower()}<extra></extra>"
            trace = {
                "type": "bar", "name": title, "x": days, "y": numbers, "customdata": links, "hovertemplate": hover,
                "marker": {"color": f"--plot-{colour}"},
            }  # fmt: skip
            traces.append(trace)
    whole = [_number(daily[CALLS_IN.name].get(day)) for day in days]
    words = f"Bars of {sum(whole):,} calls over {len(days)} days, from {min(whole):,} to {max(whole):,} a day."
    layout = {"barmode": "stack", "bargap": 0.15, "xaxis": days_axis(days), "yaxis": {"rangemode": "tozero"}}
    return Plot("days", "Calls by day, and how they ended", words, traces, layout)


def day_rows(daily: Measured, days: Sequence[str], filters: Filters) -> list[list[Any]]:
    """The same as a table: a day a row, a group a column, the sums at the end."""
    rows: list[list[Any]] = []
    sums = [0] * (len(GROUPS) + 1)
    for day in days:
        numbers = [sum(_number(daily[name].get(day)) for name in names) for _, _, names in GROUPS]
        whole = _number(daily[CALLS_IN.name].get(day))
        sums = [one + more for one, more in zip(sums, (*numbers, whole), strict=True)]
        href = calls_link(filters, figure=CALLS_IN.name, **on_day(day, filters)) if whole else ""
        rows.append([day_words(day), *(f"{it:,}" for it in numbers), {"text": f"{whole:,}", "href": href}])
    rows.append(["all", *(f"{it:,}" for it in sums)])
    return rows


def _number(it: Figure | None) -> int:
    return int(it.value or 0) if it else 0
