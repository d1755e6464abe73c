"""`ivr worker`: the worker alone, for machines beside the one of `ivr serve`."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from dataclasses import replace

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.carrier.rest import Carrier
from ivr.config import SettingError, Settings, from_environment
from ivr.store.agent_changes import AgentChanges
from ivr.store.agent_states import AgentStates
from ivr.store.backlog import Backlog
from ivr.store.call_log import CallLog
from ivr.store.callers import CallerHash
from ivr.store.claims import Claims
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.leases import Leases
from ivr.store.old_calls import OldCalls
from ivr.store.set_aside import SetAside
from ivr.store.sql import NewerDatabase, migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.agent_log import AgentLog
from ivr.switchboard.audio_removal import AudioRemoval
from ivr.switchboard.clock import utc_now
from ivr.switchboard.ended import close_lost
from ivr.switchboard.log_writer import LogWriter
from ivr.switchboard.outbox import Outbox
from ivr.switchboard.overflow import Overflow
from ivr.switchboard.patience import Patience
from ivr.switchboard.publish import Publisher
from ivr.switchboard.queue_tasks import queue_tasks
from ivr.switchboard.queue_work import QueueWork, Task
from ivr.switchboard.retention import Retention
from ivr.switchboard.rolling_up import RollingUp
from ivr.switchboard.sealing import key_of
from ivr.switchboard.spool_replay import SpoolReplay
from ivr.switchboard.trying_out import Watch
from ivr.switchboard.wiring import wire
from ivr.switchboard.worker import Worker

PATIENCE = 5.0
"""Seconds that Redis may take to answer: nobody is on the phone."""

log = logging.getLogger("ivr.worker")


@click.command()
def worker() -> None:
    """Write the call log, and do what calls ask of the outside; `ivr serve` does both already.

    Several may run, on several machines with the same REDIS_URL and DATABASE_URL: they share the work, and take
    over from one that dies. Stops on Ctrl-C or SIGTERM, when what waits is written.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    work(from_environment(), stop)


def work(settings: Settings, stop: threading.Event) -> None:
    """Works until told to stop. Exits with 2 where the database is newer than this program."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    redis_url = settings.redis_url or attach(settings.valkey_folder)
    if redis_url is None:
        raise SettingError("REDIS_URL is not set, and no `ivr serve` runs a Valkey of its own on IVR_DATA")
    hashes = CallerHash(key_of(settings))
    engine = open_engine(settings.database)
    redis = connect(redis_url, patience=PATIENCE)
    account = settings.account_sid and settings.auth_tokens
    parts = wire(replace(settings, redis_url=redis_url), utc_now)
    spool = SpoolReplay(parts.shelf, parts.spool, parts.switchboard.note_now)
    carrier = Carrier(str(settings.account_sid), settings.auth_tokens, settings.api_url) if account else None
    try:
        if _migrated(engine, stop):
            leases, aside, old = Leases(redis), SetAside(engine, settings.data / "set-aside"), OldCalls(engine)
            backlog = Backlog(settings.data)
            writer = LogWriter(redis, CallLog(engine, hashes), aside, backlog, leases.held, utc_now)
            overflow = Overflow(redis, backlog, leases.held)
            outbox = Outbox(redis, Claims(engine), aside, carrier, leases.held, utc_now, parts.not_done)
            agents = AgentLog(AgentChanges(redis), AgentStates(engine), aside)
            publisher = Publisher(Versions(engine), redis, utc_now, fallbacks=settings.data / "fallback")
            tasks = [*queue_tasks(parts, carrier), Task("noting what agents did", 1, agents.round)]
            tasks.append(Task("telling what is live", 4, lambda _: publisher.tell()))
            queues = QueueWork(tasks, leases.held, utc_now)
            audio = AudioRemoval(settings.data, parts.calls if carrier else None)
            retention = Retention(settings.keep, old, parts.messages, audio, aside)
            watch = Watch(engine, publisher, utc_now)
            chores = (
                lambda: close_lost(old, redis, parts.switchboard.note, utc_now()),
                lambda: retention.round(utc_now(), stop),
                watch.round,
            )
            rollups = RollingUp(engine, leases.held, utc_now)
            Worker(leases, writer, overflow, outbox, spool, queues, rollups, chores).run(stop)
    finally:
        parts.close()
        redis.close()
        engine.dispose()
        if carrier is not None:
            carrier.close()


def _migrated(engine: Engine, stop: threading.Event) -> bool:
    """Waits for the database and brings it up to date; False where told to stop before."""
    patience = Patience("the database", log)
    while not stop.is_set():
        try:
            migrate(engine)
            patience.worked()
            return True
        except NewerDatabase as error:
            click.echo(f"ivr worker: DATABASE_URL: {error}", err=True)
            sys.exit(2)
        except SQLAlchemyError as error:
            patience.failed(error, stop)
    return False
