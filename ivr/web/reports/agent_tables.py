"""The tables and the plot of the page of agents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from ivr.reports.agent_time import AgentTime, together
from ivr.reports.figure import Figure
from ivr.reports.handling_kpis import HANDLING_TIME, MISSED, TALK_TIME, WRAP_UP_TIME
from ivr.reports.talks import Talk
from ivr.reports.waiting_kpis import HANDLED
from ivr.web.reports.cells import Cell, clock, counted, head, number, plain, value
from ivr.web.reports.filters import Filters
from ivr.web.reports.links import page_link
from ivr.web.reports.plots import Height, Plot

Table = dict[str, Any]
Measured = Mapping[str, Mapping[str, Figure]]

STATES = (
    ("talking", "Talking", "--plot-1"),
    ("wrap_up", "Wrapping up", "--plot-2"),
    ("ringing", "Ringing", "--plot-7"),
    ("available", "Available", "--plot-4"),
)
"""What is working time, with its colour; being away comes last."""


def agent_cell(agent: str, names: Mapping[str, str], filters: Filters) -> Cell:
    """An agent by name, with this page of them alone."""
    if agent == "-":
        return "nobody known"
    return {"text": names.get(agent, agent), "title": agent, "href": page_link("agents", filters, agent=agent)}


MISSED_WHY = {"busy": "Busy or declined", "failed": "Not reached"}
"""What more may be known of a missed call, as the head of a column."""


def calls_table(
    agents: Sequence[str],
    measured: Measured,
    why: Mapping[str, Mapping[str, int]],
    names: Mapping[str, str],
    filters: Filters,
) -> Table:
    """Each agent: calls handled and missed, `why` where more is known of any, and how long they took."""
    known = [outcome for outcome in MISSED_WHY if any(it.get(outcome) for it in why.values())]
    heads = [
        {"text": "Agent"},
        head("Handled", filters, HANDLED),
        head("Missed", filters, MISSED),
        *(head(MISSED_WHY[outcome], filters) for outcome in known),
        head("AHT", filters, HANDLING_TIME),
        head("Median", filters, HANDLING_TIME),
        head("90th pct", filters, HANDLING_TIME),
        head("Talk", filters, TALK_TIME),
        head("Wrap-up", filters, WRAP_UP_TIME),
    ]
    rows = []
    for agent in agents:
        handling = measured[HANDLING_TIME.name].get(agent)
        rows.append(
            [
                agent_cell(agent, names, filters),
                counted(_number(measured, HANDLED.name, agent), filters, figure=HANDLED.name, agent=agent,
                        set=["callbacks:yes"]),
                counted(_number(measured, MISSED.name, agent), filters, figure=MISSED.name, agent=agent),
                *(f"{why.get(agent, {}).get(outcome, 0):,}" for outcome in known),
                value(HANDLING_TIME, handling, filters, agent=agent),
                plain(HANDLING_TIME, handling.median if handling else None),
                plain(HANDLING_TIME, handling.p90 if handling else None),
                value(TALK_TIME, measured[TALK_TIME.name].get(agent), filters, agent=agent),
                value(WRAP_UP_TIME, measured[WRAP_UP_TIME.name].get(agent), filters, agent=agent),
            ]
        )  # fmt: skip
    return {"heads": heads, "rows": rows}


def time_table(times: Sequence[AgentTime], names: Mapping[str, str], filters: Filters) -> Table:
    """Each agent: how long they were what, and how much of the time there was work."""
    reasons = _often([it.away for it in times])
    heads = [
        {"text": "Agent"},
        *({"text": words, "class": "num"} for _, words, _ in STATES),
        {"text": "Occupancy", "class": "num", "href": "#occupancy"},
        *({"text": f"Away: {it}", "class": "num"} for it in reasons),
    ]
    rows = []
    for it in (*times, together(times)) if len(times) > 1 else times:
        occupancy = None if it.occupancy is None else f"{100 * it.occupancy:.1f} %"
        away = it.away or Counter()
        rows.append(
            [
                agent_cell(it.agent, names, filters) if it.agent else "all",
                *(clock(getattr(it, name)) for name, _, _ in STATES),
                occupancy,
                *(clock(away[reason]) if away[reason] else None for reason in reasons),
            ]
        )
    return {"heads": heads, "rows": rows}


def time_plot(times: Sequence[AgentTime], names: Mapping[str, str], filters: Filters) -> Plot:
    """The time of each agent as a bar."""
    shown = list(reversed(times))
    along = [names.get(it.agent, it.agent) for it in shown]
    links = [page_link("agents", filters, agent=it.agent) for it in shown]
    bars = [(words, colour, [getattr(it, name) for it in shown]) for name, words, colour in STATES]
    bars.append(("Away with a reason", "--plot-6", [sum((it.away or Counter()).values()) for it in shown]))
    traces = [
        {
            "type": "bar", "orientation": "h", "name": words, "y": along, "x": [it / 3600 for it in seconds],
            "marker": {"color": colour}, "customdata": links, "text": [clock(it) for it in seconds],
            "textposition": "none", "hovertemplate": f"%{{y}}: %{{text}} {words.lower()}<extra></extra>",
        }
        for words, colour, seconds in bars
    ]  # fmt: skip
    layout = {"barmode": "stack", "xaxis": {"title": {"text": "hours"}}, "yaxis": {"type": "category", "ticks": ""}}
    words = "Nobody was at work in this time."
    if times:
        busiest = max(times, key=lambda it: it.occupancy or 0.0)
        words = (
            f"Bars of the time of {len(times)} agents; the busiest is {names.get(busiest.agent, busiest.agent)}, with "
            f"an occupancy of {100 * (busiest.occupancy or 0):.1f} %. The table has all."
        )
    height: Height = (
        "low" if len(times) <= 4 else "middle" if len(times) <= 12 else "tall" if len(times) <= 24 else "huge"
    )
    return Plot("time", "What agents did with their time", words, traces, layout, height)


def codes_table(times: Sequence[AgentTime], names: Mapping[str, str], filters: Filters) -> Table:
    """Wrap-up codes: an agent a row, a code a column, the sum at the end."""
    codes = _often([it.codes for it in times])
    heads = [
        {"text": "Agent"},
        *({"text": code.replace("_", " ") or "no code", "class": "num"} for code in codes),
        {"text": "Talks", "class": "num"},
    ]
    rows: list[list[Cell]] = []
    whole: Counter[str] = Counter()
    for it in times:
        own = it.codes or Counter()
        if own:
            cells = _shares(own, codes, filters, it.agent)
            rows.append([agent_cell(it.agent, names, filters), *cells, f"{own.total():,}"])
            whole += own
    if len(rows) > 1:
        rows.append(["all", *_shares(whole, codes, filters), f"{whole.total():,}"])
    return {"heads": heads, "rows": rows}


def _shares(own: Counter[str], codes: Sequence[str], filters: Filters, agent: str | None = None) -> list[Cell]:
    found: list[Cell] = []
    for code in codes:
        share = f"{100 * own[code] / own.total():.0f} %"
        link = _talks_link(filters, code or "-", agent)
        found.append({"text": f"{own[code]:,}", "href": link, "note": share} if own[code] else "0")
    return found


def _talks_link(filters: Filters, code: str, agent: str | None) -> str:
    """The talks that an agent, or anybody, gave that code."""
    said = filters.query(code=code, **({"agent": agent} if agent else {}))
    return url_for("reports.agents.talked") + said


def talks_table(found: Sequence[Talk], names: Mapping[str, str], filters: Filters) -> Table:
    """Talks, each with its call."""
    heads = [{"text": it} for it in ("Ended", "Agent", "Queue", "Code")] + [{"text": "Wrap-up", "class": "num"}]
    zone = (filters.given or {}).get("zone")
    rows = [
        [
            {
                "text": it.at.astimezone(filters.zone).strftime("%Y-%m-%d %H:%M:%S"),
                "class": "when",
                "href": url_for("reports.calls.call.story", sid=it.call_sid, zone=zone),
            },
            names.get(it.agent, it.agent),
            it.queue,
            it.code.replace("_", " ") or None,
            None if it.seconds is None else f"{it.seconds} s",
        ]
        for it in found
    ]
    return {"heads": heads, "rows": rows}


def _often(counters: Sequence[Counter[str] | None]) -> list[str]:
    """What was counted, the most frequent first, what has no name last."""
    whole: Counter[str] = Counter()
    for it in counters:
        whole.update(it or {})
    return sorted(whole, key=lambda it: (not it, -whole[it], it))


def _number(measured: Measured, name: str, agent: str) -> int:
    return number(measured[name].get(agent))
