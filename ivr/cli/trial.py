"""A service for trial calls: the whole application on one menu file, with data that are gone afterwards."""

from __future__ import annotations

import logging
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from werkzeug.serving import make_server

from ivr.cli.faked import Faked
from ivr.config import Settings, from_environment
from ivr.phone import Clock
from ivr.phone.scripts import Stands
from ivr.store.embedded import Embedded
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.lookups import Lookups
from ivr.switchboard.publish import Publisher
from ivr.switchboard.queue_tasks import queue_tasks
from ivr.switchboard.queue_work import QueueWork
from ivr.switchboard.surveys import Everybody
from ivr.switchboard.wiring import Parts
from ivr.web.app import create_app

MOST_SERVICES = 16
"""On one ground at a time: a Valkey has so many databases, and each service has one."""

_BUILDING = threading.Lock()
"""One application at a time: routes are compiled by `ast`, which in Python 3.11.7 counts its depth for all threads
together and stumbles ("AST constructor recursion depth mismatch", CPython issue 106905)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What services on trial stand on: a folder, a Valkey, and the file of a database that is ready to be copied."""

    folder: Path
    redis_url: str
    database: Path

    def redis_of(self, number: int) -> str:
        """The URL of one of the Valkey's databases, 0 to 15; patient, since a busy machine is no outage."""
        return f"{self.redis_url}?db={number}&socket_timeout=20&socket_connect_timeout=20"


@contextmanager
def ground() -> Iterator[Ground]:
    """A Valkey and an empty database, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="touchtone-") as name, Embedded(Path(name) / "valkey") as valkey:
        folder = Path(name)
        engine = open_engine(f"sqlite:///{folder / 'empty.db'}")
        migrate(engine)
        engine.dispose()
        yield Ground(folder, valkey.url, folder / "empty.db")


@dataclass(frozen=True, slots=True)
class Trial:
    """A service on trial: its URL, the token that signs its webhooks, and what its worker does for the queues."""

    url: str
    token: str
    parts: Parts
    worker: QueueWork

    def misfits(self, agents: Iterable[Stands]) -> Iterator[tuple[int, str]]:
        """Of these agents, those whom the team does not have: the number of the line, and what is wrong."""
        team = self.parts.staff.now()
        for it in agents:
            if it.agent not in team.agents:
                known = ", ".join(team.agents) or "none"
                yield it.number, f'team.yaml has no agent "{it.agent}"; it has {known}'

    def begin(self, agents: Iterable[Stands]) -> None:
        """Lets a call begin with these agents in, and nobody else."""
        now = self.parts.switchboard.now().timestamp()
        for it in agents:
            self.parts.queues.set_agent(it.agent, it.state, now)


@contextmanager
def service(
    file: Path, clock: Clock, faked: Faked | None = None, *, on: Ground | None = None, number: int = 0
) -> Iterator[Trial]:
    """The whole application on this file alone and the team beside it, over HTTP.

    `faked` answers look-ups; without it all are real. Services on one ground have a `number` each, which one that
    is over gives free. Raises Refused where the file does not check.
    """
    if on is None:
        with ground() as own, service(file, clock, faked, on=own) as trial:
            yield trial
        return
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(dir=on.folder) as name:
        folder = Path(name)
        shutil.copyfile(on.database, folder / "touchtone.db")
        settings = _settings()
        if (hold := settings.recordings / "hold").is_dir():
            (folder / "hold").symlink_to(hold.resolve())
        settings = replace(
            settings,
            redis_url=on.redis_of(number),
            data=folder,
            auth_tokens=(token,),
            menus=file.parent,
            recordings=folder,  # a terminal shows words, so they come as words and not as audio; but for hold audio
        )
        engine = open_engine(settings.database)
        Publisher(Versions(engine), None, utc_now).publish(file, who="a trial call")
        engine.dispose()
        real = Lookups(settings)
        with _BUILDING:
            app = create_app(
                settings, clock=clock.now, lookups=faked.over(real) if faked else real, surveys=Everybody()
            )
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            parts: Parts = app.extensions["ivr"].parts
            # Without an account: nobody is really called.
            worker = QueueWork(queue_tasks(parts, None), lambda: [0], clock.now)
            yield Trial(f"http://127.0.0.1:{server.server_port}", token, parts, worker)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            app.extensions["ivr"].close()
            real.close()


def _settings() -> Settings:
    """The environment's settings, but for what a trial call must not touch: the real data and address."""
    return replace(from_environment(), redis_url=None, database_url=None, public_url=None, secret_key=None)
