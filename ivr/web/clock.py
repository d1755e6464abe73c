"""The clock of development: a call at 3 a.m. on a holiday, at any time of the day.

Whoever calls may say in a header what time it is for that webhook; without one it is the real time. Only
`create_app` without a PUBLIC_URL installs it, so that nobody can choose the time of a service that the world calls.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request

from ivr.web.replies import plain

NOW_HEADER = "X-Touchtone-Now"
"""An aware moment, ISO 8601: `2026-12-25T03:00:00-06:00`."""

YEARS = range(1970, 2200)
"""Calendars of holidays and time zones say something sensible about these."""


def request_clock() -> datetime:
    """The moment that the request at hand names, else the real one; aware, in UTC."""
    if has_request_context() and "now" in g:
        moment = g.now
        assert isinstance(moment, datetime)  # noqa: S101 - `_set` puts it there
        return moment
    return datetime.now(UTC)


def install(app: Flask) -> None:
    """Lets each request of the application name its moment; one that makes no sense is 400."""
    app.before_request(_set)


def _set() -> Response | None:
    text = request.headers.get(NOW_HEADER)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or moment.year not in YEARS:
            raise ValueError(text)
        g.now = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return plain(f"{NOW_HEADER} is a moment with its zone, such as 2026-12-25T03:00:00-06:00", 400)
    return None
