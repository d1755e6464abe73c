"""A line with a queue on the real application, a carrier of our own around it, and a clock that never sleeps."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hall_menus import LINE, TEAM
from redis import Redis, RedisError
from sqlalchemy import select
from werkzeug.serving import make_server

from ivr.carrier.rest import Carrier, NoAnswer, NotDone, Refused
from ivr.config import Settings
from ivr.phone import Callee, Dialed, Exchange, Leg, ManualClock, RestServer, Script, transcript
from ivr.store.backlog import Backlog
from ivr.store.call_log import CallLog
from ivr.store.callers import CallerHash
from ivr.store.client import connect
from ivr.store.log_tables import events, records
from ivr.store.outbox_streams import OutboxStreams
from ivr.store.set_aside import SetAside
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.effects import KINDS, read_effect
from ivr.switchboard.log_writer import LogWriter
from ivr.switchboard.publish import Publisher
from ivr.switchboard.queue_tasks import queue_tasks
from ivr.switchboard.queue_work import QueueWork
from ivr.switchboard.wiring import Parts
from ivr.web import create_app

TO = "+15005550001"
TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "0" * 32
MONDAY = datetime(2026, 7, 6, 15, 0, tzinfo=UTC)  # 10:00 in Chicago


@dataclass
class Hall:
    """The whole of it: `call` places calls, `run` lets them happen."""

    url: str
    parts: Parts
    exchange: Exchange
    rest: RestServer
    redis: Redis
    work: QueueWork
    writer: LogWriter
    team_file: Path
    calls: list[Leg] = field(default_factory=list)

    def now(self) -> datetime:
        """The moment on the clock."""
        return self.exchange.clock.now()

    def agent(self, name: str, state: str = "available", reason: str = "") -> None:
        """Set an agent's state, as the desk does."""
        self.parts.queues.set_agent(name, state, self.now().timestamp(), reason)  # type: ignore[arg-type]

    def phone(self, number: str, *acts: Dialed) -> None:
        """Say how a phone is answered, call after call; the last way goes on for ever."""
        taken = iter(acts)
        last = acts[-1]
        self.exchange.party(number, lambda: Callee(next(taken, last)))

    def call(self, script: str, *, from_: str = "+13125550142", after: float = 0) -> Leg:
        """Place a call, so many seconds from now."""
        leg = self.exchange.call(TO, from_, Script.read(script), at=self.now() + timedelta(seconds=after))
        self.calls.append(leg)
        return leg

    def run(self, seconds: float | None = None) -> None:
        """Let everything happen until all calls are over, or for so long; then write the log."""
        self.exchange.run(self.now() + timedelta(seconds=seconds) if seconds is not None else None)
        self.writer.drain(threading.Event())

    def happened(self, leg: Leg, *kinds: str) -> list[dict[str, object]]:
        """The events of a call, as the log has them; of these kinds where they are given."""
        query = select(events).where(events.c.call_sid == leg.sid).order_by(events.c.seq, events.c.n)
        with self.parts.engine.connect() as connection:
            found = [{"kind": it.kind, "step": it.step, **it.data} for it in connection.execute(query)]
        return [it for it in found if not kinds or it["kind"] in kinds]

    def story(self, leg: Leg) -> list[str]:
        """What the log has of a wait, in a few words an event: `entered 1`, `offered ana`, `connected ana`, …"""
        return [_STORY[str(it["kind"])].format_map(it) for it in self.happened(leg) if it["kind"] in _STORY]

    def connected_at(self, leg: Leg) -> datetime:
        """When an agent took this call."""
        query = select(records.c.at).join(
            events, (events.c.call_sid == records.c.call_sid) & (events.c.seq == records.c.seq)
        )
        query = query.where(events.c.call_sid == leg.sid, events.c.kind == "connected")
        with self.parts.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def states(self) -> dict[str, str]:
        """What each agent is."""
        return {it.name: it.state for it in self.parts.queues.agents(["ana", "raj"])}

    def nothing_is_left(self) -> None:
        """Assert that nobody waits, no offer stands, and no agent is stuck."""
        assert self.parts.queues.everybody("bookings") == []
        assert {it.kind for it in self.parts.queues.due(9e12)} <= {"wrap"}
        assert set(self.states().values()) <= {"away", "available", "wrap_up"}


ANA, RAJ = "+15005550401", "+15005550402"
FIRST, SECOND, THIRD = "+13125550142", "+13125550143", "+13125550144"


def talks(seconds: int, after: int = 3) -> Dialed:
    """Take a call after so many seconds of ringing, and talk for so long."""
    return Dialed("answered", seconds, after=after)


_STORY = {
    "queue_entered": "entered {position}",
    "queue_refused": "refused {why}",
    "agent_offered": "offered {agent}",
    "ring_no_answer": "missed {agent}",
    "connected": "connected {agent}",
    "completed": "completed {agent} by {by}",
    "abandoned": "abandoned {position}",
    "queue_exited": "exited {how}",
    "wait_told": "told {low}-{high}",
}


def heard(leg: Leg) -> list[str]:
    """What a caller heard and did, a line each, without the header."""
    return transcript(leg.events).partition("\n\n")[2].splitlines()


@contextmanager
def hall(
    folder: Path,
    valkey_url: str,
    *,
    line: str = LINE,
    team: str = TEAM,
    account: bool = True,
    at: datetime = MONDAY,
    change: Callable[[Settings], Settings] = lambda it: it,
    every: float = 0.5,
) -> Iterator[Hall]:
    """Run it, with a round of the worker `every` so many seconds. Without an `account` no REST call can be made."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    (folder / "test.yaml").write_text(line, encoding="utf-8")
    (folder / "team.yaml").write_text(team, encoding="utf-8")
    redis = connect(f"{valkey_url}?socket_timeout=20&socket_connect_timeout=20")
    redis.flushall()
    clock = ManualClock(at)
    exchange = Exchange(clock, auth_token=TOKEN, account_sid=ACCOUNT)
    rest = RestServer(exchange)
    rest.__enter__()
    settings = Settings(
        redis_url=f"{valkey_url}?socket_timeout=20&socket_connect_timeout=20",
        data=folder,
        menus=folder,
        recordings=folder,
        auth_tokens=(TOKEN,),
        account_sid=ACCOUNT if account else None,
        api_url=rest.url if account else None,
        secret_key="k" * 40,
    )
    engine = open_engine(settings.database)
    migrate(engine)
    Publisher(Versions(engine), redis, clock.now).publish(folder / "test.yaml", who="a test")
    server, url = _listening()
    settings = change(replace(settings, public_url=url))
    app = create_app(settings, clock=clock.now)
    server.app = app
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    parts: Parts = app.extensions["ivr"].parts
    carrier = Carrier(ACCOUNT, (TOKEN,), rest.url) if account else None
    work = QueueWork(queue_tasks(parts, carrier), lambda: [0], clock.now)
    writer = LogWriter(
        redis,
        CallLog(engine, CallerHash("k" * 40)),
        SetAside(engine, folder),
        Backlog(folder),
        lambda: list(range(64)),
        clock.now,
    )
    exchange.line(TO, f"{url}/voice", fallback_url=f"{url}/voice/fallback", status_url=f"{url}/voice/status")
    it = Hall(url, parts, exchange, rest, redis, work, writer, folder / "team.yaml")
    outbox = _Outbox(it, carrier)
    exchange.every(every, work.round)
    exchange.every(every / 2, outbox.round)
    try:
        yield it
    finally:
        exchange.close()
        rest.__exit__(None, None, None)
        server.shutdown()
        thread.join()
        server.server_close()
        parts.close()
        engine.dispose()
        redis.close()
        if carrier:
            carrier.close()


class _Outbox:
    """The outbox on the manual clock: what is in it is carried out in its order, and what failed is tried again."""

    def __init__(self, it: Hall, carrier: Carrier | None) -> None:
        self._hall = it
        self._streams = OutboxStreams(it.redis)
        self._carrier = carrier

    def round(self) -> None:
        """Carry out what is there."""
        try:
            intents = list(self._streams.read(dict.fromkeys(range(64), b"0"), most=50, wait=0))
        except RedisError:
            return
        for intent in intents:
            effect = read_effect(intent.effect)
            try:
                if self._carrier is None:
                    raise Refused("no account")
                KINDS[effect.kind].carry_out(self._carrier, effect.fields)
            except Refused:
                try:
                    self._hall.parts.not_done(effect)
                except RedisError:
                    continue
            except (NotDone, NoAnswer):
                continue
            self._streams.remove(intent)


def _listening() -> tuple[object, str]:
    server = make_server("127.0.0.1", 0, lambda *_: [b""], threaded=True)
    return server, f"http://127.0.0.1:{server.server_port}"


__all__ = ["ANA", "FIRST", "LINE", "RAJ", "SECOND", "TEAM", "THIRD", "Hall", "hall", "heard", "talks", "transcript"]
