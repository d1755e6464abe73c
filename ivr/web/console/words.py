"""The words of a file as fields, for those who don't read YAML: saved in their place, everything else left alone."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ivr.menu.rewording import RewordError, Words, reworded, words_of
from ivr.menu.spoken import words_a_minute
from ivr.switchboard import menu_texts
from ivr.switchboard.menu_texts import CannotBeEdited, MenuText, Overtaken
from ivr.web.console.files import conflict, folder, opened
from ivr.web.console.frame import show
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

PREFIX = "words "
"""What the name of a text's field begins with; its id follows."""

_KINDS = {
    "say": "Says",
    "ask": "Asks",
    "no_input": "When nothing is pressed",
    "no_match": "When a key does not fit",
    "filler": "While it looks up",
    "invite": "Invites",
    "thanks": "Thanks",
}

page = Blueprint("words", __name__, url_prefix="/words")


@page.get("/<path:name>")
def edit(name: str) -> str:
    """The words of a file, step by step."""
    return _form(opened(name), {}, {})


@page.post("/<path:name>")
@needs("publish")
def save(name: str) -> str | Response | tuple[str, int]:
    """Puts the words that were changed in the place of the old ones."""
    old = opened(name)
    if old.file.kind not in ("line", "piece"):
        abort(404)
    given = {key.removeprefix(PREFIX): it for key, it in request.form.items() if key.startswith(PREFIX)}
    known = {it.id: it.text for it in words_of(old.data)}
    new = {id_: said for id_, said in given.items() if " ".join(said.split()) != known.get(id_)}
    if request.form.get("read_as") == old.mark and not new.keys() <= known.keys():
        abort(400)
    if request.form.get("read_as") != old.mark:
        return _overtaken(name, old, new)
    try:
        saved = menu_texts.save(folder(), name, reworded(old.data, new), old.mark)
    except RewordError as error:
        return _form(old, given, {error.id: f"{error}."}), 422
    except Overtaken as error:
        return _overtaken(name, error.now or abort(404), new)
    except CannotBeEdited as error:
        return _form(old, given, {"": f"It was not saved: {error}."}), 422
    except OSError as error:
        return _form(old, given, {"": f"It was not saved: {error.strerror or error}."}), 503
    if saved.mark == old.mark:
        flash("Nothing was changed.")
    else:
        office().audit.note(myself().name, "words_saved", file=name, mark=saved.mark, texts=str(len(new)))
        flash("Saved. Callers hear it once it is published.")
    return redirect(url_for("console.words.edit", name=name))


def label(words: Words) -> str:
    """What a text is, for people: "Key 1", "Asks, time 2"."""
    return what_it_is(words.address, words.time)


def what_it_is(address: str, time: int = 0) -> str:
    """The same, of a text by its address, or what of that follows the step, and the time that it is said: from 0."""
    before, _, what = address.rpartition(".")
    in_menu = before == "menu" or before.endswith(".menu")
    name = f"Key {what}" if in_menu else _KINDS.get(what, what.replace("_", " ").capitalize())
    return name if not time else f"{name}, time {time + 1}"


def pace(language: str) -> float:
    """Words a minute of the language, by which the page counts while somebody types."""
    return words_a_minute(language)


def _overtaken(name: str, now: MenuText, new: dict[str, str]) -> tuple[str, int]:
    """Their file with these words in it, where they still have a place there, against their file."""
    known = {it.id for it in words_of(now.data)}
    try:
        mine = reworded(now.data, {id_: said for id_, said in new.items() if id_ in known})
    except RewordError:
        mine = now.data
    return conflict(name, Overtaken(now), mine.decode("utf-8-sig", "replace"))


def _form(file: MenuText, given: dict[str, str], wrong: dict[str, str]) -> str:
    if file.file.kind not in ("line", "piece"):
        abort(404)
    found = words_of(file.data)
    steps = [
        (step, [(address, list(texts)) for address, texts in groupby(of_step, key=lambda it: it.address)])
        for step, of_step in groupby(found, key=lambda it: it.step)
    ]
    return show(
        "console/words.html",
        name=file.file.name,
        file=file,
        steps=steps,
        given=given,
        wrong=wrong,
        label=label,
        pace=pace,
        prefix=PREFIX,
    )
