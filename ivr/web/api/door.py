"""Who may ask the API: who has a token that is good, not too often, and not too many at once. Cookies are nothing."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, Flask, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from ivr.store.api_tokens import SCOPE, ApiTokens
from ivr.web.api.problems import Refused
from ivr.web.people.office import office
from ivr.web.slots import Slots

PER_MINUTE = 600
"""Requests of one token."""

WRONG_PER_MINUTE = 300
"""Wrong tokens from one address."""

AT_ONCE = 6
"""Requests that are answered at a time: people's pages need threads, too."""

OPEN = frozenset({"api.index", "api.openapi"})
"""What says how to ask, and nothing of the log."""


def guard(app: Flask, blueprint: Blueprint) -> None:
    """Puts the door before all that is in the blueprint, which the application has not registered yet."""
    limiter = Limiter(
        _who,
        storage_uri=app.config["RATELIMIT_STORAGE_URI"],
        in_memory_fallback_enabled=True,  # with Redis away, each process counts by itself
        key_prefix="api",
    )
    limiter.shared_limit(f"{PER_MINUTE} per minute", scope="asked")(blueprint)
    limiter.shared_limit(
        f"{WRONG_PER_MINUTE} per minute",
        scope="wrong",
        key_func=get_remote_address,
        deduct_when=lambda it: it.status_code == 401,
    )(blueprint)
    limiter.init_app(app)
    app.extensions["ivr_slots"] = Slots(AT_ONCE)
    app.before_request(_enter)
    app.teardown_request(_leave)


def _enter() -> None:
    if request.routing_exception is not None or request.endpoint in OPEN:
        return
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    here = office()
    found = ApiTokens(here.engine, here.clock).opened(token.strip()) if kind.lower() == "bearer" else None
    if found is None or found.scope != SCOPE:
        raise Refused(401)
    if request.accept_mimetypes and not request.accept_mimetypes.accept_json:
        raise Refused(406)
    slots: Slots = current_app.extensions["ivr_slots"]
    if not slots.take():
        raise Refused(429)
    g.slots = slots


def _leave(_: BaseException | None) -> None:
    if (slots := g.pop("slots", None)) is not None:
        slots.give_back()


def _who() -> str:
    """By what requests are counted: the token, good or not, else the address."""
    if sent := request.headers.get("Authorization"):
        return sha256(sent.encode("utf-8", "replace")).hexdigest()[:16]
    return get_remote_address()
