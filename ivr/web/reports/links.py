"""From a figure to its formula, and to the calls that it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from flask import url_for

from ivr.web.reports.filters import COMMON, Filters


def formula_link(name: str, filters: Filters, **settings: str) -> str:
    """The page of a figure, with the same filters; `settings` are those of its parameters that are not the default."""
    return _link("reports.figures.figure", filters, settings, name=name)


def calls_link(filters: Filters, **narrowed: str | Sequence[str] | None) -> str:
    """The list of calls with the same filters, narrowed: `figure=csat, value="0"`, `outcome="hung_up"`, `queue=…`."""
    return _link("reports.calls.index", filters, narrowed)


def page_link(page: str, filters: Filters, **changed: str | None) -> str:
    """Another page of the reports (its blueprint's name) with the same filters, but for what is changed."""
    return _link(f"reports.{page}.index", filters, changed)


def _link(endpoint: str, filters: Filters, changed: Mapping[str, str | Sequence[str] | None], **path: str) -> str:
    common = {name: value for name, value in (filters.given or {}).items() if name in COMMON}
    said = {name: value for name, value in {**common, **changed}.items() if value}
    return url_for(endpoint, **path) + (f"?{urlencode(said, doseq=True)}" if said else "")  # type: ignore[arg-type]


def at(moment: datetime, filters: Filters) -> str:
    """A moment as a filter: by the viewer's clock, without a zone where that is clear."""
    wall = moment.astimezone(filters.zone).replace(tzinfo=None)
    return wall.isoformat(timespec="minutes")
