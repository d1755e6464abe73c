"""What stands around every report: navigation that keeps the filters, the form of filters, as of when it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, render_template, request, url_for

from ivr.reports.names import Names, is_empty, log_begins
from ivr.web.people.office import office
from ivr.web.reports.filters import COMMON, NAMES, Filters
from ivr.web.reports.known_names import known_names
from ivr.web.reports.plotly_file import map_sheet, plotly_url
from ivr.web.reports.problems import BadFilters
from ivr.web.reports.words import WORDS
from ivr.web.reports.zones import ahead, zone_of_lines

SECTIONS: tuple[tuple[str, str], ...] = (
    ("overview", "Overview"),
    ("flow", "Where callers go"),
    ("queues", "Queues"),
    ("agents", "Agents"),
    ("voice", "Voice of the caller"),
    ("calls", "Calls"),
    ("figures", "Figures"),
    ("downloads", "Downloads"),
)
"""The pages of the navigation: blueprint (its first page is `index`) and name."""

PRESETS = (("Today", 1, 0), ("Yesterday", 1, 1), ("7 days", 7, 0), ("28 days", 28, 0), ("90 days", 90, 0))
"""Spans to choose at once: their name, how many days, how many days ago the last of them was."""

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; "
    "style-src 'self' 'unsafe-hashes' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
)
"""As on other pages, but for styles that are empty: the hash is that of nothing. plotly makes an empty style element,
and fills it by script, and sets empty style attributes; a style with anything in it is refused as everywhere."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A span to choose at once."""

    name: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What a filter can be, and how that is called."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class End:
    """A field of the span: the kind of field of HTML, and what is in it."""

    kind: str
    value: str


def show(template: str, filters: Filters, *, at: datetime | None = None, **words: Any) -> str:
    """A page of the reports; an empty log gets the page that tells how calls come into it.

    `own`, where the page has own filters, is what they are set to: navigation and presets of this page keep them. `at`
    is the moment that the page is about, where it is about one.
    Raises SQLAlchemyError.
    """
    if is_empty(office().engine):
        template = "reports/empty.html"
    common = _frame(filters.given or {}, {}, known_names(), filters)
    return render_template(
        template,
        filters=filters,
        presets=_presets(filters),
        as_of=moment_words(filters.now, filters),
        clock=clock_words(filters, *([at] if at else [])),
        before=before_words(filters, words.get("compares", False)),
        span=span_words(filters),
        **common,
        **words,
    )


def refused(error: BadFilters) -> tuple[str, int]:
    """The page that says which filters make no sense, and why, with the form to mend them."""
    given = {name: values[0][:200] for name, values in request.args.lists() if name in COMMON}
    common = _frame(given, error.problems, known_names())
    return render_template("reports/refused.html", filters=None, **common), 400


def careful(response: Response) -> Response:
    """With the policy of these pages."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _frame(
    given: Mapping[str, str], problems: Mapping[str, str], names: Names, filters: Filters | None = None
) -> dict[str, Any]:
    kept = {name: value for name, value in given.items() if name in COMMON}
    return {
        "given": given,
        # What a form of its own sent is nothing that one goes back to.
        "here": request.path if request.method in ("GET", "HEAD") else url_for(f"{request.blueprint}.index"),
        "problems": problems,
        "names": names,
        "choices": _choices(names, given),
        "ends": _ends(given, filters),
        "zones": _zones(filters),
        "more_set": bool(problems) or bool(given.keys() & {*NAMES, "zone"}),
        "labels": WORDS,
        "sections": [
            (title, url_for(f"reports.{it}.index", **kept), _is_here(it)) for it, title in SECTIONS  # type: ignore[arg-type]
        ],
        "plotly": plotly_url(),
        "map_sheet": map_sheet(),
    }  # fmt: skip


def _choices(names: Names, given: Mapping[str, str]) -> dict[str, list[Choice]]:
    """What each filter can be; what the URL says is among it, whether the log has it or not."""
    found = {name: [Choice(it, it) for it in getattr(names, name)] for name in NAMES if name != "version"}
    line = given.get("line")
    found["version"] = [Choice(it, f"{it} of {of}" if of else it) for it, of in names.version if line in (None, of)]
    for name, choices in found.items():
        if (chosen := given.get(name)) and chosen not in {it.value for it in choices}:
            choices.append(Choice(chosen, chosen))
    return found


def _ends(given: Mapping[str, str], filters: Filters | None) -> dict[str, End]:
    """The fields of the span: dates, or moments where it is of parts of days; what is no moment, as it was written."""
    if filters is None:
        return {name: End("text", given.get(name, "")) for name in ("since", "until")}
    if filters.whole_days:
        first, last = dates(filters)
        return {"since": End("date", first), "until": End("date", last)}
    return {
        # Such a field has no zone, and browsers refuse seconds in it.
        name: End("datetime-local", moment_words(it, filters).replace(" ", "T"))
        for name, it in (("since", filters.since), ("until", filters.until))
    }


def _zones(filters: Filters | None) -> list[str]:
    return sorted({"UTC", str(zone_of_lines(None)), *([str(filters.zone)] if filters else [])})


def _is_here(section: str) -> bool:
    return request.blueprint == f"reports.{section}"


def _presets(filters: Filters) -> list[Preset]:
    today = filters.now.astimezone(filters.zone).date()
    found = []
    for name, days, ago in PRESETS:
        last = today - timedelta(days=ago)
        since, until = (last - timedelta(days=days - 1)).isoformat(), last.isoformat()
        current = filters.whole_days and (since, until) == dates(filters)
        found.append(Preset(name, filters.query(since=since, until=until), current))
    return found


def dates(filters: Filters) -> tuple[str, str]:
    """The first and the last day, by the clock of the zone."""
    first, last = (it.astimezone(filters.zone) for it in (filters.since, filters.until - timedelta(microseconds=1)))
    return first.date().isoformat(), last.date().isoformat()


def moment_words(moment: datetime, filters: Filters) -> str:
    """A moment by the viewer's clock: 2026-07-01 10:05."""
    return f"{moment.astimezone(filters.zone):%Y-%m-%d %H:%M}"


def clock_words(filters: Filters, *moments: datetime) -> str:
    """The viewer's clock at these moments, else over the span: Asia/Kolkata, UTC+5:30; two where it was changed."""
    zone = str(filters.zone)
    shown = moments or (filters.since, min(filters.until, filters.now))
    far = " and ".join(dict.fromkeys(ahead(filters.zone, moment) for moment in shown))
    return zone if zone == far else f"{zone}, {far}"


def before_words(filters: Filters, compares: bool) -> str:
    """With which time before the figures of a page are compared; empty where they are with none."""
    since, until = filters.before.since, filters.before.until
    if compares:
        return f"compared with {moment_words(since, filters)} to {moment_words(until, filters)}"
    return ""


def comparable(filters: Filters) -> bool:
    """Whether the log has all of the time before, but for a day at most. Raises SQLAlchemyError."""
    begins = log_begins(office().engine)
    return begins is not None and begins < filters.before.since + timedelta(days=1)


def span_words(filters: Filters) -> str:
    """From when to when, in words; whole days by their dates."""
    if not filters.whole_days:
        return f"{moment_words(filters.since, filters)} to {moment_words(filters.until, filters)}"
    first, last = (datetime.fromisoformat(it) for it in dates(filters))
    if first == last:
        return f"{first:%A} {first.day} {first:%B %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first:%a} {first.day} {first:%b}{year} to {last:%a} {last.day} {last:%b %Y}"
