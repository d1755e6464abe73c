"""What stands at the top of every page while a notice is on: whoever works here has to know what callers hear.

A page that stays open, such as the desk, asks for it every few seconds.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, tzinfo
from hashlib import blake2b

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from ivr.switchboard.notice_board import QUEUE
from ivr.web.people.office import office

banner = Blueprint("banner", __name__)


@dataclass(frozen=True, slots=True)
class Banner:
    """One notice: what is so in a sentence, what callers hear, and whether something is closed by it."""

    sentence: str
    words: str
    closed: bool


def notices_on() -> list[Banner]:
    """The notices of this moment, the oldest first. Never raises: a page must not fail for its banner."""
    now = office().clock()
    found = []
    for notice in office().notices.now().on(now):
        kind, name = (
            ("queue", notice.target.removeprefix(QUEUE)) if notice.target.startswith(QUEUE) else ("line", notice.target)
        )
        does = "is closed" if notice.closed else "plays a notice"
        assert notice.until is not None  # noqa: S101 - one that is on has an end
        zone = _zone(notice.target)
        until = notice.until.astimezone(zone)
        when = f"{until:%H:%M}" if until.date() == now.astimezone(zone).date() else f"{until:%Y-%m-%d %H:%M}"
        sentence = f"The {kind} {name} {does} until {when} ({until:%Z}), set by {notice.who}."
        found.append(Banner(sentence, next(iter(notice.words.values()), ""), notice.closed))
    return found


@banner.get("/on-now")
def on_now() -> Response:
    """The same as a piece of a page, for those that stay open; 304 where nothing changed, 401 for strangers."""
    if not current_user.is_authenticated:
        abort(401)
    response = make_response(render_template("people/notices.html"))
    response.set_etag(blake2b(response.get_data(), digest_size=16).hexdigest())
    return response.make_conditional(request)  # type: ignore[return-value]  # it is the same response


def _zone(target: str) -> tzinfo:
    """The clock of the line or queue; with SQL away the team's."""
    with suppress(SQLAlchemyError):
        return office().emergencies.of.zone(target)
    return office().staff.now().zone or UTC
