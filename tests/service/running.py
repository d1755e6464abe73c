"""The application, running on a free port of this machine, and what tests do to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

import httpx
from redis import Redis
from werkzeug.serving import make_server

from ivr.config import Settings
from ivr.phone import ManualClock, PhoneCall, Script
from ivr.store.calls import Calls, call_key, log_key, partition
from ivr.store.client import connect
from ivr.store.sql import migrate, open_engine
from ivr.store.versions import Versions
from ivr.switchboard.lookups import LookupRunner
from ivr.switchboard.publish import Publisher
from ivr.web import create_app

TO = "+15005550001"
FROM = "+15005550100"
TOKEN = "0123456789abcdef0123456789abcdef"
PATIENT = "?socket_timeout=20&socket_connect_timeout=20"  # a busy test machine is no outage

LINE = """\
line: Test
numbers: ["+15005550001"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]
start: welcome
operator: agents
steps:
  welcome:
    say:
      en-US: Welcome.
      es-MX: Bienvenido.
    language: [en-US, es-MX]
    go: main
  main:
    menu:
      1 -> number:
        en-US: To enter a number
        es-MX: Para marcar un número
      2 -> agents:
        en-US: To talk to us
        es-MX: Para hablar con nosotros
      3 -> message:
        en-US: To leave a message
        es-MX: Para dejar un mensaje
  number:
    ask:
      en-US: Enter four digits.
      es-MX: Marque cuatro dígitos.
    digits: 4
    save: number
    go: told
  told:
    say:
      en-US: You entered <number>.
      es-MX: Usted marcó <number>.
    go: main
  agents:
    dial: "+15005550150"
    answered: bye
    busy: message
    no_answer: message
    failed: message
  message:
    voicemail: general
    go: bye
  bye:
    say:
      en-US: Goodbye.
      es-MX: Adiós.
    go: hangup
"""


@dataclass(slots=True)
class Running:
    """A service that runs: its URL, its parts, and the menus it serves."""

    url: str
    settings: Settings
    redis: Redis
    publisher: Publisher
    clock: ManualClock
    calls: Calls = field(init=False)

    def __post_init__(self) -> None:
        self.calls = Calls(self.redis)

    def publish(self, name: str, text: str) -> str:
        """Publishes a menu file of this text; gives its version."""
        path = self.settings.menus / name
        path.write_text(text, "utf-8")
        return self.publisher.publish(path, who="a test").version

    def post(self, path: str, **form: str) -> httpx.Response:
        """A webhook as a carrier on this machine sends it, unsigned."""
        return httpx.post(f"{self.url}{path}", data={"From": FROM, "To": TO, **form}, timeout=30)

    def place(self, **options: object) -> PhoneCall:
        """A call that can be run."""
        given = {"to": TO, "from_": FROM, "clock": self.clock, **options}
        return PhoneCall(f"{self.url}/voice", **given)  # type: ignore[arg-type]

    def call(self, keys: str, **options: object) -> PhoneCall:
        """A call that was run with these keys."""
        placed = self.place(**options)
        placed.run(Script.read(keys))
        return placed

    def records(self, sid: str) -> list[bytes]:
        """The records of a call in the stream, in order."""
        entries = self.redis.xrange(log_key(partition(sid)))
        return [fields[b"record"] for _, fields in entries if fields[b"sid"] == sid.encode()]

    def forget(self, sid: str) -> None:
        """Takes a call out of Redis, as its expiry does."""
        self.redis.delete(call_key(sid))


@contextmanager
def running(
    folder: Path,
    redis_url: str,
    menus: Mapping[str, str],
    *,
    lookups: LookupRunner | None = None,
    **settings: object,
) -> Iterator[Running]:
    """The service on a folder of its own and this Redis, with these menus published."""
    (folder / "menus").mkdir(exist_ok=True)
    given = {
        "redis_url": redis_url if "?" in redis_url else redis_url + PATIENT,
        "menus": folder / "menus",
        "recordings": folder / "recordings",
        "data": folder / "data",
        "secret_key": "a key of this test, which is long enough",
        **settings,
    }
    made = replace(Settings(), **given)  # type: ignore[arg-type]
    engine = open_engine(made.database)
    migrate(engine)
    redis = connect(str(given["redis_url"]))
    clock = ManualClock()
    publisher = Publisher(Versions(engine), redis, clock.now)
    app = create_app(made, clock=clock.now, lookups=lookups)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service = Running(f"http://127.0.0.1:{server.server_port}", made, redis, publisher, clock)
    try:
        for name, text in menus.items():
            service.publish(name, text)
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        redis.close()
        engine.dispose()
        app.extensions["ivr"].close()


def words(response: httpx.Response) -> str:
    """All that a document says, as one text."""
    return " ".join(element.text or "" for element in ElementTree.fromstring(response.text).iter("Say"))


def action(response: httpx.Response) -> str:
    """The path and query of the action that the document waits with."""
    for element in ElementTree.fromstring(response.text).iter():
        if "action" in element.attrib:
            return httpx.URL(element.attrib["action"]).raw_path.decode()
    raise AssertionError(f"no action in {response.text}")
