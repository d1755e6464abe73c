"""The page and its wire: a Flask application around one exchange.

| address | what |
|---|---|
| `/`, `/static/…` | the page; nothing of it comes from another host |
| `/wire` | a WebSocket: one phone. While it is open the phone exists; when it closes, the phone hangs up |
| `/2010-04-01/…` | the carrier's REST API, for the application's worker |
| `/lines`, `/calls/<sid>`, `/sounds/<name>` | what the page shows and plays, from the application |
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, abort, send_from_directory
from flask_sock import Sock

from ivr.phone.exchange import Exchange
from ivr.phone.page.guard import guard
from ivr.phone.page.handset import Handset
from ivr.phone.page.owners import Owners
from ivr.phone.page.rest import serve_rest
from ivr.phone.page.service import Away, Service

STATIC = Path(__file__).parent / "static"
LARGEST_MESSAGE = 8 * 1024
"""Bytes of what the page may say at once."""
PING_EVERY = 5
"""Seconds: a tab that went to sleep or lost its network hangs up after two of these at most."""


def create_page(exchange: Exchange, service: Service) -> Flask:
    """The page, for calls through `exchange` to `service`."""
    app = Flask("ivr.phone.page", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_MESSAGE
    app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": PING_EVERY, "max_message_size": LARGEST_MESSAGE}
    sock, owners = Sock(app), Owners()
    exchange.anyone(owners.at)
    guard(app)
    serve_rest(app, exchange)

    @app.get("/")
    def page() -> Response:
        return send_from_directory(STATIC, "phone.html")

    @app.get("/static/<path:name>")
    def static(name: str) -> Response:
        return send_from_directory(STATIC, name)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @app.get("/lines")
    def lines() -> Response:
        return _json(service.lines())

    @app.get("/calls/<path:sid>")
    def call(sid: str) -> Response:
        found = service.call(sid)
        return _json(found) if found is not None else abort(404)

    @app.get("/sounds/<name>")
    def sound(name: str) -> Response:
        found = service.audio(name)
        return Response(found[0], mimetype=found[1]) if found is not None else abort(404)

    @app.errorhandler(Away)
    def away(error: Away) -> tuple[Response, int]:
        return _json({"trouble": str(error)}), 502

    @sock.route("/wire")  # type: ignore[untyped-decorator]
    def wire(socket: Any) -> None:
        with Handset(exchange, service, owners, socket.send) as handset:
            while True:
                handset.do(socket.receive())

    return app


def _json(body: object) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")
