"""What pages ask for every second: JSON with a strong ETag, 304 where nothing changed, and what a deed answers.

Moments in it are seconds since 1970, and none of them is now: a state that lasts stays the same text. The clock
that they are counted by comes in a header.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import orjson
from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from ivr.web.people.office import office

NOW = "Touchtone-Now"

POLLED = ("banner.on_now", "desk.state", "supervise.state", "console.trying.state", "console.picture.live")


class Sessions(SecureCookieSessionInterface):
    """Sessions that asking every second does not prolong: who left a tab open is signed out when nothing was done.

    Nor does an answer that arrives after somebody signed out bring their session back.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether this answer carries the session."""
        return session.modified or (request.endpoint not in POLLED and super().should_set_cookie(app, session))


def polled(state: Any) -> Response:
    """The state as JSON; 304 without it for who has the same already."""
    body = orjson.dumps(state)
    response = Response(body, mimetype="application/json")
    response.set_etag(blake2b(body, digest_size=16).hexdigest())
    response.headers[NOW] = f"{office().clock().timestamp():.3f}"
    return response.make_conditional(request)  # type: ignore[return-value]  # it is the same response


def done(words: str) -> Response:
    """The answer to a deed that was done, in words for who did it."""
    return Response(orjson.dumps({"words": words}), mimetype="application/json")


def refused(words: str, status: int = 409) -> Response:
    """The answer to one that was not: why not, and what to do instead."""
    return Response(orjson.dumps({"words": words}), status, mimetype="application/json")
