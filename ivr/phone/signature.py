"""How a carrier signs what it sends."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit


def sign(token: str, url: str, form: Mapping[str, str]) -> str:
    """The X-Twilio-Signature of a request to `url` with the fields of `form` (empty for a GET).

    "Form POST: base64 HMAC-SHA1 with the auth token over the URL followed by each name+value, sorted by
    name. GET: the URL with its query." "Over HTTPS the port is dropped for voice, over HTTP kept."
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.port:
        url = parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
