"""The API's application: it knows no session and no cookie, and says every error as a problem."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Flask, Response, request
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from ivr.web.api import asked
from ivr.web.api.description import description
from ivr.web.api.door import guard
from ivr.web.api.problems import Refused, problem
from ivr.web.api.requests import REQUESTS, Request
from ivr.web.people.office import Office
from ivr.web.reports.known_names import KnownNames

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)


def create_api(office: Office, *, limits: str) -> Flask:
    """The application, to be mounted at /api.

    `limits` is where requests are counted: a URL of the limits library.
    """
    app = Flask("ivr.web.api", static_folder=None)
    app.config["RATELIMIT_STORAGE_URI"] = limits
    app.extensions |= {"ivr": office, "ivr_names": KnownNames()}
    app.url_map.strict_slashes = False
    api = Blueprint("api", __name__)
    for it in REQUESTS:
        path = it.path.replace("{sid}", "<sid>")
        api.add_url_rule(path, it.name, _served(it), methods=["GET"], provide_automatic_options=False)
    for path, name, view in (("/v1/", "index", _index), ("/v1/openapi.json", "openapi", _openapi)):
        api.add_url_rule(path, name, view, methods=["GET"], provide_automatic_options=False)
    guard(app, api)
    app.register_blueprint(api)
    app.after_request(_careful)
    app.register_error_handler(Refused, lambda error: problem(error.status, error.errors))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)
    app.wsgi_app = _without_cookies(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _served(it: Request) -> Any:
    def view(**path: str) -> Response:
        answer = it.answer(asked.read(it.asks), **path)
        return Response(answer.model_dump_json(), mimetype="application/json")

    return view


def _index() -> Response:
    """Where to read on."""
    body = {"api": "Touchtone reports", "version": "1", "openapi": "/api/v1/openapi.json"}
    body["requests"] = {it.name: f"/api{it.path}" for it in REQUESTS}  # type: ignore[assignment]
    return Response(orjson.dumps(body), mimetype="application/json")


def _openapi() -> Response:
    body = orjson.dumps(description())
    response = Response(body, mimetype="application/json")
    response.set_etag(sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]  # it is the same response


def _careful(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response


def _http(error: HTTPException) -> Response:
    response = problem(error.code or 500)
    if methods := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(methods))
    return response


def _broken(error: Exception) -> Response:
    """What raised: the log has it, the answer tells nothing of the inside."""
    status = 503 if isinstance(error, (RedisError, SQLAlchemyError)) else 500
    log.error("%s at %s", type(error).__name__, request.endpoint, exc_info=status == 500)
    return problem(status)


def _without_cookies(inner: Any) -> Any:
    """What a browser sends by itself is not there: another site can ask nothing in somebody's name."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_COOKIE", None)
        found: Iterable[bytes] = inner(environ, start_response)
        return found

    return serve
