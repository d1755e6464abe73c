"""Downloads: the log of a time as a file, the same that `ivr export` writes."""

from __future__ import annotations

from importlib.util import find_spec
from typing import get_args

from flask import Blueprint, Response, abort, current_app, make_response, url_for

from ivr.reports.export_columns import EXPORTS
from ivr.reports.export_formats import Format, NoParquet
from ivr.web.people.guard import myself
from ivr.web.people.office import office
from ivr.web.reports.filters import NAMES, Filters, read_filters
from ivr.web.reports.frame import dates, show
from ivr.web.reports.streamed import Streamed
from ivr.web.slots import Slots

page = Blueprint("downloads", __name__, url_prefix="/downloads")

AT_ONCE = 3
"""Downloads at a time: each has a thread of those that all pages share."""

FORMATS: dict[Format, tuple[str, str]] = {
    "csv": ("CSV", "for a spreadsheet; no formula runs"),
    "jsonl": ("JSON", "for a program: an object a line"),
    "parquet": ("Parquet", "for a notebook, with typed columns"),
}
"""What each is called, and for whom it is."""

WORDS = {
    "calls": ("Calls", "A row for each call: when, from which line, how it ended, which goals it reached."),
    "events": ("Events", "A row for all that happened in these calls: each step, key, look-up, wait and talk."),
    "surveys": ("Surveys", "A row for each answer to a question of a survey."),
}

_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}


@page.record_once
def _keep(state: object) -> None:
    state.app.extensions["ivr_downloads"] = Slots(AT_ONCE)  # type: ignore[attr-defined]


@page.get("")
def index() -> str:
    """What there is to take, in which formats."""
    return _page(read_filters())


@page.get("/<what>.<form>")
def file(what: str, form: str) -> Response:
    """One file, made while it is sent. Who took what is written down."""
    if what not in EXPORTS or form not in get_args(Format):
        abort(404)
    filters = read_filters()
    slots = _slots()
    if not slots.take():
        busy = "As many downloads as may be are being made. Try again when one of them is done."
        answer = make_response(_page(filters, busy), 503)
        answer.headers["Retry-After"] = "60"
        return answer
    try:
        export = EXPORTS[what]
        body = Streamed(office().engine, export, form, filters.scope, slots)  # type: ignore[arg-type]  # looked up
    except NoParquet:
        return make_response(_page(filters, "Parquet cannot be written here: see below."), 501)
    try:
        _note(what, form, filters)
        response = Response(body, mimetype=None, content_type=_TYPES[form])
    except BaseException:
        body.close()
        raise
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(what, form, filters)}"'
    response.headers["X-Accel-Buffering"] = "no"  # a proxy in front must not collect it either
    return response


def _slots() -> Slots:
    found: Slots = current_app.extensions["ivr_downloads"]
    return found


def _note(what: str, form: str, filters: Filters) -> None:
    names = {name: value for name in NAMES if (value := getattr(filters, name))}
    since, until = (it.isoformat(timespec="seconds") for it in (filters.since, filters.until))
    office().audit.note(myself().name, "data_taken", what=what, format=form, since=since, until=until, **names)


def _name(what: str, form: str, filters: Filters) -> str:
    """calls-2026-07-01-to-2026-07-07.csv; where it is no whole days, with the time of day."""
    if filters.whole_days:
        first, last = dates(filters)
    else:
        first, last = (f"{it.astimezone(filters.zone):%Y-%m-%dT%H%M}" for it in (filters.since, filters.until))
    return f"{what}-{first}-to-{last}.{form}" if first != last else f"{what}-{first}.{form}"


def _page(filters: Filters, words: str | None = None) -> str:
    has_parquet = find_spec("pyarrow") is not None
    formats = {name: it for name, it in FORMATS.items() if name != "parquet" or has_parquet}
    files = [
        (
            *WORDS[what],
            export.columns,
            [
                (title, about, url_for("reports.downloads.file", what=what, form=name) + filters.query())
                for name, (title, about) in formats.items()
            ],
        )
        for what, export in EXPORTS.items()
    ]
    return show(
        "reports/downloads.html", filters, heading="Downloads", files=files, words=words, has_parquet=has_parquet
    )
