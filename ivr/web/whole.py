"""Both doors in one process, for a WSGI server that has just one: carriers' addresses, and all others for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from ivr.config import Settings, from_environment
from ivr.web.app import create_app
from ivr.web.people import create_people

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CARRIERS = ("voice", "agent", "callback", "hold", "recordings", "messages", "healthz", "readyz", "metrics", "dev")
"""What the paths begin with that carriers and machines ask for."""


def create_whole(settings: Settings | None = None) -> Flask:
    """The application for carriers, which passes all that is none of theirs on to the one for people.

    `ivr serve` keeps the two apart, so that a slow report holds up no caller.
    """
    settings = settings or from_environment()
    voice, people = create_app(settings), create_people(settings)
    carriers = voice.wsgi_app

    def whole(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[Any]:
        first = environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
        return carriers(environ, start_response) if first in CARRIERS else people.wsgi_app(environ, start_response)

    voice.wsgi_app = whole  # type: ignore[method-assign]  # as Flask's docs have it for what stands around an app
    return voice
