"""The collaborators put together, once a process: the web workers' and the worker's alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ivr.config import SettingError, Settings
from ivr.store.calls import Calls
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.spool import Spool
from ivr.store.sql import open_engine
from ivr.store.versions import Versions
from ivr.switchboard.answer import KEPT_SECONDS, Switchboard
from ivr.switchboard.lines import Lines
from ivr.switchboard.lookups import LookupRunner, Lookups
from ivr.switchboard.outage import Shelf
from ivr.switchboard.place import Places
from ivr.switchboard.sealing import Sealer, key_of


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process works with."""

    settings: Settings
    switchboard: Switchboard
    lines: Lines
    shelf: Shelf
    spool: Spool
    calls: Calls
    versions: Versions
    close: Callable[[], None]  # ends what they hold open


def wire(settings: Settings, clock: Callable[[], datetime], lookups: LookupRunner | None = None) -> Parts:
    """The parts, from settings. Raises SettingError where no Redis is set and none of our own runs."""
    redis_url = settings.redis_url or attach(settings.valkey_folder)
    if redis_url is None:
        raise SettingError("REDIS_URL is not set, and no `ivr serve` runs a Valkey of its own on IVR_DATA")
    redis, engine = connect(redis_url), open_engine(settings.database)
    calls, versions = Calls(redis), Versions(engine)
    lines = Lines(versions, recordings=settings.recordings, copies=settings.data / "versions")
    own_lookups = Lookups(settings)
    key = key_of(settings)
    spool = Spool(settings.data)
    shelf = Shelf(calls, spool)
    switchboard = Switchboard(shelf, lines, lookups or own_lookups, Sealer(key), Places(key, KEPT_SECONDS), clock)

    def close() -> None:
        redis.close()
        engine.dispose()
        own_lookups.close()

    return Parts(settings, switchboard, lines, shelf, spool, calls, versions, close)
