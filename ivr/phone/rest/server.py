"""The API on a port: who may ask, what was asked, and trouble on request."""

import threading
from collections import deque
from dataclasses import dataclass
from hmac import compare_digest

from flask import Flask, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.phone.exchange import Exchange
from ivr.phone.rest.errors import ApiError, of_http, refused
from ivr.phone.rest.routes import api

NEVER = 60.0
"""Seconds that a request is held which gets no answer; its sender has given up long before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    form: dict[str, str]


class RestServer:
    """The API on a port of this machine, as long as the context lasts; recordings' URLs then lead to it.

    `url` is what stands in place of `https://api.twilio.com`. `asked` are the requests so far.
    """

    def __init__(self, exchange: Exchange, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.asked: list[Asked] = []
        self._exchange = exchange
        self._trouble: deque[tuple[str, int | None]] = deque()
        self._closing = threading.Event()
        self._server = make_server(host, port, self._app(), threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://{host}:{self._server.server_port}"

    def __enter__(self) -> "RestServer":
        self._exchange.rest_url = self.url
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer_next(self, *statuses: int | None, where: str = "") -> None:
        """Answer the next requests, one each, with these errors and without doing what they ask; None: never.

        With `where` the next ones whose path has it.
        """
        self._trouble.extend((where, status) for status in statuses)

    def _app(self) -> Flask:
        app = Flask("ivr.phone.rest")
        app.before_request(self._before)
        app.register_error_handler(ApiError, refused)
        app.register_error_handler(HTTPException, lambda error: refused(of_http(error)))
        app.register_blueprint(api(self._exchange))
        return app

    def _before(self) -> None:
        self.asked.append(Asked(request.method, request.path, request.form.to_dict()))
        if self._trouble and self._trouble[0][0] in request.path:
            _, status = self._trouble.popleft()
            if status is None:
                self._closing.wait(NEVER)
            raise ApiError(status or 504, 20429 if status == 429 else 20000 + (status or 504), "as the test asked")
        auth, exchange = request.authorization, self._exchange
        known = auth is not None and auth.username == exchange.account_sid
        if exchange.auth_token is not None and not (
            known and auth is not None and compare_digest((auth.password or "").encode(), exchange.auth_token.encode())
        ):
            raise ApiError(401, 20003, "Authenticate")
        if (request.view_args or {}).get("account") != exchange.account_sid:
            raise ApiError(404, 20404, f"The requested resource {request.path} was not found")
        g.exchange = exchange


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Requests are in `RestServer.asked`."""
