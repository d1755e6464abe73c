"""A little line to call: an HTTP server that answers with scripted TwiML and keeps what it was sent."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ivr.phone import PhoneCall, Script, transcript


@dataclass(frozen=True)
class Sent:
    """One request as the line got it."""

    method: str
    url: str
    path: str
    form: dict[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What the line answers: a body as it stands, or verbs to wrap in a Response."""

    body: str | bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml"})


def response(verbs: str) -> Answer:
    """A TwiML document that holds these verbs."""
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>')


class Line:
    """Scripted answers by path; the last one of a path is given again and again."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.sent: list[Sent] = []
        self._answers: dict[str, list[Answer]] = {}

    def at(self, path: str, *answers: str | Answer) -> "Line":
        """What to answer at a path, in turn; text is verbs to wrap in a Response."""
        self._answers[path] = [one if isinstance(one, Answer) else response(one) for one in answers]
        return self

    def answer(self, path: str) -> Answer:
        """The next answer at a path; 404 where there is none."""
        answers = self._answers.get(path)
        if not answers:
            return Answer("nothing here", 404)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def forms(self, path: str) -> list[dict[str, str]]:
        """The forms that came to a path."""
        return [sent.form for sent in self.sent if sent.path == path]

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [sent.path for sent in self.sent]

    def call(self, keys: str = "", path: str = "/voice", **settings: Any) -> PhoneCall:
        """Place a call whose caller follows a script; the call, when it is over."""
        settings = {"to": "+15005550006", "from_": "+15005550100", **settings}
        placed = PhoneCall(self.base + path, **settings)
        placed.run(Script.read(keys))
        return placed

    def heard(self, keys: str = "", **settings: Any) -> str:
        """The transcript of such a call, below its heading."""
        return transcript(self.call(keys, **settings).events).partition("\n\n")[2]


@contextmanager
def little_line() -> Iterator[Line]:
    """A line on a free port of this machine, as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length).decode()
            if len(body.encode()) < length:
                return  # who asked hung up in the middle of it: that was no request
            form = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)))
            path = urlsplit(self.path).path
            made.sent.append(Sent(self.command, made.base + self.path, path, form, self.headers))
            answer = made.answer(path)
            content = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(content)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _take  # noqa: N815 (the names that the library calls)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made = Line(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
