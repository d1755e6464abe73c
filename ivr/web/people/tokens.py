"""Tokens for programs: an owner makes them, sees when they were used, and revokes them."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ivr.store.api_tokens import ApiTokens
from ivr.store.people import NAME, NameTakenError
from ivr.web.people.guard import myself, needs
from ivr.web.people.office import office

DAYS = (30, 90, 365, None)
"""After how many days a token may end; None: never."""

tokens = Blueprint("tokens", __name__)


@tokens.get("/people/tokens")
@needs("people")
def everything() -> str:
    """All tokens, and a form for one more."""
    return _page()


@tokens.post("/people/tokens")
@needs("people")
def make() -> str | Response:
    """Makes one, and shows it, this once."""
    name, days = request.form.get("name", "").strip().lower(), request.form.get("days", "")
    if not NAME.fullmatch(name):
        flash("A name has small letters, digits, dots and dashes, two or more, and begins with a letter.")
        return redirect(url_for("tokens.everything"))
    if days not in {str(it) for it in DAYS}:
        abort(400)
    until = None if days == "None" else office().clock() + timedelta(days=int(days))
    try:
        token = _tokens().make(name, myself().name, until)
    except NameTakenError:
        flash(f"There is a {name} already; revoke it first.")
        return redirect(url_for("tokens.everything"))
    office().audit.note(myself().name, "token_made", token=name, expires=f"{until:%Y-%m-%d}" if until else "never")
    return _page(token=token, whose=name)


@tokens.post("/people/tokens/revoke")
@needs("people")
def revoke() -> Response:
    """Ends one, at once and for good."""
    name = request.form.get("name", "")
    if not _tokens().revoke(name):
        abort(404)
    office().audit.note(myself().name, "token_revoked", token=name)
    flash(f"{name} is revoked.")
    return redirect(url_for("tokens.everything"))


def _tokens() -> ApiTokens:
    return ApiTokens(office().engine, office().clock)


def _page(**made: str) -> str:
    now = office().clock()
    return render_template("people/tokens.html", tokens=_tokens().all(), now=now, days=DAYS, **made)
