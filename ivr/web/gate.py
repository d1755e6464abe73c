"""Who may come in: carriers that sign what they send, and, where no token is set, this machine."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import quote

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from ivr.carrier import forms, signature
from ivr.carrier.profile import TWILIO
from ivr.carrier.urls import public_urls
from ivr.config import Settings

LARGEST_FORM = 64 * 1024
"""Bytes of a webhook's body. The largest that a carrier sends is a few kB."""

URLENCODED = "application/x-www-form-urlencoded"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")


def let_in(request: Request, settings: Settings) -> forms.Pairs | None:
    """The form of a carrier's request; None where it is not a carrier's. What is no form is an empty one.

    "No token configured means no webhook is accepted from anywhere but this machine", and none that was
    forwarded to it, since then somebody else is behind it. Raises RequestEntityTooLarge for a huge body.
    """
    if not settings.auth_tokens:
        return _pairs(request) if not settings.public_url and from_this_machine(request) else None
    headers = request.headers
    if not any(header in headers for header in TWILIO.signature_headers):
        return None  # before the body is read: whoever sends nothing but a body slowly gets no thread for it
    pairs = _pairs(request)
    content = pairs if pairs or _is_form(request) else request.get_data()
    host = "" if settings.public_url else request.host
    urls = public_urls(settings.public_url, request.scheme, host, *_raw_path(request.environ))
    return pairs if signature.check(TWILIO, settings.auth_tokens, urls, headers, content) else None


def from_this_machine(request: Request) -> bool:
    """Whether the request comes from here and was forwarded by nobody."""
    if any(header in request.headers for header in FORWARDED):
        return False
    try:
        return ip_address((request.remote_addr or "").partition("%")[0]).is_loopback
    except ValueError:
        return False


def _pairs(request: Request) -> forms.Pairs:
    """The names and values of the form, in order."""
    environ = request.environ
    if environ.get("CONTENT_TYPE", "").startswith(URLENCODED):
        length = request.content_length or 0
        if length > LARGEST_FORM:
            raise RequestEntityTooLarge
        return forms.pairs(environ["wsgi.input"].read(length))
    return tuple(request.form.items(multi=True))


def _is_form(request: Request) -> bool:
    return request.mimetype in (URLENCODED, "multipart/form-data", "")


def _raw_path(environ: Mapping[str, str]) -> tuple[str, str]:
    """Path and query as they were sent, percent-encoding and all: that is what was signed."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if raw.startswith("/"):
        path, _, query = raw.partition("?")
        return path, query
    sent = environ.get("PATH_INFO", "").encode("latin-1")  # as WSGI has it, percent-decoded
    return quote(sent, safe="/:@!$&'()*+,;=-._~"), environ.get("QUERY_STRING", "")
