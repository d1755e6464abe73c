"""The application: settings and collaborators in, a WSGI application out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from ivr.config import Settings, from_environment
from ivr.switchboard.lookups import LookupRunner
from ivr.switchboard.wiring import wire
from ivr.web.door import Door
from ivr.web.health import health
from ivr.web.voice import LARGEST_FORM, voice


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def create_app(
    settings: Settings | None = None,
    *,
    clock: Callable[[], datetime] = utc_now,
    lookups: LookupRunner | None = None,
) -> Flask:
    """The application that carriers call.

    `settings` are those of the environment where none are given; `clock` gives aware UTC datetimes; `lookups`
    run look-ups in place of the real ones. Raises SettingError where the settings make no sense.
    """
    parts = wire(settings or from_environment(), clock, lookups)
    app = Flask("ivr.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.extensions["ivr"] = Door(parts)
    app.register_blueprint(voice)
    app.register_blueprint(health)
    return app
