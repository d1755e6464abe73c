"""One phone of the page: its wire's messages become acts of a device, the device's events become messages.

| the page says | it means |
|---|---|
| `call` (`to`, `from`, `at`, `zone`, `version`) | call; `at` is local to `zone`, or null; a `version` is a draft's |
| `press` (`key`), `silence`, `hang_up` | what a caller can do |
| `heard` (`sound`) | this sound was played to its end |
| `own` (`address`), `disown` | whether a `dial` of the address rings here |
| `answer`, `decline`, `say` (`text`) | what one who is called can do, and both in a talk |
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from zoneinfo import ZoneInfo

import orjson

from ivr.phone.acts import KEYS
from ivr.phone.events import Bridged, Ending, Event, Played, Recording, Ringing, Spoke, Turned
from ivr.phone.exchange import Exchange
from ivr.phone.live import LiveCaller
from ivr.phone.page.messages import Told, told
from ivr.phone.page.owners import Owners, TakenError
from ivr.phone.page.service import Service

LONGEST_NUMBER = 64
LONGEST_TEXT = 500
NOW_HEADER = "X-Touchtone-Now"
"""The header by which the application, in development, is told what time it is for a call."""
VERSION_HEADER = "X-Touchtone-Version"
"""The header by which it is told, in development, with which version a call begins."""
VERSION = re.compile("[0-9a-f]{12}")
YEARS = range(1970, 2200)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a call believes it began, and by which real clock it moves on."""

    at: datetime
    real: float

    def headers(self) -> Mapping[str, str]:
        """What tells the application the moment that it is by now."""
        return {NOW_HEADER: (self.at + timedelta(seconds=time.monotonic() - self.real)).isoformat()}


class Handset:
    """A phone while its wire is open, a context. `send` may block; it is called in a thread of its own."""

    def __init__(self, exchange: Exchange, service: Service, owners: Owners, send: Callable[[str], None]) -> None:
        self._exchange = exchange
        self._service = service
        self._owners = owners
        self._send = send
        self._device = LiveCaller(self._happened)
        self._outbox: SimpleQueue[Event | Told | None] = SimpleQueue()
        self._sound = 0
        self._lock = threading.Lock()
        self._in_call = False
        self._recording_since: float | None = None
        self._sender = threading.Thread(target=self._send_all, name="wire", daemon=True)

    def __enter__(self) -> Handset:
        self._sender.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._owners.leave(self)
        self._device.hang_up()
        self._outbox.put(None)

    def claim(self) -> LiveCaller | None:
        """The device, to be called now: another call finds it busy. None while it is."""
        with self._lock:
            if self._in_call:
                return None
            self._in_call = True
            return self._device

    # What the page says

    def do(self, message: str | bytes | None) -> None:
        """Act on a message. What makes no sense is answered by nothing: the page says no such thing."""
        try:
            said = orjson.loads(message or b"")
        except ValueError:
            return
        match said:
            case {"do": "call", "to": str(to), "from": str(from_), "at": at, "zone": str(zone), **more}:
                self._call(to[:LONGEST_NUMBER], from_[:LONGEST_NUMBER], at, zone, str(more.get("version") or ""))
            case {"do": "press", "key": str(key)} if key and len(key) == 1 and key in KEYS:
                self._device.press(key)
            case {"do": "silence"}:
                self._silence()
            case {"do": "heard", "sound": int(sound)} if sound == self._sound:
                self._device.heard()
            case {"do": "hang_up"}:
                self._device.hang_up()
            case {"do": "answer"}:
                self._device.answer()
            case {"do": "decline"}:
                self._device.decline()
            case {"do": "say", "text": str(text)} if text.strip():
                self._device.say(text[:LONGEST_TEXT])
            case {"do": "own", "address": str(address)}:
                self._own(address[:LONGEST_NUMBER])
            case {"do": "disown"}:
                self._owners.leave(self)
                self._outbox.put({"kind": "owns", "address": None})

    def _call(self, to: str, from_: str, at: object, zone: str, version: str) -> None:
        with self._lock:
            if self._in_call:
                return
            self._in_call = True
        try:
            moment = _moment(at, zone)
        except ValueError as error:
            self._in_call = False
            self._outbox.put({"kind": "refused", "text": str(error)})
            return
        draft = {VERSION_HEADER: version} if VERSION.fullmatch(version) else {}
        url = self._service.url
        leg = self._exchange.call(
            to,
            from_,
            self._device,
            url=f"{url}/voice",
            fallback_url=f"{url}/voice/fallback",
            status_url=f"{url}/voice/status",
            headers=(lambda: {**(moment.headers() if at else {}), **draft}) if at or draft else None,
        )
        began = {"kind": "began", "sid": leg.sid, "at": moment.at.isoformat(), "chosen": bool(at), "zone": zone}
        self._outbox.put(began)

    def _silence(self) -> None:
        """A recording ends with silence, a prompt's time-out is over at once."""
        since = self._recording_since
        if since is None:
            self._device.silence()
        else:
            self._device.speak(max(1, round(time.monotonic() - since)))

    def _own(self, address: str) -> None:
        try:
            self._owners.take(address, self)
        except TakenError as error:
            self._outbox.put({"kind": "owns", "address": None, "trouble": str(error)})
        else:
            self._outbox.put({"kind": "owns", "address": address})

    # What happens

    def _happened(self, event: Event) -> None:
        """In the exchange's thread, which must not wait: the rest is done by the sender."""
        match event:
            case Ending():
                with self._lock:
                    self._in_call = False
            case Recording():
                self._recording_since = time.monotonic()
            case Ringing() | Turned() | Spoke() | Played() | Bridged():
                self._recording_since = None
        self._outbox.put(event)

    def _send_all(self) -> None:
        while (one := self._outbox.get()) is not None:
            message = one if isinstance(one, dict) else told(one, self._service)
            if message is None:
                continue
            if message["kind"] in ("spoke", "played"):
                self._sound += 1
                message["sound"] = self._sound
            try:
                self._send(orjson.dumps(message).decode())
            except Exception:  # the wire is broken, which its reader sees, too
                return


def _moment(at: object, zone: str) -> Moment:
    """The moment that was set, or the real one. Raises ValueError, in words for whoever set it."""
    real = time.monotonic()
    if not at:
        return Moment(datetime.now(UTC), real)
    try:
        moment = datetime.fromisoformat(str(at))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        if moment.year not in YEARS:
            raise ValueError(at)
        return Moment(moment.astimezone(UTC), real)
    except (ValueError, OverflowError, KeyError, OSError):
        raise ValueError(f'"{str(at)[:40]}" is no moment between {YEARS[0]} and {YEARS[-1]}.') from None
