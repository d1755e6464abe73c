"""The webhook of a key press beside its floor and the vendor's way: one run, in turns, each under the same server."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bench import load, prepared
from bench.figures import aimed, percentile, spread
from bench.line import OPTIONS, line
from bench.serving import KEY, Served, served
from ivr.config import Settings
from ivr.store.calls import Calls
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.publish import Publisher
from ivr.switchboard.wiring import wire

ROUNDS = 9
REQUESTS = 1000
"""Of each contender in each round."""
WARM_UP = 300
CONNECTIONS = 4
WORKERS = 1
"""Web processes: on a small machine the load generator and Valkey need a core, too."""
STEPS = 10
PATIENT = "?socket_timeout=20&socket_connect_timeout=20"
"""For all three: a machine that is busy with other things is no outage of Redis."""


@dataclass(slots=True)
class Contender:
    """One of the three: what serves it, its requests of each round, and what was found."""

    name: str
    server: Served
    make: Callable[[int], list[bytes]]
    batches: list[list[bytes]] = field(default_factory=list)
    found: list[load.Measured] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # µs of the server's processor time for each request, by round

    def prepare(self) -> None:
        """Makes the calls and requests of all rounds."""
        self.batches = [self.make(WARM_UP), *(self.make(REQUESTS) for _ in range(ROUNDS))]

    def measure(self, number: int, *, counts: bool = True) -> None:
        """Sends the requests of one round; 0 is the one that warms up."""
        requests = self.batches[number]
        before = self.server.cpu()
        has = f"{OPTIONS[-1]}, press {len(OPTIONS)}.".encode()
        measured = load.run(self.server.port, requests, connections=CONNECTIONS, has=has)
        if measured.wrong:
            raise RuntimeError(f"{self.name}: {measured.wrong} of {len(requests)} answers are not what they must be")
        if counts:
            self.found.append(measured)
            self.cpu.append((self.server.cpu() - before) / len(requests) * 1e6)


def run(folder: Path) -> list[str]:
    """Measures all three, in turns; the lines that tell what was found."""
    menu = folder / "bench.yaml"
    menu.write_text(line(STEPS), "utf-8")
    with ExitStack() as stack:
        valkey = stack.enter_context(Embedded(folder / "valkey"))
        url = valkey.url + PATIENT
        settings = replace(
            Settings(),
            redis_url=url,
            data=folder,
            menus=folder,
            recordings=folder / "recordings",
            secret_key=KEY,
        )
        engine = open_engine(settings.database)
        migrate(engine)
        redis = connect(url)
        stack.callback(engine.dispose)
        stack.callback(redis.close)
        Publisher(Versions(engine), redis, _now).publish(menu, who="bench")
        parts = wire(settings, _now)
        stack.callback(parts.close)
        like = prepared.sample(parts.switchboard, redis, "http://127.0.0.1:8000")
        service = {
            "REDIS_URL": url,
            "IVR_DATA": str(folder),
            "IVR_MENUS": str(folder),
            "IVR_RECORDINGS": str(folder / "recordings"),
            "IVR_SECRET_KEY": KEY,
        }
        floor = {
            "REDIS_URL": url,
            "BENCH_STATE": like.after.state.decode(),
            "BENCH_REPLY": str(len(like.after.reply)),
            "BENCH_DOCUMENT": like.document,
            "BENCH_RECORD": like.record.decode(),
        }
        book = {"REDIS_URL": url, "BENCH_LINE": str(menu)}
        a, b, c = (
            stack.enter_context(served(settings, folder / f"{letter}.log", target, WORKERS))
            for letter, settings, target in (
                ("a", service, ""),
                ("b", floor, "bench.floor:create_app"),
                ("c", book, "bench.by_the_book:create_app"),
            )
        )
        contenders = (
            Contender("a  the service", a, lambda count: prepared.for_service(parts.switchboard, a.url, count)),
            Contender("b  its floor", b, lambda count: prepared.for_floor(redis, b.url, count, like)),
            Contender("c  by the book", c, lambda count: prepared.by_the_book(redis, c.url, count, STEPS)),
        )
        for contender in contenders:
            contender.prepare()
        for number in range(ROUNDS + 1):
            for contender in contenders:
                contender.measure(number, counts=number > 0)
        # Each answer was that of a step, not a saved reply or a Redirect; and Redis never seemed away.
        if not all(prepared.moved_on(Calls(redis), batch) for batch in contenders[0].batches):
            raise RuntimeError("not every call of the service moved on by one turn")
        if (folder / "spool").exists() and os.listdir(folder / "spool"):
            raise RuntimeError("some turns of the service went to the spool")
    return [*_sizes(like), *_told(contenders)]


def _now() -> datetime:
    return datetime.now(UTC)


def _sizes(like: prepared.Sample) -> list[str]:
    return [
        f"{ROUNDS} rounds, in each {REQUESTS} key presses of distinct calls to a, b and c in turn;"
        f" {CONNECTIONS} connections kept open",
        f"{WORKERS} web process of granian with its threads as in `ivr serve`; Valkey on a Unix socket",
        f"bytes: state {len(like.after.state)}, reply {len(like.after.reply)}, record {len(like.record)};"
        f" document {len(like.document)}",
        "",
    ]


def _told(contenders: tuple[Contender, ...]) -> list[str]:
    rows = [f"{'':16}{'requests/s':>26}{'median ms':>20}{'99th % ms':>20}{'server CPU µs':>22}"]
    for one in contenders:
        rate = spread([measured.rate for measured in one.found])
        median = spread([percentile(measured.latencies, 0.5) * 1e3 for measured in one.found])
        slow = spread([percentile(measured.latencies, 0.99) * 1e3 for measured in one.found])
        cpu = spread(one.cpu)
        rows.append(f"{one.name:16}{rate.show():>26}{median.show(1):>20}{slow.show(1):>20}{cpu.show():>22}")
    a, b, c = contenders
    rows.append("")
    for other, letter, aim in ((b, "b", 0.9), (c, "c", 1.5)):
        pairs = zip(a.found, other.found, strict=True)
        ratio = spread([mine.rate / theirs.rate for mine, theirs in pairs])
        cpu = spread([theirs / mine for mine, theirs in zip(a.cpu, other.cpu, strict=True)])
        rows.append(f"a/{letter}, requests a second     {ratio.show(2)}   {aimed(ratio.middle, aim)}")
        rows.append(f"a/{letter}, by processor time     {cpu.show(2)}")
    busy = spread([measured.cpu / measured.seconds for one in contenders for measured in one.found])
    rows.append(f"load generator: {busy.show(2)} of one core")
    return rows
