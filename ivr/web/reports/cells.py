"""Cells of tables in which each number leads to its calls, and each head to its formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.reports.figure import Figure
from ivr.reports.kpi import Kpi
from ivr.reports.wording import amount
from ivr.web.reports.filters import Filters
from ivr.web.reports.links import calls_link, formula_link
from ivr.web.reports.shown import interval

Cell = Any
"""Text, None for nothing, or what the macro `table` says."""


def head(text: str, filters: Filters, kpi: Kpi | None = None, **settings: str) -> dict[str, str]:
    """The head of a column of numbers; of a figure, with the way to its formula."""
    return {"text": text, "class": "num", "href": formula_link(kpi.name, filters, **settings) if kpi else ""}


def value(kpi: Kpi, it: Figure | None, filters: Filters, **narrowed: Any) -> Cell:
    """The figure's value, with its calls; its interval and n where one points at it."""
    if it is None or it.value is None:
        return None
    text = amount(it.value, kpi.unit)
    sure = interval(it, kpi.unit)
    title = f"95 %: {sure}; n = {it.n:,}" if sure else f"n = {it.n:,}"
    if not it.n:
        return {"text": text, "title": title}
    return {"text": text, "title": title, "href": calls_link(filters, figure=kpi.name, **narrowed)}


def plain(kpi: Kpi, number: float | None) -> Cell:
    """A value that goes with a figure: its median, its 90th percentile."""
    return None if number is None else amount(number, kpi.unit)


def sure(kpi: Kpi, it: Figure | None) -> Cell:
    """The interval of a figure."""
    return None if it is None else interval(it, kpi.unit) or None


def counted(number: int, filters: Filters, **narrowed: Any) -> Cell:
    """A number of calls, with the way to them."""
    return {"text": f"{number:,}", "href": calls_link(filters, **narrowed)} if number else "0"


def number(it: Figure | None) -> int:
    """What was counted."""
    return int(it.value or 0) if it else 0


def clock(seconds: float) -> str:
    """Hours and minutes: 12:05 h."""
    minutes = round(seconds / 60)
    return f"{minutes // 60:,}:{minutes % 60:02} h"


def waited(seconds: float) -> str:
    """A wait: 0:42, 12:05."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


Names = Mapping[str, str]
