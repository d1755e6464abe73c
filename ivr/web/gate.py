"""Who may come in: carriers that sign what they send, and, where no token is set, this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import quote

from flask import Request

from ivr.carrier import signature
from ivr.carrier.profile import TWILIO
from ivr.carrier.urls import public_urls
from ivr.config import Settings

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")


def may_call(request: Request, settings: Settings) -> bool:
    """Whether the request is a carrier's.

    "No token configured means no webhook is accepted from anywhere but this machine", and none that was
    forwarded to it, since then somebody else is behind it. Raises RequestEntityTooLarge for a huge body.
    """
    if not settings.auth_tokens:
        return not settings.public_url and from_this_machine(request)
    if not any(header in request.headers for header in TWILIO.signature_headers):
        return False  # before the body is read: whoever sends nothing but a body slowly gets no thread for it
    content = list(request.form.items(multi=True)) if _is_form(request) else request.get_data()
    urls = public_urls(settings.public_url, request.scheme, request.host, *_raw_path(request))
    return signature.check(TWILIO, settings.auth_tokens, urls, request.headers, content)


def from_this_machine(request: Request) -> bool:
    """Whether the request comes from here and was forwarded by nobody."""
    if any(header in request.headers for header in FORWARDED):
        return False
    try:
        return ip_address((request.remote_addr or "").partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_form(request: Request) -> bool:
    return request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data", "")


def _raw_path(request: Request) -> tuple[str, str]:
    """Path and query as they were sent, percent-encoding and all: that is what was signed."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    if raw.startswith("/"):
        path, _, query = raw.partition("?")
        return path, query
    return quote(request.path, safe="/:@!$&'()*+,;=-._~"), request.query_string.decode("latin-1")
