"""The editor: a file of the menus with its problems beside the lines, saved only over what was read."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ivr.menu import Problem
from ivr.switchboard import menu_texts
from ivr.switchboard.menu_texts import CannotBeEdited, MenuText, Overtaken
from ivr.web.console.difference import rows
from ivr.web.console.frame import show
from ivr.web.console.judged import around
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

MOST_PROBLEMS = 200
"""That a page shows. A file that was replaced by something else may have a hundred thousand."""

LONGEST = 100
"""Characters of a field of the form for a new line."""

page = Blueprint("files", __name__, url_prefix="/files")


@page.get("")
def index() -> str:
    """The files of the menus."""
    return _list({}, "")


@page.post("")
@needs("publish")
def add() -> str | AnyResponse | tuple[str, int]:
    """Makes the file of a new line, and opens it. Nobody can call it before it is published."""
    said = {
        name: " ".join(request.form.get(name, "").split())[:LONGEST] for name in ("name", "title", "number", "zone")
    }
    try:
        made = menu_texts.create(
            folder(), said["name"].removesuffix(".yaml"), said["title"], said["number"], said["zone"]
        )
    except CannotBeEdited as error:
        return _list(said, f"No file was made: {error}."), 422
    except OSError as error:
        return _list(said, f"No file was made: {error.strerror or error}."), 503
    office().audit.note(myself().name, "line_added", file=made.name)
    flash(f"{made.name} is made. Publish it when it says what it shall.")
    return redirect(url_for("console.files.edit", name=made.name))


@page.get("/<path:name>")
def edit(name: str) -> str:
    """A file in the editor; one that cannot be edited, with why."""
    return _editor(opened(name))


@page.post("/<path:name>/check")
def check(name: str) -> Response:
    """The problems that the file would have with this text. Nothing is saved."""
    old = opened(name)
    try:
        found = problems_of(name, menu_texts.with_text(old, request.form.get("text", "")))
    except CannotBeEdited as error:
        return _json({"problems": [], "refused": str(error)})
    return _json({"problems": [told(it, name) for it in found[:MOST_PROBLEMS]], "more": len(found) - MOST_PROBLEMS})


@page.post("/<path:name>")
@needs("publish")
def save(name: str) -> str | AnyResponse | tuple[str, int]:
    """Saves the text, if the file still says what it said when it was opened. Nothing goes live by that."""
    old, text = opened(name), request.form.get("text")
    if text is None:
        abort(400)
    try:
        saved = menu_texts.save(folder(), name, menu_texts.with_text(old, text), request.form.get("read_as", ""))
    except Overtaken as error:
        return conflict(name, error, text)
    except CannotBeEdited as error:
        return _editor(old, text=text, refused=f"It was not saved: {error}."), 422
    except OSError as error:
        return _editor(old, text=text, refused=f"It was not saved: {error.strerror or error}."), 503
    if saved.mark == old.mark:
        flash("Nothing was changed.")
    else:
        office().audit.note(myself().name, "file_saved", file=name, mark=saved.mark)
        flash("Saved. Callers hear it once it is published.")
    return redirect(url_for("console.files.edit", name=name))


def folder() -> Any:
    """The folder of the menus."""
    return office().settings.menus


def opened(name: str) -> MenuText:
    """The file as it is now, or 404: of names that the folder has not, nothing is ever opened."""
    return menu_texts.read(folder(), name) or abort(404)


def problems_of(name: str, data: bytes) -> tuple[Problem, ...]:
    """What the checker says of it, errors first."""
    found = menu_texts.problems(folder(), name, data, around())
    return tuple(sorted(found, key=lambda it: (it.file != name, it.line, it.column)))


def told(problem: Problem, name: str) -> dict[str, Any]:
    """A problem as the page shows it. `file` is there where it is of another file."""
    return {
        "line": problem.line,
        "column": problem.column,
        "rule": problem.rule,
        "message": problem.message,
        "severity": problem.severity,
        "file": "" if problem.file == name else problem.file,
    }


def conflict(name: str, error: Overtaken, text: str) -> tuple[str, int]:
    """The page for whoever saves over what they have not read: both texts, and where they differ."""
    now = error.now or abort(404)
    try:
        theirs = now.text
    except CannotBeEdited:
        theirs = ""
    mine = text.replace("\r\n", "\n").replace("\r", "\n")
    words = show("console/conflict.html", name=name, now=now, theirs=theirs, text=mine, rows=rows(theirs, mine))
    return words, 409


def _list(said: dict[str, str], refused: str) -> str:
    files = menu_texts.listed(folder())
    return show("console/files.html", files=files, folder=folder(), said=said, refused=refused)


def _editor(file: MenuText, *, text: str | None = None, refused: str = "") -> str:
    name = file.file.name
    try:
        shown = text if text is not None else file.text
    except CannotBeEdited as error:
        return show("console/edit.html", name=name, file=file, text=None, refused=f"{error}.", problems=[], more=0)
    found = problems_of(name, file.data) if text is None else ()
    problems = [told(it, name) for it in found[:MOST_PROBLEMS]]
    more = max(0, len(found) - MOST_PROBLEMS)
    return show("console/edit.html", name=name, file=file, text=shown, refused=refused, problems=problems, more=more)


def _json(body: Any) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")
