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
from ivr.store.callbacks import Callbacks
from ivr.store.callers import CallerHash
from ivr.store.calls import Calls
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.log_queries import LogQueries
from ivr.store.messages import Messages
from ivr.store.people import People
from ivr.store.queues import Queues
from ivr.store.sql import open_engine
from ivr.store.versions import Versions
from ivr.switchboard.callbacks import Numbers
from ivr.switchboard.lines import Lines
from ivr.switchboard.notice_board import NoticeBoard
from ivr.switchboard.notices import Notices
from ivr.switchboard.sealing import Sealer, key_of
from ivr.switchboard.staff import Staff
from ivr.switchboard.waits import Waits


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
    staff: Staff
    waits: Waits
    messages: Messages
    callbacks: Callbacks
    numbers: Numbers
    calls: Calls
    lines: Lines
    sealer: Sealer
    hashes: CallerHash
    notices: NoticeBoard
    emergencies: Notices

    def close(self) -> None:
        """Ends what the collaborators hold open."""
        self.notices.close()
        self.calls.release()
        self.redis.close()
        self.engine.dispose()


def open_office(settings: Settings, clock: Callable[[], datetime]) -> Office:
    """The collaborators, from settings. Raises SettingError where no Redis is set and none of our own runs."""
    redis_url = settings.redis_url or attach(settings.valkey_folder)
    if redis_url is None:
        raise SettingError("REDIS_URL is not set, and no `ivr serve` runs a Valkey of its own on IVR_DATA")
    redis, engine, key = connect(redis_url), open_engine(settings.database), key_of(settings)
    queues, staff, board = Queues(redis), Staff(settings.menus), NoticeBoard(redis, engine, clock)
    return Office(
        settings=settings,
        clock=clock,
        engine=engine,
        redis=redis,
        redis_url=redis_url,
        people=People(engine, clock),
        audit=Audit(engine, clock),
        log=LogQueries(engine),
        queues=queues,
        staff=staff,
        waits=Waits(queues),
        messages=Messages(engine),
        callbacks=Callbacks(engine),
        numbers=Numbers(key),
        calls=Calls(redis),
        lines=Lines(Versions(engine), recordings=settings.recordings, copies=settings.data / "versions"),
        sealer=Sealer(key),
        hashes=CallerHash(key),
        notices=board,
        emergencies=Notices(board, engine, staff.now, clock),
    )


def office() -> Office:
    """The collaborators of the application that answers this request."""
    found = current_app.extensions["ivr"]
    assert isinstance(found, Office)  # noqa: S101 - create_people puts it there
    return found
