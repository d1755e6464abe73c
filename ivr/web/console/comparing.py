"""Two versions of a line side by side: what changed for callers, in sentences, and in the files."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, request

from ivr.menu.diff import diff
from ivr.store.versions import TO_ALL, Published
from ivr.switchboard.comparing import flow_of, touched
from ivr.web.console.difference import rows_of_files
from ivr.web.console.frame import moment, show
from ivr.web.console.standing import known_line, versions
from ivr.web.people.office import office

MOST_VERSIONS = 100

page = Blueprint("comparing", __name__, url_prefix="/lines/<line>/compare")


@page.get("")
def index(line: str) -> tuple[str, int]:
    """From one version to another, both named in the address; without, what the newest changed."""
    it, history = known_line(line), versions().history(line)
    if not history:
        abort(404)
    zone = it.flow.zone if it.flow else None
    new, trouble = _version(request.args.get("to") or history[0].version, line)
    before = next((was for row in history if row.version == new and (was := befores(history).get(row.id))), new)
    old, other = _version(request.args.get("from") or before, line)
    trouble = trouble or other
    changes, refused = ([], "") if trouble else _changes(line, old, new)
    known = {row.version: (row, moment(row.published_at, zone)) for row in history}  # the oldest row of each
    return show(
        "console/compare.html",
        line=line,
        it=it,
        old=old,
        new=new,
        known=known,
        choices=list(known.values())[:MOST_VERSIONS],
        changes=changes,
        refused=trouble or refused,
        rows=[] if trouble else rows_of_files(versions().files(old) or {}, versions().files(new) or {}),
    ), 404 if trouble else 200


def befores(history: Sequence[Published]) -> dict[int, str]:
    """Of each row of a line's history (the newest first) that gave callers another version: which all had before."""
    found: dict[int, str] = {}
    live = ""
    for row in reversed(history):
        if row.deed not in ("retired", "withdrawn") and live not in ("", row.version):
            found[row.id] = live
        if row.deed in TO_ALL:
            live = row.version  # of a retired line, what callers had last
    return found


def _version(text: str, line: str) -> tuple[str, str]:
    """The version of this line that begins so, and what is wrong with that."""
    try:
        return versions().find(text, line), ""
    except ValueError as error:
        return text[:12], f"{error}."


def _changes(line: str, old: str, new: str) -> tuple[list[tuple[str, int | None]], str]:
    """What callers notice, with how many a week come by there; or why that cannot be said."""
    try:
        found = diff(flow_of(versions(), old), flow_of(versions(), new))
    except LookupError as error:
        return [], f"What callers notice cannot be said: {error.args[0]}. The files are below."
    times = touched(office().engine, line, found, office().clock())
    return [(it.words, calls) for it, calls in zip(found, times, strict=True)], ""
