"""Look-ups over HTTP: to hosts that the settings allow, within a time that a caller can wait."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

import httpx
import orjson

from ivr.call.inputs import Told
from ivr.menu.flow import Request
from ivr.switchboard.typed import typed

LARGEST = 256 * 1024  # bytes of an answer
_NOT_FOUND = (204, 404, 410)


class Requests:
    """Asks servers. Redirects are not followed: they could lead where the settings do not allow."""

    def __init__(self, hosts: frozenset[str], values: Mapping[str, str]) -> None:
        self._hosts = hosts
        self._values = values
        self._client = httpx.Client(follow_redirects=False, trust_env=False)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def ask(self, request: Request, values: Mapping[str, str], at: datetime, seconds: float) -> Told:
        """The answer within so many seconds: found, not found, or failed and why (without any value)."""
        quoted = {name: quote(value, safe="") for name, value in values.items()}
        url = request.url.fill(quoted)
        host = urlsplit(url).netloc.lower()
        if host not in self._hosts:
            return Told(at, "failed", why=f"IVR_ALLOW_HOSTS does not allow {host}")
        own = {f"env.{name}": value for name, value in self._values.items()}
        try:
            headers = {name: template.fill({**own, **values}) for name, template in request.headers.items()}
        except KeyError as error:
            return Told(at, "failed", why=f"the setting of <{error.args[0]}> is missing")
        body = {name: template.fill(dict(values)) for name, template in request.body.items()}
        try:
            status, content = self._send(request, url, headers, body, time.monotonic() + seconds)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            return Told(at, "failed", why=type(error).__name__)
        return _read(request, status, content, at)

    def _send(
        self, request: Request, url: str, headers: dict[str, str], body: dict[str, str], deadline: float
    ) -> tuple[int, bytes]:
        left = max(deadline - time.monotonic(), 0.01)
        method = "GET" if request.get else "POST"
        content = orjson.dumps(body) if request.post else None
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if content else {}) | headers
        with self._client.stream(method, url, headers=headers, content=content, timeout=left) as response:
            received = b""
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > LARGEST:
                    raise ValueError("too large")
                if time.monotonic() > deadline:  # httpx limits each read, not all of them together
                    raise TimeoutError
            return response.status_code, received


def _read(request: Request, status: int, content: bytes, at: datetime) -> Told:
    if status in _NOT_FOUND:
        return Told(at, "not_found")
    if not 200 <= status < 300:
        return Told(at, "failed", why=f"HTTP {status}")
    try:
        answer = orjson.loads(content)
    except ValueError:
        return Told(at, "failed", why="the answer is not JSON")
    if isinstance(answer, list):
        answer = answer[0] if answer else None
    if answer in (None, {}):
        return Told(at, "not_found")
    if not isinstance(answer, dict):
        return Told(at, "failed", why="the answer is no JSON object")
    values = {}
    for name, type_ in request.gives.items():
        try:
            values[name] = typed(answer.get(name), type_)
        except ValueError as error:
            return Told(at, "failed", why=f"{name}: {error}")
    return Told(at, "found", values)
