"""Managing people: who may sign in and as what, new one-time links, and what people did."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ivr.store.people import NAME, NameTakenError
from ivr.switchboard.roles import ROLES, SAYS
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

persons = Blueprint("persons", __name__)


@persons.get("/people")
@needs("people")
def everybody() -> str:
    """Everybody, a form for one more, and the newest deeds."""
    return render_template("people/people.html", people=office().people.all(), roles=SAYS, link=None)


@persons.post("/people")
@needs("people")
def add() -> str | Response:
    """Adds somebody, and shows their one-time link, this once."""
    name, role = request.form.get("name", "").strip().lower(), request.form.get("role", "")
    agent = request.form.get("agent", "").strip() or None
    if not NAME.fullmatch(name):
        return _again("A name has small letters, digits, dots and dashes, two or more, and begins with a letter.")
    if role not in ROLES:
        abort(400)
    try:
        person = office().people.add(name, role, agent)
    except NameTakenError:
        return _again(f"There is a {name} already.")
    office().audit.note(myself().name, "person_added", person=name, role=role)
    return _with_link(person.id, name)


@persons.post("/people/<int:id_>/link")
@needs("people")
def link(id_: int) -> str:
    """A new one-time link for somebody who forgot their password."""
    person = office().people.get(id_)
    if person is None or not person.active:
        abort(404)
    office().audit.note(myself().name, "link_made", person=person.name)
    return _with_link(id_, person.name)


@persons.post("/people/<int:id_>")
@needs("people")
def change(id_: int) -> Response:
    """Changes a role, who they are in team.yaml, or whether they may sign in. One owner at least stays."""
    person = office().people.get(id_)
    if person is None:
        abort(404)
    role = request.form.get("role", person.role)
    agent = request.form.get("agent", person.agent or "").strip()[:64]
    active = request.form.get("active", "yes" if person.active else "no") == "yes"
    if role not in ROLES:
        abort(400)
    owners = [it.id for it in office().people.all() if it.role == "owner" and it.active and it.has_password]
    if owners == [id_] and (role != "owner" or not active):
        flash("Nobody else is an owner; make somebody one first.")
    else:
        office().people.change(id_, role=role, agent=agent, active=active)
        about = {"person": person.name, "role": role, "agent": agent, "active": str(active)}
        office().audit.note(myself().name, "person_changed", **about)
    return redirect(url_for("persons.everybody"))


@persons.get("/people/audit")
@needs("people")
def audit() -> str:
    """What people did, the newest first."""
    return render_template("people/audit.html", deeds=office().audit.newest(200))


def _again(words: str) -> Response:
    flash(words)
    return redirect(url_for("persons.everybody"))


def _with_link(id_: int, name: str) -> str:
    url = url_for("sign_in.welcome", token=office().people.link(id_), _external=True)
    return render_template("people/people.html", people=office().people.all(), roles=SAYS, link=url, whose=name)
