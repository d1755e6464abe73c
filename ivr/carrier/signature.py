"""Whether a carrier sent a request: its signature, checked as Twilio's own library checks it.

Written by hand because the library's RequestValidator takes ten times as long (it parses each URL several
times over), and because tokens rotate; the library is the oracle in the tests. No moment is signed, "so a
request can be replayed": the turn in the URL is what makes that harmless.
"""

from __future__ import annotations

import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from typing import Protocol
from urllib.parse import parse_qs

from ivr.carrier.profile import Profile

_HASHES = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_PORTS = {"https": "443", "http": "80"}

Pairs = Iterable[tuple[str, str]]
"""A form's names and values as they were sent, repeated ones repeated."""


class Headers(Protocol):
    """A request's headers, whatever the case of their names: what web frameworks have."""

    def get(self, key: str, /) -> str | None:
        """The header's value, or None."""


def check(
    profile: Profile, tokens: Sequence[str], urls: Iterable[str], headers: Headers, content: Pairs | bytes
) -> bool:
    """Whether one of the tokens signed the request. Never raises; without a token, nothing is genuine.

    `urls` are the candidates (`ivr.carrier.urls.public_urls`), `content` the form (empty for a GET), or the
    body of a request that is no form, as it came in: "white space is not stripped".

    - "Form POST: base64 HMAC-SHA1 with the auth token over the URL followed by each name+value, sorted by
      name." A name that repeats: each of its different values once, sorted, as the library does.
    - "GET: the URL with its query."
    - "JSON body: URL has `bodySHA256=<hex>`, and the body must match it."
    - "Newer accounts may sign with shared-key HMAC-SHA256": the settings header says so, and the token is
      the shared key's secret. The header itself is not signed, and need not be: either way it takes a secret.
    """
    found = [(headers.get(name) or "").encode("utf-8", "replace") for name in profile.signature_headers]
    algorithm = _algorithm(headers.get(profile.settings_header) if profile.settings_header else None)
    if algorithm is None or not any(found):
        return False
    keys = [token.encode("utf-8", "surrogatepass") for token in tokens if token]
    rest = "" if isinstance(content, bytes) else "".join([name + value for name, value in sorted(set(content))])
    for url in urls:
        if isinstance(content, bytes) and not _body_matches(url, content):
            continue
        for written in (url, None):
            signed = ((written or other_port(url)) + rest).encode("utf-8", "surrogatepass")
            for key in keys:
                # Not hmac.digest: that lets other threads in for what takes a microsecond, and must then wait for them.
                expected = b2a_base64(hmac.new(key, signed, algorithm).digest(), newline=False)
                for signature in found:
                    if hmac.compare_digest(expected, signature):
                        return True
    return False


def other_port(url: str) -> str:
    """The URL without its port; where it has none, with its scheme's.

    "Over HTTPS the port is dropped for voice, over HTTP kept: try with and without."
    """
    scheme, _, rest = url.partition("://")
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    host, tail = rest[:end], rest[end:]
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit():
        host = name
    elif scheme in _PORTS:
        host = f"{host}:{_PORTS[scheme]}"
    return f"{scheme}://{host}{tail}"


def _algorithm(settings: str | None) -> str | None:
    """The hash that `key=…,algorithm=…` names; SHA-1 where it names none, None where we do not know it."""
    for part in (settings or "").split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return _HASHES.get(value.strip().upper())
    return "sha1"


def _body_matches(url: str, body: bytes) -> bool:
    """Whether the URL vouches for the body. A body for which it does not was signed by nobody."""
    promised = parse_qs(url.partition("?")[2]).get("bodySHA256", [""])[0]
    return hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), promised.encode("utf-8", "replace"))
