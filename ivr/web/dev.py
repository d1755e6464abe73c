"""What the browser phone shows of the service: its lines, its recordings' words, and the inside of a call.

In development only, and only for this machine: `create_app` with a PUBLIC_URL does not know these addresses.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import orjson
from flask import Blueprint, Response, abort, request
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.switchboard.seen import live_lines, recorded_words, seen
from ivr.web.door import parts
from ivr.web.gate import from_this_machine
from ivr.web.replies import plain

dev = Blueprint("dev", __name__, url_prefix="/dev")


@dev.before_request
def only_here() -> Response | None:
    """Nobody but this machine, and no website in a browser on it that has its name point here (DNS rebinding)."""
    return None if from_this_machine(request) and _asked_as_here(request.host) else plain("forbidden", 403)


@dev.errorhandler(RedisError)
@dev.errorhandler(SQLAlchemyError)
def away(_: Exception) -> Response:
    """What the answer is read from is away."""
    return plain("Redis or the database does not answer", 503)


@dev.get("/lines")
def lines() -> Response:
    """The live lines, by title."""
    return _json(live_lines(parts()))


@dev.get("/recordings")
def recordings() -> Response:
    """The words of each recording, by its path below `/recordings/`."""
    return _json(recorded_words(parts().settings.recordings))


@dev.get("/calls/<path:sid>")
def call(sid: str) -> Response:
    """Where a call is, what it has saved (secrets masked), and what happened in it; 404 for one that is unknown."""
    found = seen(parts(), sid)
    return _json(found) if found is not None else abort(404)


def _json(body: Any) -> Response:
    return Response(orjson.dumps(body) + b"\n", mimetype="application/json", headers={"Cache-Control": "no-store"})


def _asked_as_here(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]") if not host.endswith("]") else host.strip("[]")
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
