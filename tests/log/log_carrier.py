"""A carrier's REST API, played by a little HTTP server, which answers as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "f" * 32


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    form: dict[str, str]
    authorization: str


@dataclass(slots=True)
class LittleCarrier:
    """What it was asked, and how it answers: the status, and the seconds that it takes, by the request."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    status: Callable[[Asked], int] = lambda asked: 204 if asked.method == "DELETE" else 200
    seconds: Callable[[Asked], float] = lambda asked: 0.0

    def forms(self, end: str) -> list[dict[str, str]]:
        """The forms of the requests whose path ends so."""
        return [one.form for one in self.asked if one.path.endswith(end)]


@contextmanager
def little_carrier() -> Iterator[LittleCarrier]:
    """The server, on a free port of this machine."""
    carrier = LittleCarrier()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            asked = Asked(self.command, self.path, form, self.headers.get("Authorization", ""))
            carrier.asked.append(asked)
            time.sleep(carrier.seconds(asked))
            status = carrier.status(asked)
            if status == 0:  # the connection breaks
                self.close_connection = True
                return
            if self.path.endswith(".wav"):
                body = b"RIFF audio"
            elif status >= 400:
                body = json.dumps({"code": 21211, "message": "+15005550123 is no number", "status": status}).encode()
            else:
                body = json.dumps({"sid": "XX1", "uri": self.path, "call_sid": "CA1", "queue_sid": "QU1"}).encode()
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(body)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Clients that time out are what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    carrier.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield carrier
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
