"""Retiring a line: its numbers are free, and whoever calls them hears that they are not in service."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ivr.store.versions import Overtaken
from ivr.switchboard.publish import NotPossible
from ivr.web.console.frame import show
from ivr.web.console.lines import last_call
from ivr.web.console.publishing import LONGEST_REASON, base, reason
from ivr.web.console.standing import known_line, publisher, versions
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

page = Blueprint("retiring", __name__, url_prefix="/lines/<line>/retire")


@page.get("")
@needs("publish")
def index(line: str) -> str:
    """What it means, and the form, which asks for the line's name: nobody retires a line by a slip."""
    return _page(line)


@page.post("")
@needs("publish")
def retire(line: str) -> str | Response | tuple[str, int]:
    """Takes the line out of service."""
    known_line(line)
    why = reason()
    if not why:
        return _page(line, refused="Say why, in a few words: whoever reads the versions later wants to know."), 422
    if request.form.get("name", "").strip() != line:
        return _page(line, refused=f"Nothing was changed: to confirm, write the line's name, {line}."), 422
    try:
        done = publisher().retire(line, who=myself().name, why=why, base=base())
    except (NotPossible, Overtaken) as error:
        return _page(line, refused=f"Nothing was changed: {error}."), 409
    office().audit.note(myself().name, "line_retired", line=line, version=done.version, why=why)
    flash(f"{line} is retired: no call comes to it any more, and its numbers are free.")
    return redirect(url_for("console.lines.one", line=line))


def _page(line: str, *, refused: str = "") -> str:
    it = known_line(line)
    standing = versions().standing(line)
    return show(
        "console/retire.html",
        line=line,
        it=it,
        base=standing.id if standing else 0,
        called=last_call(it),
        refused=refused,
        why=reason(),
        longest=LONGEST_REASON,
    )
