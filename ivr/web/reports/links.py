"""From a figure to its formula, and to the calls that it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from flask import url_for

from ivr.web.reports.filters import COMMON, Filters
from ivr.web.reports.spans import day_begins, hour_of


def formula_link(name: str, filters: Filters, **settings: str) -> str:
    """The page of a figure, with the same filters; `settings` are those of its parameters that are not the default."""
    return _link("reports.figures.figure", filters, settings, name=name)


def calls_link(filters: Filters, **narrowed: str | Sequence[str] | None) -> str:
    """The list of calls with the same filters, narrowed: `figure=csat, value="0"`, `outcome="hung_up"`, `queue=…`."""
    return _link("reports.calls.index", filters, narrowed)


def page_link(page: str, filters: Filters, **changed: str | None) -> str:
    """Another page of the reports (its blueprint's name) with the same filters, but for what is changed."""
    return _link(f"reports.{page}.index", filters, changed)


def between(first: datetime, last: datetime, filters: Filters) -> dict[str, str]:
    """What narrows a link to a part of the time: from `first` to before `last`, no further than the filters go.

    Empty where nothing of it lies within them.
    """
    since, until = max(first, filters.since), min(last, filters.until)
    return {"since": at(since, filters), "until": at(until, filters)} if since < until else {}


def on_day(day: str, filters: Filters) -> dict[str, str]:
    """What narrows a link to a day of the zone, or to as much of it as the filters have."""
    it = date.fromisoformat(day)
    first, last = day_begins(it, filters.zone), day_begins(it + timedelta(days=1), filters.zone)
    whole = filters.since <= first and last <= filters.until
    return {"since": day, "until": day} if whole else between(first, last, filters)


def in_hour(day: str, hour: int, filters: Filters) -> dict[str, str]:
    """What narrows a link to an hour of a day of the zone, or to as much of it as the filters have."""
    return between(*hour_of(day, hour, filters.zone), filters)


def _link(endpoint: str, filters: Filters, changed: Mapping[str, str | Sequence[str] | None], **path: str) -> str:
    common = {name: value for name, value in (filters.given or {}).items() if name in COMMON}
    said = {name: value for name, value in {**common, **changed}.items() if value}
    return url_for(endpoint, **path) + (f"?{urlencode(said, doseq=True)}" if said else "")  # type: ignore[arg-type]


def at(moment: datetime, filters: Filters) -> str:
    """A moment as a filter, exactly: by the viewer's clock, with its zone only where that is not clear."""
    there = moment.astimezone(filters.zone)
    clear = there.replace(fold=0).astimezone(UTC) == moment
    exact = "auto" if there.second or there.microsecond else "minutes"
    return (there.replace(tzinfo=None) if clear else there).isoformat(timespec=exact)
