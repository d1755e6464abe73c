"""Who may see which page: sign-in, roles, the guard against forged forms, and limits on tries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import abort, flash, redirect, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from ivr.store.people import Person
from ivr.switchboard.roles import Deed, may
from ivr.web.people.office import office

P = ParamSpec("P")
R = TypeVar("R")

csrf = CSRFProtect()
limiter = Limiter(get_remote_address)
manager = LoginManager()
manager.session_protection = "basic"

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")
"""What is compared where there is nobody of that name: the answer must take as long."""


class SignedIn(UserMixin):  # type: ignore[misc]  # the library has no types
    """Somebody who is signed in, as Flask-Login sees them."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """What the session keeps: another `epoch` (a new password, another role) is another sign-in."""
        return f"{self.person.id}:{self.person.epoch}"

    def may(self, deed: Deed) -> bool:
        """Whether their role allows the deed."""
        return may(self.person.role, deed)


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(id_: str) -> SignedIn | None:
    number, _, epoch = id_.partition(":")
    person = office().people.get(int(number)) if number.isdigit() else None
    return SignedIn(person) if person and person.active and str(person.epoch) == epoch else None


@manager.unauthorized_handler  # type: ignore[untyped-decorator]
def _elsewhere() -> Response:
    """To the sign-in, and from there to where they wanted; what wants data instead of a page gets 401."""
    if request.method != "GET" or request.headers.get("Accept", "").startswith("application/json"):
        abort(401)
    flash("Sign in first.")
    return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))


def needs(deed: Deed) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorates a page that only those see whose role allows the deed: others get 403, strangers the sign-in."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                return manager.unauthorized()  # type: ignore[no-any-return]
            if not current_user.may(deed):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def myself() -> Person:
    """Who is signed in; for pages behind `needs`."""
    person: Person = current_user.person
    return person


def hashed(password: str) -> str:
    """The argon2 hash of a password."""
    return _hasher.hash(password)


def matches(person: Person | None, password: str) -> bool:
    """Whether it is their password. Takes as long where there is nobody, or they have none yet."""
    hash_ = office().people.password(person.id) if person and person.active else None
    try:
        _hasher.verify(hash_ or _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return hash_ is not None
