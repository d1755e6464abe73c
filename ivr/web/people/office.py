"""What the pages for people work with, put together once a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from redis import Redis
from sqlalchemy import Engine

from ivr.config import SettingError, Settings
from ivr.store.audit import Audit
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.log_queries import LogQueries
from ivr.store.people import People
from ivr.store.queues import Queues
from ivr.store.sql import open_engine


@dataclass(frozen=True, slots=True)
class Office:
    """The collaborators of one process."""

    settings: Settings
    clock: Callable[[], datetime]
    engine: Engine
    redis: Redis
    redis_url: str
    people: People
    audit: Audit
    log: LogQueries
    queues: Queues

    def close(self) -> None:
        """Ends what the collaborators hold open."""
        self.redis.close()
        self.engine.dispose()


def open_office(settings: Settings, clock: Callable[[], datetime]) -> Office:
    """The collaborators, from settings. Raises SettingError where no Redis is set and none of our own runs."""
    redis_url = settings.redis_url or attach(settings.valkey_folder)
    if redis_url is None:
        raise SettingError("REDIS_URL is not set, and no `ivr serve` runs a Valkey of its own on IVR_DATA")
    redis, engine = connect(redis_url), open_engine(settings.database)
    people, audit = People(engine, clock), Audit(engine, clock)
    return Office(settings, clock, engine, redis, redis_url, people, audit, LogQueries(engine), Queues(redis))


def office() -> Office:
    """The collaborators of the application that answers this request."""
    found = current_app.extensions["ivr"]
    assert isinstance(found, Office)  # noqa: S101 - create_people puts it there
    return found
