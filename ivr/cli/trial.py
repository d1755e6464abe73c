"""A service for trial calls: the whole application on one menu file, with data that are gone afterwards."""

from __future__ import annotations

import logging
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import delete
from werkzeug.serving import make_server

from ivr.cli.faked import Faked
from ivr.config import Settings, from_environment
from ivr.phone import Clock
from ivr.phone.given import Given, Noticed, Special, Stands
from ivr.store.embedded import Embedded
from ivr.store.notices import NoticeBook, notices, special_days
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.lookups import Lookups
from ivr.switchboard.notice_board import QUEUE
from ivr.switchboard.notices import Notices, RefusedNotice
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

WHO = "a scripted call"
"""Who sets the notices of a trial."""

LOOKS = 1000
"""Of a service on trial at its board, until it has what was put there."""


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
    line: str
    clock: Clock
    parts: Parts
    worker: QueueWork

    def begin(self, given: Iterable[Given]) -> list[tuple[Given, str]]:
        """Lets a call begin with this given; what of it cannot be, and what is wrong with it."""
        given = list(given)
        team = self.parts.staff.now()
        known = ", ".join(team.agents) or "none"
        unfit: list[tuple[Given, str]] = []
        for it in given:
            if isinstance(it, Stands) and it.agent not in team.agents:
                unfit.append((it, f'team.yaml has no agent "{it.agent}"; it has {known}'))
            elif isinstance(it, Stands):
                self.parts.queues.set_agent(it.agent, it.state, self.clock.now().timestamp())
        if len(given) > sum(isinstance(it, Stands) for it in given):
            unfit += self._post(given)
        return unfit

    def _post(self, given: list[Given]) -> Iterator[tuple[Given, str]]:
        """Puts notices and special days on the board, as people do, until the service knows them."""
        switch = Notices(self.parts.board, self.parts.engine, self.parts.staff.now, self.clock.now)
        by_target: dict[str, list[Noticed]] = {}
        for it in given:
            match it:
                case Noticed():
                    by_target.setdefault(it.queue or self.line, []).append(it)
                case Special(day, of, hours):
                    target, of = (of, "") if of.startswith(QUEUE) else (self.line, of)
                    try:
                        switch.add_day(target, day, hours, of=of, who=WHO)
                    except RefusedNotice as refused:
                        yield it, str(refused)
        for target, rows in by_target.items():
            words = {it.language: it.words for it in rows if it.language}
            try:
                switch.put(target, words, closed=len(words) < len(rows), who=WHO)
            except RefusedNotice as refused:
                yield rows[0], str(refused)
        self._settle()

    def forget(self) -> None:
        """Takes away what an earlier call was given: as if it had never been, whatever the clock says by then."""
        with self.parts.engine.begin() as connection:
            gone = [connection.execute(delete(table)).rowcount for table in (notices, special_days)]
        if any(gone):
            self._settle()

    def _settle(self) -> None:
        """Until the service knows what is on: a look at the board that began earlier may end later."""
        wanted = NoticeBook(self.parts.engine).current(self.clock.now())
        for _ in range(LOOKS):
            self.parts.board.changed()
            if self.parts.board.now() == wanted:
                break
            time.sleep(0.01)


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
        line = Publisher(Versions(engine), None, utc_now).publish(file, who="a trial call").line
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
            yield Trial(f"http://127.0.0.1:{server.server_port}", token, line, clock, parts, worker)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            app.extensions["ivr"].close()
            real.close()


def _settings() -> Settings:
    """The environment's settings, but for what a trial call must not touch: the real data and address."""
    return replace(from_environment(), redis_url=None, database_url=None, public_url=None, secret_key=None)
