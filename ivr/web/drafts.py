"""Calls of drafts, in development: whoever calls may name the version that the call begins with, live or not.

The console keeps a copy of a draft on this machine, and the browser phone names it. Only `create_app` without a
PUBLIC_URL installs it, so that nobody can choose what a service that the world calls says.
"""

from __future__ import annotations

import re

from flask import Flask, Response, g, has_request_context, request

from ivr.web.replies import plain

VERSION_HEADER = "X-Touchtone-Version"
"""The version with which a call begins: 12 hexadecimal digits."""


def drafted() -> str | None:
    """The version that the request at hand names, if it may."""
    version = g.get("draft") if has_request_context() else None
    return version if isinstance(version, str) else None


def install(app: Flask) -> None:
    """Lets each request of the application name the version of a new call; what is none is 400."""
    app.before_request(_set)


def _set() -> Response | None:
    text = request.headers.get(VERSION_HEADER)
    if text is None:
        return None
    if not re.fullmatch("[0-9a-f]{12}", text):
        return plain(f"{VERSION_HEADER} is a version: 12 hexadecimal digits", 400)
    g.draft = text
    return None
