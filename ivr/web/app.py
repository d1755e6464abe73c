"""The application: settings and collaborators in, a WSGI application out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from ivr.config import SettingError, Settings, from_environment
from ivr.store.calls import Calls
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.sql import open_engine
from ivr.store.versions import Versions
from ivr.switchboard.answer import Switchboard
from ivr.switchboard.lines import Lines
from ivr.switchboard.lookups import LookupRunner, Lookups
from ivr.switchboard.sealing import Sealer, key_of
from ivr.web.health import health
from ivr.web.voice import LARGEST_FORM, Door, voice


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
    settings = settings or from_environment()
    redis_url = settings.redis_url or attach(settings.valkey_folder)
    if redis_url is None:
        raise SettingError("REDIS_URL is not set, and no `ivr serve` runs a Valkey of its own on IVR_DATA")
    redis, engine = connect(redis_url), open_engine(settings.database)
    lines = Lines(Versions(engine), recordings=settings.recordings, copies=settings.data / "versions")
    own_lookups = Lookups(settings)
    switchboard = Switchboard(Calls(redis), lines, lookups or own_lookups, Sealer(key_of(settings)), clock)

    def close() -> None:
        redis.close()
        engine.dispose()
        own_lookups.close()

    app = Flask("ivr.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.extensions["ivr"] = Door(settings, switchboard, lines, close)
    app.register_blueprint(voice)
    app.register_blueprint(health)
    return app
