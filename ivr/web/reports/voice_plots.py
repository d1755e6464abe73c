"""The plots of the voice of the caller: marks over time with how sure they are, and how answers are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ivr.reports.call_wanted import MEASURES
from ivr.reports.figure import Figure
from ivr.reports.kpi import Kpi
from ivr.reports.voice_figures import Marks
from ivr.web.reports.days import days_axis
from ivr.web.reports.plots import COLOURS, Plot


def time_plot(kpi: Kpi, over_time: Mapping[str, Mapping[str, Figure]], moments: Sequence[str], weekly: bool) -> Plot:
    """A score over time with its interval, and below it how many of those asked answered."""
    measured, asked = over_time[kpi.name], over_time.get("survey_response", {})
    factor = 100 if kpi.unit == "share" else 1
    there = [(of, it) for of in moments if (it := measured.get(of)) is not None and it.n and it.value is not None]
    values = [round((it.value or 0) * factor, 2) for _, it in there]
    up = [
        round(((it.high if it.high is not None else it.value) or 0) * factor - value, 2)
        for (_, it), value in zip(there, values, strict=True)
    ]
    down = [
        round(value - ((it.low if it.low is not None else it.value) or 0) * factor, 2)
        for (_, it), value in zip(there, values, strict=True)
    ]
    unit = " %" if kpi.unit == "share" else ""
    score = {
        "type": "scatter", "mode": "lines+markers", "name": kpi.title, "x": [of for of, _ in there], "y": values,
        "error_y": {
            "type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1.2, "width": 3,
            "color": COLOURS[0],
        },
        "text": [f"of {it.n:,} answers" for _, it in there],
        "hovertemplate": f"%{{x}}: %{{y}}{unit}, %{{text}}<extra></extra>",
        "line": {"color": COLOURS[0]}, "marker": {"color": COLOURS[0], "size": 6},
    }  # fmt: skip
    shares = [(of, it) for of in moments if (it := asked.get(of)) is not None and it.value is not None]
    response = {
        "type": "bar", "name": "Responded", "x": [of for of, _ in shares], "yaxis": "y2",
        "y": [round(100 * (it.value or 0), 1) for _, it in shares],
        "hovertemplate": "%{x}: %{y} % of those asked responded<extra></extra>", "marker": {"color": COLOURS[5]},
    }  # fmt: skip
    what = "week" if weekly else "day"
    return Plot(
        f"over-time-{kpi.name}",
        kpi.title,
        f"{kpi.title} by {what} with its 95 % interval, and the share of those asked who responded; the table has the "
        "numbers.",
        [score, response],
        {
            "yaxis": {
                "domain": [0.32, 1],
                "ticksuffix": unit,
                # A little more than there can be, or the best and the worst would be cut in half.
                "range": [-2, 103] if kpi.unit == "share" else [-104, 106],
            },
            "yaxis2": {"domain": [0, 0.2], "ticksuffix": " %", "rangemode": "tozero", "nticks": 3},
            "xaxis": {"anchor": "y2", **days_axis(moments)},
            "legend": {"orientation": "h", "y": 1.12},
        },
    )


def marks_plot(it: Marks, number: int) -> Plot:
    """How often each mark was given."""
    lowest, highest = MEASURES.get(it.kind, (min(it.times), max(it.times)))
    marks = list(range(lowest, highest + 1))
    words = [{0: "no", 1: "yes"}[mark] if it.kind == "yes_no" else str(mark) for mark in marks]
    bars = {
        "type": "bar", "x": words, "y": [it.times.get(mark, 0) for mark in marks],
        "hovertemplate": "%{x}: %{y} answers<extra></extra>", "marker": {"color": COLOURS[1]},
    }  # fmt: skip
    return Plot(
        f"marks-{number}",
        f"{it.question} ({it.survey})"
        if it.question != it.kind
        else f"{it.kind.upper().replace('_', ' ')} ({it.survey})",
        f"How often each mark was given to {it.question} of {it.survey}, {it.n} answers; the numbers are in the table.",
        [bars],
        # Halves of an answer are none.
        {"xaxis": {"type": "category"}, "yaxis": {"rangemode": "tozero"} | ({"dtick": 1} if it.n <= 5 else {})},
        "low",
    )
