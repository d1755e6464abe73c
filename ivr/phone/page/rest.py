"""The local carrier's REST API at the page's own port, for the application's worker: calls, queues, messages."""

from __future__ import annotations

from flask import Flask, Request, g, request

from ivr.phone.exchange import Exchange
from ivr.phone.rest.errors import ApiError, refused
from ivr.phone.rest.routes import api


def serve_rest(app: Flask, exchange: Exchange) -> None:
    """Adds the API to an application."""
    routes = api(exchange)

    def only_the_account() -> None:
        auth = request.authorization
        if auth is None or auth.username != exchange.account_sid:
            raise ApiError(401, 20003, "Authenticate")
        if (request.view_args or {}).get("account") != exchange.account_sid:
            raise ApiError(404, 20404, f"The requested resource {request.path} was not found")
        g.exchange = exchange

    routes.before_request(only_the_account)
    routes.register_error_handler(ApiError, refused)
    app.register_blueprint(routes)


def asks_as_an_account(request: Request) -> bool:
    """Whether the request is one of a program with an account: no website can send that from a browser."""
    return request.authorization is not None and "Origin" not in request.headers
