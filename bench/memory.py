"""Memory: bytes in Redis for each live call, and what a web process needs with many lines."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx
from redis import Redis

from bench.figures import aimed, spread
from bench.serving import KEY, TOKEN, Served, served
from ivr.call.inputs import Pressed, Silent
from ivr.carrier.forms import Caller
from ivr.config import Settings
from ivr.phone.signature import sign
from ivr.store.calls import call_key
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.live import tell_newest
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions, version_of
from ivr.switchboard.answer import Switchboard
from ivr.switchboard.wiring import wire

LINES = 100
MENU = Path("menus/meridian.yaml")
TABLES = ("departures.csv", "bookings.csv")
NUMBER = "+15005550006"
KEYS = ("1", "2", "204815", "1", "3", "1", "4021", "1")
"""English, a booking, its number, yes, back to the menu, a departure, the stop, once more."""


def run(folder: Path) -> list[str]:
    """Measures both; the lines that tell what was found."""
    for name in (MENU.name, *TABLES):
        (folder / name).write_bytes((MENU.parent / name).read_bytes())
    rows = []
    with Embedded(folder / "valkey") as valkey:
        settings = replace(
            Settings(),
            redis_url=valkey.url + "?socket_timeout=60&socket_connect_timeout=60",
            data=folder,
            menus=folder,
            recordings=Path("recordings"),
            secret_key=KEY,
        )
        engine = open_engine(settings.database)
        migrate(engine)
        redis, versions = connect(str(settings.redis_url)), Versions(engine)
        publish(versions, redis, [MENU.read_text("utf-8")])
        parts = wire(settings, _now)
        rows += _live_call(parts.switchboard, redis)
        parts.close()
        rows.append(_process(settings, 1))
        publish(versions, redis, [_copy(number) for number in range(1, LINES)], first=1)
        rows.append(_process(settings, LINES))
        redis.close()
        engine.dispose()
    return rows


def publish(versions: Versions, redis: Redis, texts: list[str], first: int = 0) -> None:
    """Publishes texts as lines of their own. Not by the Publisher, which checks each number against each line."""
    for number, text in enumerate(texts, start=first):
        name = f"meridian{number or ''}"
        files = {f"{name}.yaml": text.encode()}
        versions.publish(name, version_of(files), files, who="bench", why=None, at=_now())
    tell_newest(redis, versions.now_live)


def _copy(number: int) -> str:
    return MENU.read_text("utf-8").replace(NUMBER, f"+1500555{number + 1000:04}", 1)


def _live_call(switchboard: Switchboard, redis: Redis) -> list[str]:
    """Bytes of one call's key after each of its turns."""
    base, sid = "https://phone.example.com", "CA" + "5" * 32
    sizes: list[float] = []

    def used(document: str) -> str:
        # SAMPLES 0 counts every field.
        sizes.append(float(redis.memory_usage(call_key(sid), samples=0) or 0))
        found = re.search(r'(?:action="|<Redirect[^>]*>)([^"<]+)', document)
        assert found, document
        return unescape(found[1]).removeprefix(f"{base}/voice/{sid}/")

    path = used(switchboard.begin(Caller(sid, "+15005550100", NUMBER, over=False), base).document)
    keys = iter(KEYS)
    for _ in range(2 * len(KEYS)):
        turn, _, place = path.partition("?s=")
        key = next(keys, None)
        if key is None:
            break
        input_ = Pressed(_now(), key) if key else Silent(_now())
        path = used(switchboard.act(sid, int(turn), input_, base, place).document)
    kept = spread(sizes)
    aim = aimed(kept.high, 2048, at_most=True)
    return [f"bytes in Redis for a live call, over {len(sizes)} turns on {MENU}: {kept.show()}   {aim} for the largest"]


def _process(settings: Settings, lines: int) -> str:
    """The memory of one web process that has answered a call on each line, and how long its first call waited."""
    environment = {
        "REDIS_URL": str(settings.redis_url),
        "IVR_DATA": str(settings.data),
        "IVR_MENUS": str(settings.menus),
        "IVR_RECORDINGS": str(settings.recordings.absolute()),
        "IVR_SECRET_KEY": KEY,
    }
    with served(environment, settings.data / "web.log") as server, httpx.Client(timeout=60, trust_env=False) as client:
        first = _timed(lambda: call(client, server, NUMBER, f"{lines}-first"))
        for number in range(1, lines):
            call(client, server, f"+1500555{number + 1000:04}", f"{lines}-{number}")
        again = _timed(lambda: call(client, server, NUMBER, f"{lines}-again"))
        kilobytes = sum(resident(pid) for pid in server.workers())
    return (
        f"a web process with {lines:>3} published lines: {kilobytes / 1024:.0f} MB resident;"
        f" its first call waited {first:.2f} s, the last {again * 1000:.0f} ms"
    )


def call(client: httpx.Client, server: Served, number: str, name: str) -> None:
    """A call that comes in and hears the line."""
    form = {"CallSid": f"CA{name}", "From": "+15005550100", "To": number, "CallStatus": "ringing"}
    url = f"{server.url}/voice"
    signed = sign(TOKEN, url, form)
    response = client.post(url, data=form, headers={"X-Twilio-Signature": signed})
    if response.status_code != 200 or "<Gather" not in response.text:
        raise RuntimeError(f"a call to {number} was not answered: {response.text}")


def resident(pid: int) -> int:
    """Kilobytes of a process that are in memory (VmRSS)."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


def _timed(what: Callable[[], None]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _now() -> datetime:
    return datetime.now(UTC)
