"""Publishing: what callers would notice, then live with a reason, for all callers or for a share of them; or one step
back. All by the one Publisher.
"""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ivr.menu.diff import Change, diff
from ivr.store.versions import Overtaken
from ivr.switchboard.comparing import touched
from ivr.switchboard.menu_folder import files_of_line
from ivr.switchboard.publish import NotPossible, Publication, Refused
from ivr.switchboard.rehearsal import Rehearsal, scripts_of
from ivr.web.console.difference import Row, rows_of_files
from ivr.web.console.frame import moment, show
from ivr.web.console.rehearsals import rehearsals
from ivr.web.console.standing import LineNow, known_line, publisher, versions
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

LONGEST_REASON = 500
NOT_RUN = "its scripted calls were not run since the last change; run them first"

page = Blueprint("publishing", __name__, url_prefix="/lines/<line>/publish")


@page.get("")
def index(line: str) -> str:
    """What would change for callers, whether the scripted calls pass, and the form."""
    return _page(line)


@page.post("")
@needs("publish")
def publish(line: str) -> str | Response | tuple[str, int]:
    """Makes the file the live version, or what a share of callers gets beside it, if it checks, its scripted calls
    pass, and nobody was quicker.
    """
    it, why = known_line(line), reason()
    if it.path is None:
        abort(404)
    force = request.form.get("force") == "yes"
    if not why:
        return _page(line, refused="Say why, in a few words: whoever reads the versions later wants to know."), 422
    share = _share() if request.form.get("to") == "share" else None
    if share == 0:
        return _page(line, refused="Which share of callers? A number of percent between 0 and 100, such as 10."), 422
    if request.form.get("version") != it.draft_version:
        return _page(line, refused="The file was changed since this page was opened. Look at it again."), 409
    try:
        done = publisher().publish(
            it.path, who=myself().name, why=why, base=base(), share=share, rehearsal=_rehearsal(it), force=force
        )
    except Refused as refused:
        run = rehearsals().of(it)
        unheard = (run is None or run.result is None) and any(it.rule == "scripted-calls" for it in refused.problems)
        problems = [] if unheard else [it.message for it in refused.problems if it.severity == "error"]
        words = f"It was not published{f': {NOT_RUN}' if unheard else ''}."
        return _page(line, refused=words, problems=problems), 422
    except Overtaken as overtaken:
        return _page(line, refused=f"{overtaken}."), 409
    except OSError as error:
        return _page(line, refused=f"Nothing was published: {error.strerror or error}."), 503
    if share is not None:
        return _tried(line, done, why)
    return _done(line, done, "line_published", why)


@page.post("/back")
@needs("publish")
def back(line: str) -> Response | tuple[str, int]:
    """Makes an earlier version the live one again."""
    known_line(line)
    why, to = reason(), request.form.get("to") or None
    try:
        done = publisher().roll_back(line, who=myself().name, why=why or None, to=to, base=base())
    except (NotPossible, Overtaken, Refused) as error:
        words = f"Nothing was changed: {error}"
        return render_template("people/error.html", code=409, words=words), 409
    return _done(line, done, "line_rolled_back", why)


def _done(line: str, done: Publication, deed: str, why: str) -> Response:
    if done.changed:
        office().audit.note(myself().name, deed, line=line, version=done.version, why=why)
        flash(f"{line} is live as version {done.version}. Calls in progress keep the version that they began with.")
    else:
        flash(f"{line} was live already as version {done.version}.")
    return redirect(url_for("console.lines.one", line=line))


def _tried(line: str, done: Publication, why: str) -> Response:
    callers = percent(done.share)
    if done.changed:
        office().audit.note(myself().name, "line_tried", line=line, version=done.version, share=callers, why=why)
        flash(f"Version {done.version} is tried out on {callers} of callers, the same ones each time they call.")
    else:
        flash(f"Version {done.version} was tried out on {callers} of callers already.")
    return redirect(url_for("console.trial.index", line=line))


def _page(line: str, *, refused: str = "", problems: list[str] | None = None) -> str:
    it = known_line(line)
    standing = versions().standing(line)
    changes = _changes(it)
    return show(
        "console/publish.html",
        line=line,
        it=it,
        base=standing.id if standing else 0,
        percent=percent,
        since=moment(it.live.published_at, it.flow.zone if it.flow else None) if it.live else "",
        changes=changes,
        rows=_rows(it),
        scripts=len(scripts_of(it.path)) if it.path else 0,
        run=rehearsals().of(it),
        refused=refused,
        told=problems or [],
        why=reason(),
        to=request.form.get("to", "all"),
        share=request.form.get("share", "10"),
        longest=LONGEST_REASON,
    )


def _changes(it: LineNow) -> list[tuple[Change, int | None]]:
    """What callers would notice, and how many a week come by there."""
    if it.draft is None or it.live is None or it.live_flow is None or it.state == "same":
        return []
    changes = diff(it.live_flow, it.draft)
    return list(zip(changes, touched(office().engine, it.name, changes, office().clock()), strict=True))


def _rows(it: LineNow) -> list[tuple[str, list[Row]]]:
    """The files of the draft against those of the live version."""
    if it.path is None or it.live is None or it.draft is None:
        return []
    return rows_of_files(versions().files(it.live.version) or {}, files_of_line(it.path))


def _rehearsal(it: LineNow) -> Rehearsal:
    """What came of the scripted calls of this draft; those that were not run have not passed."""
    run = rehearsals().of(it)
    if run is not None and run.result is not None:
        return run.result
    scripts = len(scripts_of(it.path)) if it.path else 0
    return Rehearsal(
        it.draft_version or "", scripts, scripts, "they were not run since the last change; run them first"
    )


def _share() -> float:
    """The share of callers that the form names, such as 0.1; 0 for what is none."""
    found = re.fullmatch(r"\s*(\d{1,2}(?:[.,]\d{1,2})?)\s*%?\s*", request.form.get("share", ""), re.ASCII)
    return float(found[1].replace(",", ".")) / 100 if found else 0.0


def percent(share: float | None) -> str:
    """A share of callers for people: 10%."""
    return f"{100 * (share or 0):.4g}%"


def base() -> int:
    """The number of the line's newest row, as whoever sent the form saw it."""
    text = request.form.get("base", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else abort(400)


def reason() -> str:
    """Why, as whoever sent the form says."""
    return " ".join(request.form.get("why", "").split())[:LONGEST_REASON]
