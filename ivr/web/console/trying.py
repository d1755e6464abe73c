"""Trying a draft before anybody hears it: in the browser phone, and by its scripted calls."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ivr.switchboard.lines import keep_copy
from ivr.switchboard.menu_folder import files_of_line
from ivr.switchboard.rehearsal import scripts_of
from ivr.web.console.frame import show
from ivr.web.console.rehearsals import rehearsals
from ivr.web.console.standing import LineNow, known_line
from ivr.web.people.browser_phone import browser_phone
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

page = Blueprint("trying", __name__, url_prefix="/lines/<line>/try")


@page.get("")
def index(line: str) -> str:
    """The phone, the scripts, and what came of them."""
    it = known_line(line)
    scripts = scripts_of(it.path) if it.path else []
    return show(
        "console/try.html",
        line=line,
        it=it,
        phone=bool(it.draft and browser_phone()),
        public=bool(office().settings.public_url),
        scripts=[str(script.relative_to(it.path.parent)) for script in scripts] if it.path else [],
        run=rehearsals().of(it),
    )


@page.post("")
@needs("publish")
def run(line: str) -> AnyResponse:
    """Runs the scripted calls of the draft, or writes what is heard into them; the page asks until they are done."""
    it = _draft(line)
    if it is None:
        flash("The file has errors, so nobody can call it. Mend them first.")
    else:
        update = request.form.get("update") == "yes"
        if update:
            office().audit.note(myself().name, "scripts_rewritten", line=line, version=it.draft_version or "")
        rehearsals().start(it, update=update)
    return redirect(url_for("console.trying.index", line=line))


@page.get("/state")
def state(line: str) -> Response:
    """Whether the scripted calls are still being run."""
    run_ = rehearsals().of(known_line(line))
    return Response("running" if run_ and run_.result is None else "done", mimetype="text/plain")


@page.get("/call")
def call(line: str) -> AnyResponse:
    """To the browser phone, which calls the draft: its version, which no database has, on the line's own number."""
    it, phone = _draft(line), browser_phone()
    if it is None or it.path is None or it.draft is None or phone is None:
        abort(404)
    version = keep_copy(office().settings.data / "versions", files_of_line(it.path))
    return redirect(f"{phone}/#draft={version}&to={it.draft.numbers[0].replace('+', '%2B')}&line={line}")


def _draft(line: str) -> LineNow | None:
    it = known_line(line)
    return it if it.draft is not None else None
