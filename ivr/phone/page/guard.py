"""Who may use the page: a browser that was pointed at this machine, and no website within one.

A website that the same browser shows could otherwise place calls (its scripts may open a WebSocket to anywhere) or
read the page under a name of its own that it lets point here (DNS rebinding). So a request must be *for* this
machine, by its address or a name that nobody else can own, and a WebSocket must come *from* this very page.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request

from ivr.phone.page.rest import asks_as_an_account

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(), camera=(), geolocation=()",
    "Cache-Control": "no-cache",
}


def guard(app: Flask) -> None:
    """Turns away what is not for this machine, and gives each answer its headers."""
    app.before_request(_only_for_here)
    app.after_request(_with_headers)


def _only_for_here() -> tuple[str, int] | None:
    if not _names_this_machine(request.host):
        return "this page is for this machine alone\n", 403
    writes = _is_wire(request) or request.method not in ("GET", "HEAD")
    if writes and not (_from_the_page(request) or asks_as_an_account(request)):
        return "only this page may do that\n", 403
    return None


def _is_wire(request: Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


def _from_the_page(request: Request) -> bool:
    """Whether a script of the page itself asks: `Origin` comes with each WebSocket, and no script can forge it."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _names_this_machine(host: str) -> bool:
    """Whether the Host header has an address, `localhost`, or the machine's own name: no name of the web."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        return bool(ip_address(name))
    except ValueError:
        own = socket.gethostname().lower()
        return name == "localhost" or name.endswith(".localhost") or (bool(own) and name in (own, f"{own}.local"))


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    host = request.host
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        f"connect-src 'self' ws://{host} wss://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        if _names_this_machine(host)
        else "default-src 'none'"
    )
    return response
