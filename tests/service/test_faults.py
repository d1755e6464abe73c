"""Live calls while everything is killed: every call reaches its end, every record is in SQL exactly once.

The seed is printed, and FAULTS_SEED repeats the run: which calls are placed, what is killed when, and which
webhooks come twice, late or in another order. FAULTS_CALLS sets how many.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from running import FROM, LINE, TO
from serving import Serve, until
from sqlalchemy import select

from ivr.phone import ManualClock, PhoneCall, Script, transcript
from ivr.store.client import connect
from ivr.store.embedded import attach
from ivr.store.log_tables import calls, events, records
from ivr.store.sql import open_engine

SCRIPTS = (
    "1 1 4021 2 answered",
    "2 1 12* 3456 silence 3 speak:5",
    "1 9 8 silence 1 ** 1 0417 hangup",
    "2 2 busy speak:3:hangup",
    "silence 2 3 silence",
    "1 1 0 no-answer speak:2",
    "hangup",
)


class Network(httpx.BaseTransport):
    """A carrier's way to the service: what fails is tried again, what succeeds may come twice, late, or out of order.

    "With connection overrides up to five retries, on 4xx, 5xx and time-outs too." A recording's action that the
    caller's hang-up caused is held back until the status callback has gone out: `completed` before `Recorded`.
    """

    def __init__(self, chance: random.Random, tries: int = 60) -> None:
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))
        self._chance = chance
        self._tries = tries
        self._past: list[httpx.Request] = []
        self._held: httpx.Request | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends it, and what else the chance says. A caller takes a moment to press a key, so calls overlap."""
        time.sleep(self._chance.uniform(0.02, 0.25))
        body = request.read()
        if b"Digits=hangup" in body and b"RecordingUrl" in body:
            self._held = request
            return httpx.Response(200, headers={"Content-Type": "text/xml"}, content=b"<Response/>")
        if self._chance.random() < 0.15:
            self._send(request)  # the first copy's answer is lost on the way
        response = self._send(request)
        if self._past and self._chance.random() < 0.1:
            self._send(self._chance.choice(self._past))  # a copy of one long answered
        self._past.append(request)
        if self._held is not None and request.url.path.endswith("/status"):
            held, self._held = self._held, None
            self._send(held)
        return response

    def _send(self, request: httpx.Request) -> httpx.Response:
        for _ in range(self._tries):
            try:
                response = self._inner.handle_request(
                    httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
                )
                content = response.read()
            except httpx.TransportError:
                time.sleep(0.25)
                continue
            if response.status_code < 500:
                return httpx.Response(response.status_code, headers=response.headers, content=content)
            time.sleep(0.25)
        raise httpx.ConnectError("the service never came back", request=request)

    def close(self) -> None:
        """Closes the connections."""
        self._inner.close()


def place(service: Serve, script: str, chance: random.Random) -> PhoneCall:
    """One live call."""
    url = f"http://127.0.0.1:{service.port}"
    placed = PhoneCall(
        f"{url}/voice",
        to=TO,
        from_=FROM,
        clock=ManualClock(),
        status_url=f"{url}/voice/status",
        fallback_url=f"{url}/voice/fallback",
        transport=Network(chance),
    )
    placed.run(Script.read(script))
    return placed


def heard(placed: PhoneCall) -> str:
    """What the caller heard and did, without the header."""
    return transcript(placed.events).split("\n\n", 1)[1]


class Monkey(threading.Thread):
    """Kills and publishes at random until told to stop."""

    def __init__(self, service: Serve, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.service = service
        self.chance = chance
        self.done: Counter[str] = Counter()
        self.stopping = threading.Event()

    def run(self) -> None:
        """One fault after the other, with pauses in which everything has time to come back."""
        while not self.stopping.wait(self.chance.uniform(0.2, 0.8)):
            fault = self.chance.choice(("web", "web", "worker", "valkey", "publish", "publish"))
            try:
                getattr(self, f"_{fault}")()
                self.done[fault] += 1
            except (OSError, IndexError, ValueError):
                continue

    def _web(self) -> None:
        os.kill(self.chance.choice(self.service.workers()), signal.SIGKILL)

    def _worker(self) -> None:
        os.kill(self.service.children(b"ivr.cli.worker_process")[0], signal.SIGKILL)

    def _valkey(self) -> None:
        folder = self.service.folder / "var" / "valkey"
        url = attach(folder)
        if url is None:
            return
        client = connect(url)
        pid = int(client.info("server")["process_id"])
        client.close()
        os.kill(pid, signal.SIGKILL)

    def _publish(self) -> None:
        file = self.service.folder / "menus" / "test.yaml"
        number = self.chance.randrange(1000)
        file.write_text(f"# edition {number}\n{LINE}", "utf-8")
        self.service.run("publish", str(file))


@pytest.mark.long
def test_calls_live_through_kills_restarts_publishings_and_a_bad_network(serve: Callable[..., Serve]) -> None:
    """A few hundred calls: each reaches the end that its script says, and the log has each record once, no gap."""
    seed = int(os.environ.get("FAULTS_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
    number = int(os.environ.get("FAULTS_CALLS", "250"))
    print(f"\nFAULTS_SEED={seed} FAULTS_CALLS={number}")
    chance = random.Random(seed)
    service = serve()
    calm = {script: heard(place(service, script, random.Random(0))) for script in SCRIPTS}
    scripts = [chance.choice(SCRIPTS) for _ in range(number)]
    chances = [random.Random(chance.random()) for _ in range(number)]
    monkey = Monkey(service, random.Random(chance.random()))
    monkey.start()
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        placed = list(pool.map(lambda pair: place(service, *pair), zip(scripts, chances, strict=True)))
    monkey.stopping.set()
    monkey.join()
    print(f"{number} calls in {time.monotonic() - began:.0f} s; {dict(monkey.done)}")

    wrong = [(script, heard(call)) for script, call in zip(scripts, placed, strict=True) if heard(call) != calm[script]]
    assert not wrong, f"{len(wrong)} calls of {number} ended otherwise; one of them: {wrong[0]}"
    sids = {call.sid for call in placed}
    _written(service, sids)
    engine = open_engine(f"sqlite:///{service.folder / 'var' / 'touchtone.db'}")
    with engine.connect() as connection:
        rows = connection.execute(select(records.c.call_sid, records.c.seq).order_by(records.c.call_sid, records.c.seq))
        numbers: dict[str, list[int]] = {}
        for sid, seq in rows:
            numbers.setdefault(sid, []).append(seq)
        ended = {row.call_sid: row.ended_at for row in connection.execute(select(calls.c.call_sid, calls.c.ended_at))}
        known = {sid for (sid,) in connection.execute(select(events.c.call_sid).distinct())}
    engine.dispose()
    assert sids <= set(numbers)
    gaps = {sid: seqs for sid, seqs in numbers.items() if seqs != list(range(1, len(seqs) + 1))}
    assert not gaps
    assert [sid for sid in sids if ended.get(sid) is None] == []
    assert sids <= known
    print(f"{sum(map(len, numbers.values()))} records in SQL, none missing, none twice")


def _written(service: Serve, sids: set[str]) -> None:
    """Waits until spool and streams are empty and every call's end is in SQL."""
    engine = open_engine(f"sqlite:///{service.folder / 'var' / 'touchtone.db'}")
    spool = Path(service.folder / "var" / "spool")

    def all_there() -> bool:
        if spool.exists() and any(spool.iterdir()):
            return False
        with engine.connect() as connection:
            done = {sid for (sid,) in connection.execute(select(calls.c.call_sid).where(calls.c.ended_at.is_not(None)))}
        return sids <= done

    try:
        until(all_there, seconds=60)
    finally:
        engine.dispose()
