"""The application: settings and collaborators in, a WSGI application out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from ivr.config import Settings, from_environment
from ivr.switchboard.clock import utc_now
from ivr.switchboard.lookups import LookupRunner
from ivr.switchboard.surveys import SurveyDesk
from ivr.switchboard.wiring import wire
from ivr.web import drafts
from ivr.web.clock import install, request_clock
from ivr.web.dev import dev
from ivr.web.door import Door
from ivr.web.gate import LARGEST_FORM
from ivr.web.health import health
from ivr.web.hold import hold
from ivr.web.lean import LeanFlask
from ivr.web.message_audio import message_audio
from ivr.web.queueing import queueing
from ivr.web.voice import voice


def create_app(
    settings: Settings | None = None,
    *,
    clock: Callable[[], datetime] | None = None,
    lookups: LookupRunner | None = None,
    surveys: SurveyDesk | None = None,
) -> Flask:
    """The application that carriers call.

    `settings` are those of the environment where none are given; `clock` gives aware UTC datetimes; `lookups`
    run look-ups and `surveys` says who is asked, in place of the real ones. Raises SettingError where the settings
    make no sense. In development (without a PUBLIC_URL) a webhook may name its moment, and this machine may look
    into calls.
    """
    settings = settings or from_environment()
    in_development = settings.public_url is None
    if clock is None and in_development:
        parts = wire(settings, request_clock, lookups, surveys, slot_clock=utc_now)
    else:
        parts = wire(settings, clock or utc_now, lookups, surveys)
    app = LeanFlask("ivr.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.extensions["ivr"] = Door(parts)
    app.register_blueprint(voice)
    app.register_blueprint(queueing)
    app.register_blueprint(hold)
    app.register_blueprint(message_audio)
    app.register_blueprint(health)
    if in_development:
        install(app)
        drafts.install(app)
        app.register_blueprint(dev)
    return app
