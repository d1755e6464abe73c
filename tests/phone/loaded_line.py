"""A line to load: a threaded HTTP/1.1 server that keeps connections, with a behaviour for each path."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from ivr.phone.load import Plan, Tally, place, read_mixed

HANG_UP = "<Response><Hangup/></Response>"
MENU = '<Response><Gather action="/voice" numDigits="1"><Say>Press a key.</Say></Gather></Response>'


@dataclass(frozen=True)
class Came:
    """One request as it came in."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What is answered; None for a status closes the connection without a word."""

    body: str = HANG_UP
    status: int | None = 200
    headers: dict[str, str] = field(default_factory=dict)


Behaviour = Callable[[Came], Reply]


class LoadedLine:
    """Behaviours by path; `/voice/status` answers 204 unless told otherwise."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.came: list[Came] = []
        self.at: dict[str, Behaviour] = {"/voice/status": lambda _: Reply("", 204)}

    def forms(self, path: str) -> list[dict[str, str]]:
        """The forms that came to a path."""
        return [came.form for came in self.came if came.path == path]

    def plan(self, *keys: str, **options: object) -> Plan:
        """A plan of a few calls, all due at nearly once."""
        given = {"to": "+15005550006", "rate": 1000, "seconds": 0.004, "timeout": 10.0, **options}
        return Plan(f"{self.base}/voice", scripts=read_mixed(keys), **given)  # type: ignore[arg-type]

    def load(self, *keys: str, **options: object) -> Tally:
        """What came of such calls."""
        return asyncio.run(place(self.plan(*keys, **options)))


def causes(tally: Tally) -> dict[str, int]:
    """How many calls failed, by cause."""
    return {cause: one.calls for cause, one in tally.causes.items()}


@contextmanager
def loaded_line() -> Iterator[LoadedLine]:
    """A line on a free port of this machine, as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            came = Came(
                self.command,
                parts.path,
                dict(parse_qsl(body or parts.query, keep_blank_values=True)),
                dict(self.headers.items()),
            )
            line.came.append(came)
            reply = line.at[parts.path](came)
            if reply.status is None:
                self.close_connection = True
                return
            content = reply.body.encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "text/xml", **reply.headers}.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if reply.status != 204:
                self.wfile.write(content)

        do_GET = do_POST = _take  # noqa: N815 (the names that the library calls)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """A client that went away is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    line = LoadedLine(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
