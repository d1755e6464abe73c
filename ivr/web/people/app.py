"""The application for people: settings in, a WSGI application out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.routing import IntegerConverter, ValidationError

from ivr.config import Settings, from_environment
from ivr.switchboard.sealing import key_of
from ivr.web.api.app import create_api
from ivr.web.console.pages import console
from ivr.web.people.banner import banner, notices_on
from ivr.web.people.desk import desk
from ivr.web.people.desk_polled import Sessions
from ivr.web.people.desk_tasks import tasks
from ivr.web.people.guard import csrf, limiter, manager
from ivr.web.people.health import health
from ivr.web.people.office import open_office
from ivr.web.people.pages import pages, shown
from ivr.web.people.persons import persons
from ivr.web.people.sign_in import sign_in
from ivr.web.people.supervise import supervise
from ivr.web.people.tokens import tokens
from ivr.web.reports.pages import reports

LARGEST_BODY = 1024 * 1024
IDLE = timedelta(hours=12)

_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

_WORDS = {
    400: "This page cannot make sense of that.",
    403: "Your role does not allow this. An owner can change it.",
    404: "There is nothing here.",
    405: "That cannot be done here.",
    413: "That is too large.",
    429: "Too many tries. Wait five minutes, then try again.",
    500: "Something went wrong here, and was logged. The phone line is not affected.",
    503: "The data cannot be reached just now. The phone line goes on.",
}


def create_people(settings: Settings | None = None, *, clock: Callable[[], datetime] | None = None) -> Flask:
    """The application that people sign in to.

    `settings` are those of the environment where none are given; `clock` gives aware UTC datetimes. Raises
    SettingError where the settings make no sense.
    """
    settings = settings or from_environment()
    office = open_office(settings, clock or (lambda: datetime.now(UTC)))
    app = Flask("ivr.web")
    app.config.update(
        SECRET_KEY=sha256(f"people {key_of(settings)}".encode()).hexdigest(),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        PERMANENT_SESSION_LIFETIME=IDLE,
        SESSION_COOKIE_NAME="touchtone",
        SESSION_COOKIE_SAMESITE="Lax",
        # Whoever has a PUBLIC_URL has TLS in front; on this machine alone there is none.
        SESSION_COOKIE_SECURE=settings.public_url is not None,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        # The limits library's own name for a Redis on a socket.
        RATELIMIT_STORAGE_URI=f"redis+{office.redis_url}" if office.redis_url.startswith("unix:") else office.redis_url,
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,  # with Redis away, each process counts by itself
        RATELIMIT_KEY_PREFIX="tries",
    )
    app.session_interface = Sessions()
    app.extensions["ivr"] = office
    app.extensions["ivr_api"] = create_api(office, limits=app.config["RATELIMIT_STORAGE_URI"])
    for part in (csrf, limiter, manager):
        part.init_app(app)
    app.url_map.converters["int"] = _RowNumber
    for blueprint in (health, banner, sign_in, persons, desk, tasks, supervise, tokens, console, reports):
        app.register_blueprint(blueprint)
    app.jinja_env.globals |= {"pages": pages, "shown": shown, "notices_on": notices_on}
    app.after_request(_careful)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _broken)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/api": app.extensions["ivr_api"]})  # type: ignore[method-assign]
    return app


class _RowNumber(IntegerConverter):
    """A number in an address: one that no row of a database can have is no address."""

    def to_python(self, value: str) -> int:
        number: int = super().to_python(value)
        if number >= 2**31:
            raise ValidationError
        return number


def _careful(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refused(error: HTTPException) -> tuple[str, int]:
    """An error in words."""
    code = error.code or 500
    if isinstance(error, CSRFError):
        return _page(code, "This page is older than your sign-in. Go back, reload it, then try again.")
    return _page(code, _WORDS.get(code, error.name))


def _broken(error: Exception) -> tuple[str, int]:
    """What raised: the log has it, the page tells nothing of the inside."""
    code = 503 if isinstance(error, (RedisError, SQLAlchemyError)) else 500
    current_app.logger.error("%s at %s", type(error).__name__, request.endpoint, exc_info=code == 500)
    # Who is signed in is in SQL: where that is away, the page is that of a stranger.
    if "_login_user" not in g:
        g._login_user = manager.anonymous_user()
    return _page(code, _WORDS[code])


def _page(code: int, words: str) -> tuple[str, int]:
    return render_template("people/error.html", code=code, words=words), code
