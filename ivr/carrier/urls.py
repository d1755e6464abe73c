"""The addresses that a carrier calls: what we tell it, and what it signed when it called.

Nothing here reads X-Forwarded-*: whoever sends a request can forge those. Behind a proxy the public address is
configured.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit


@lru_cache(maxsize=64)
def base_url(public_url: str | None, scheme: str, host: str) -> str:
    """What the URLs in a document begin with, without a slash at the end.

    `public_url` is the setting; without it, the request's own scheme and host (with its port, as sent).
    """
    if not public_url:
        return f"{scheme}://{host}"
    parts = urlsplit(public_url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def public_urls(public_url: str | None, scheme: str, host: str, path: str, query: str) -> tuple[str, ...]:
    """The URLs that a carrier may have called to make this request, to check its signature over.

    `scheme`, `host`, `path` and `query` (without its "?") are as the server saw them, path and query still
    percent-encoded. "The URL is the public one: behind a proxy it must be rebuilt from configuration": with
    `public_url`, only that one counts. Where it has a path, the proxy may have taken that path off or not.
    A URL's fragment never arrives, and "the fragment is not signed".
    """
    base = base_url(public_url, scheme, host)
    tail = f"{path}?{query}" if query else path
    prefix = urlsplit(base).path if public_url else ""
    if prefix and (path == prefix or path.startswith(prefix + "/")):
        return base + tail, base.removesuffix(prefix) + tail
    return (base + tail,)


def voice_url(base: str) -> str:
    """A number's voice webhook: a call comes in."""
    return f"{base}/voice"


def fallback_url(base: str) -> str:
    """Where the carrier turns when a document could not be had or read."""
    return f"{base}/voice/fallback"


def status_url(base: str) -> str:
    """Where the carrier says how a call goes."""
    return f"{base}/voice/status"


def action_url(base: str, sid: str, turn: int, place: str = "") -> str:
    """Where the carrier comes back with what the caller did in this turn. Absolute: SignalWire wants it so.

    `place` is the call's place as a token of URL-safe characters, for when it cannot be read elsewhere. SIDs are
    opaque (Telnyx's look like `v3:…`), so every character that a path gives a meaning is encoded.
    """
    url = f"{base}/voice/{sid if sid.isalnum() and sid.isascii() else quote(sid, safe='')}/{turn}"
    return f"{url}?s={place}" if place else url


def place_in(query: str) -> str:
    """The token of an action URL, from its query; empty where it has none. Its characters need no decoding."""
    return next((field[2:] for field in query.split("&") if field.startswith("s=")), "")


def recording_status_url(base: str) -> str:
    """Where the carrier says that the audio of a recording exists."""
    return f"{base}/voice/recording"
