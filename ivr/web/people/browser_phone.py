"""Where the browser phone is, for pages that link to it: in development, at the port after the one for people."""

from __future__ import annotations

import httpx
from flask import request

from ivr.web.people.office import office

PATIENCE = 0.5
"""Seconds that it has to answer."""


def browser_phone() -> str | None:
    """Its address without a slash at the end; None where none answers."""
    port, host = str(request.environ.get("SERVER_PORT", "")), request.host.rpartition(":")[0] or request.host
    if office().settings.public_url or not port.isdigit():
        return None
    try:
        # By this machine's own address: whatever the visitor calls it, the phone is beside us.
        there = httpx.get(f"http://127.0.0.1:{int(port) + 1}/static/again.js", timeout=PATIENCE, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    return f"http://{host}:{int(port) + 1}" if there.status_code == 200 else None
