"""The tables of the page of queues: each number with its calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from ivr.reports.estimate_kpis import ESTIMATE_ERROR, ESTIMATE_RIGHT
from ivr.reports.figure import Figure
from ivr.reports.kpi import Kpi
from ivr.reports.longest_waits import LongWait
from ivr.reports.patience import Still
from ivr.reports.service_level import SERVICE_LEVEL
from ivr.reports.waiting_kpis import (
    ABANDONED_VISITS,
    ABANDONMENT,
    ASA,
    CALLBACKS_BOOKED,
    CALLBACKS_KEPT,
    HANDLED,
    TIME_TO_ABANDON,
)
from ivr.web.reports.aims import Aims, said
from ivr.web.reports.cells import Cell, counted, head, number, plain, sure, value, waited
from ivr.web.reports.filters import Filters
from ivr.web.reports.queue_measures import OUTCOMES, Measured, Measures

Table = dict[str, Any]
"""Heads and rows, for the macro `linked`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A day, or an hour of the day: its name in what was measured, words, and what narrows calls to it (None: nothing
    does)."""

    name: str
    words: str
    narrowed: Mapping[str, str] | None


def short_setting(aims: Aims) -> dict[str, Any]:
    """What a link to the calls of an abandonment rate says besides: what is short."""
    return {"set": [f"short:{aims.short:g}"]}


def level_settings(seconds: float, aims: Aims) -> dict[str, Any]:
    """What a link to the calls of a service level says besides: its T, and what is short."""
    return {"set": [f"seconds:{seconds:g}", f"short:{aims.short:g}"]}


def waits_table(it: Measures, aims: Aims, filters: Filters) -> Table:
    """Each queue: how many, how soon, how many gave up."""
    heads = [
        {"text": "Queue"},
        head("Aim", filters),
        head("Service level", filters, SERVICE_LEVEL),
        head("95 % interval", filters),
        head("Handled", filters, HANDLED),
        head("ASA", filters, ASA),
        head("Median", filters, ASA),
        head("90th pct", filters, ASA),
        head("Abandoned", filters, ABANDONED_VISITS),
        head("Abandonment", filters, ABANDONMENT, **({} if aims.short == 5 else {"short": f"{aims.short:g}"})),
        head("Time to abandon", filters, TIME_TO_ABANDON),
    ]
    rows = []
    for queue in it.queues:
        of = _of(it.by_queue, queue)
        aim, level = aims.of(queue), of(SERVICE_LEVEL.name)
        mark = "" if level is None or level.value is None else "met" if level.value >= aim.share else "missed"
        shown = value(SERVICE_LEVEL, level, filters, queue=queue, **level_settings(aim.seconds, aims))
        if isinstance(shown, dict) and mark:
            shown = shown | {"class": mark, "mark": {"met": "✓", "missed": "✗"}[mark], "title": _met(mark, shown)}
        asa = of(ASA.name)
        rows.append(
            [
                queue,
                said(aim),
                shown,
                sure(SERVICE_LEVEL, level),
                value(HANDLED, of(HANDLED.name), filters, queue=queue) or "0",
                value(ASA, asa, filters, queue=queue),
                plain(ASA, asa.median if asa else None),
                plain(ASA, asa.p90 if asa else None),
                value(ABANDONED_VISITS, of(ABANDONED_VISITS.name), filters, queue=queue) or "0",
                value(ABANDONMENT, of(ABANDONMENT.name), filters, queue=queue, **short_setting(aims)),
                value(TIME_TO_ABANDON, of(TIME_TO_ABANDON.name), filters, queue=queue),
            ]
        )
    return {"heads": heads, "rows": rows}


def _met(mark: str, shown: Mapping[str, str]) -> str:
    return f"the aim is {mark}; {shown['title']}"


def outcomes_table(it: Measures, filters: Filters) -> Table:
    """How visits ended: a queue a row, an outcome a column."""
    heads = [{"text": "Queue"}, *(head(kpi.title, filters, kpi) for kpi in OUTCOMES), head("All", filters)]
    rows = []
    for queue in it.queues:
        numbers = [number(it.by_queue[kpi.name].get(queue)) for kpi in OUTCOMES]
        whole = sum(numbers)
        cells: list[Cell] = [
            counted(one, filters, figure=kpi.name, queue=queue) for kpi, one in zip(OUTCOMES, numbers, strict=True)
        ]
        for cell, one in zip(cells, numbers, strict=True):
            if isinstance(cell, dict):
                cell["note"] = f"{100 * one / whole:.0f} %"
        rows.append([queue, *cells, f"{whole:,}"])
    return {"heads": heads, "rows": rows}


def callbacks_table(it: Measures, filters: Filters) -> Table:
    """Callbacks: booked, and what became of those that are over."""
    heads = [
        {"text": "Queue"},
        head("Booked", filters, CALLBACKS_BOOKED),
        head("Kept", filters, CALLBACKS_KEPT),
        head("Failed or cancelled", filters, CALLBACKS_KEPT),
        head("Share kept", filters, CALLBACKS_KEPT),
        head("95 % interval", filters),
    ]
    rows = []
    for queue in it.queues:
        of = _of(it.by_queue, queue)
        booked, kept = number(of(CALLBACKS_BOOKED.name)), of(CALLBACKS_KEPT.name)
        if not booked and (kept is None or not kept.n):
            continue
        good = round((kept.value or 0) * kept.n) if kept else 0
        bad = kept.n - good if kept else 0
        which = {"figure": CALLBACKS_KEPT.name, "queue": queue}
        rows.append(
            [
                queue,
                counted(booked, filters, figure=CALLBACKS_BOOKED.name, queue=queue),
                counted(good, filters, **which, value="1"),
                counted(bad, filters, **which, value="0"),
                value(CALLBACKS_KEPT, kept, filters, queue=queue),
                sure(CALLBACKS_KEPT, kept),
            ]
        )
    return {"heads": heads, "rows": rows}


def estimates_table(it: Measures, filters: Filters) -> Table:
    """What waiting callers were told, against what they then waited."""
    heads = [
        {"text": "Queue"},
        head("Ranges told", filters, ESTIMATE_RIGHT),
        head("Right", filters, ESTIMATE_RIGHT),
        head("Wrong", filters, ESTIMATE_RIGHT),
        head("95 % interval", filters),
        head("Sooner than told", filters, ESTIMATE_RIGHT),
        head("Later than told", filters, ESTIMATE_RIGHT),
        head("Mean error", filters, ESTIMATE_ERROR),
        head("90th pct", filters, ESTIMATE_ERROR),
    ]
    rows = []
    for queue in it.queues:
        right = it.by_queue[ESTIMATE_RIGHT.name].get(queue)
        error = it.by_queue[ESTIMATE_ERROR.name].get(queue)
        if right is None or not right.n:
            continue
        rows.append(
            [
                queue,
                counted(right.n, filters, figure=ESTIMATE_RIGHT.name, queue=queue),
                value(ESTIMATE_RIGHT, right, filters, queue=queue, value="1"),
                counted(
                    right.n - round((right.value or 0) * right.n),
                    filters,
                    figure=ESTIMATE_RIGHT.name,
                    queue=queue,
                    value="0",
                ),
                sure(ESTIMATE_RIGHT, right),
                f"{right.counts.get('shorter', 0):,}",
                f"{right.counts.get('longer', 0):,}",
                value(ESTIMATE_ERROR, error, filters, queue=queue),
                plain(ESTIMATE_ERROR, error.p90 if error else None),
            ]
        )
    return {"heads": heads, "rows": rows}


def patience_table(curve: Iterable[Still], filters: Filters) -> Table:
    """The curve in numbers."""
    heads = [
        {"text": "Still waiting after"},
        head("Callers", filters),
        head("Of them hung up", filters),
        head("Share", filters),
        head("95 % interval", filters),
        head("Had hung up before", filters),
    ]
    rows = [
        [
            f"{it.after} s",
            counted(it.waiting, filters, wait=f"{it.after}..", callbacks="no"),
            counted(it.hung_up, filters, figure=TIME_TO_ABANDON.name, value=f"{it.after}.."),
            f"{100 * it.share:.1f} %",
            f"{100 * it.low:.1f} to {100 * it.high:.1f} %",
            f"{it.hung_up_before:,}",
        ]
        for it in curve
    ]
    return {"heads": heads, "rows": rows}


WORDS = {
    "answered": "answered", "abandoned": "hung up", "left": "left by a key", "timed_out": "timed out",
    "callback_booked": "callback booked",
}  # fmt: skip


def longest_table(waits: Iterable[LongWait], filters: Filters, names: Mapping[str, str]) -> Table:
    """The longest waits, each with its call."""
    heads = [{"text": "Ended"}, head("Waited", filters), *({"text": it} for it in ("Queue", "Came to", "Agent"))]
    zone = (filters.given or {}).get("zone")
    rows = [
        [
            {
                "text": it.at.astimezone(filters.zone).strftime("%Y-%m-%d %H:%M"),
                "class": "when",
                "href": url_for("reports.calls.call.story", sid=it.call_sid, zone=zone) + f"#r{it.seq}",
            },
            waited(it.waited),
            it.queue,
            WORDS.get(it.outcome, it.outcome.replace("_", " ")),
            names.get(it.agent, it.agent) if it.agent else None,
        ]
        for it in waits
    ]
    return {"heads": heads, "rows": rows}


def times_table(measured: Measured, parts: Iterable[Part], what: str, aims: Aims, filters: Filters) -> Table:
    """Days, or hours of the day: a row each."""
    heads = [
        {"text": what},
        head("Service level", filters, SERVICE_LEVEL),
        head("95 % interval", filters),
        head("Handled", filters, HANDLED),
        head("ASA", filters, ASA),
        head("Abandoned", filters, ABANDONED_VISITS),
        head("Abandonment", filters, ABANDONMENT),
    ]
    rows = []
    for part in parts:
        of = _of(measured, part.name)
        shown = [of(kpi.name) for kpi in (SERVICE_LEVEL, HANDLED, ASA, ABANDONED_VISITS, ABANDONMENT)]
        level, handled, asa, gone, abandonment = shown
        rows.append(
            [
                part.words,
                _value(SERVICE_LEVEL, level, filters, part, linked=False),
                sure(SERVICE_LEVEL, level),
                _value(HANDLED, handled, filters, part),
                _value(ASA, asa, filters, part),
                _value(ABANDONED_VISITS, gone, filters, part),
                _value(ABANDONMENT, abandonment, filters, part, **short_setting(aims)),
            ]
        )
    return {"heads": heads, "rows": rows}


def _value(kpi: Kpi, it: Figure | None, filters: Filters, part: Part, *, linked: bool = True, **settings: Any) -> Cell:
    cell = value(kpi, it, filters, **(part.narrowed or {}), **settings)
    if isinstance(cell, dict) and (part.narrowed is None or not linked):
        cell.pop("href", None)
    return cell


def _of(measured: Measured, queue: str) -> Any:
    def figure(name: str) -> Figure | None:
        return measured[name].get(queue)

    return figure
