"""Signing in and out, the one-time link by which somebody chooses a password, and the first page."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_required, login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError

from ivr.store.people import Person
from ivr.web.people.guard import SignedIn, hashed, limiter, matches, myself
from ivr.web.people.office import office

TRIES = "5 per 5 minutes"
"""Wrong passwords for one name; of one address it may be four times as many."""

sign_in = Blueprint("sign_in", __name__)


class SignIn(FlaskForm):  # type: ignore[misc]  # the library has no types
    """The sign-in form."""

    name = StringField("Name", [DataRequired(), Length(max=64)])
    password = PasswordField("Password", [DataRequired(), Length(max=200)])


class Choose(FlaskForm):  # type: ignore[misc]
    """The form behind a one-time link."""

    password = PasswordField(
        "New password", [DataRequired(), Length(min=10, max=200, message="Take ten characters or more.")]
    )
    again = PasswordField("The same again", [EqualTo("password", "The two are not the same.")])

    def validate_password(self, field: PasswordField) -> None:
        """A password that repeats one character is none."""
        if len(set(field.data or "")) < 4:
            raise ValidationError("Take one that is harder to guess.")


def _tried() -> str:
    """What tries are counted by: a word for the name, as people enter their password there by mistake."""
    return sha256(request.form.get("name", "")[:64].casefold().encode()).hexdigest()[:16]


def _failed(response: Response) -> bool:
    return response.status_code == 401


@sign_in.get("/")
@login_required  # type: ignore[untyped-decorator]
def home() -> str:
    """What the person may do, and the way there."""
    return render_template("people/home.html")


@sign_in.get("/sign-in")
def form() -> str | Response:
    """The form; who is signed in already is sent on."""
    if current_user.is_authenticated:
        return redirect(url_for("sign_in.home"))
    return render_template("people/sign_in.html", form=SignIn())


@sign_in.post("/sign-in")
@limiter.limit(TRIES, key_func=_tried, deduct_when=_failed)
@limiter.limit("20 per 5 minutes", key_func=get_remote_address, deduct_when=_failed)
def enter() -> tuple[str, int] | Response:
    """Signs in, or says that name and password do not fit, and not which of them."""
    filled = SignIn()
    name = (filled.name.data or "").strip()
    person = office().people.named(name) if filled.validate() else None
    if not matches(person, filled.password.data or "") or person is None:
        # A name that nobody has may be a password.
        office().audit.note(person.name if person else "?", "sign_in_failed", address=request.remote_addr or "")
        flash("This name and password do not fit together.")
        return render_template("people/sign_in.html", form=filled), 401
    return _enter(person)


@sign_in.post("/sign-out")
def leave() -> Response:
    """Signs out."""
    if current_user.is_authenticated:
        office().audit.note(myself().name, "signed_out")
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.form"))


@sign_in.route("/welcome/<token>", methods=["GET", "POST"])
@limiter.limit("20 per 5 minutes", key_func=get_remote_address, deduct_when=lambda it: it.status_code == 404)
def welcome(token: str) -> str | Response:
    """Behind a one-time link: a password is chosen, and the person is signed in."""
    person = office().people.behind(token)
    if person is None:
        abort(404)
    chosen = Choose()
    if not chosen.validate_on_submit():
        return render_template("people/welcome.html", form=chosen, person=person)
    person = office().people.use(token, hashed(chosen.password.data))
    if person is None:  # used a moment ago, in another window
        abort(404)
    office().audit.note(person.name, "password_chosen")
    return _enter(person)


def _enter(person: Person) -> Response:
    session.clear()  # what a stranger left in it is not carried over
    session.permanent = True
    login_user(SignedIn(person))
    office().audit.note(person.name, "signed_in", address=request.remote_addr or "")
    return redirect(_wanted() or url_for("sign_in.home"))


def _wanted() -> str | None:
    """Where the person wanted to go: a path of ours, never another host."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    plain = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if plain and not parts.scheme and not parts.netloc else None
