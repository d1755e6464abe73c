"""The application, as the page asks it: which lines there are, what is in a call, what a recording says and holds."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx

TIMEOUT = 8.0
"""Seconds that the application has for an answer."""

WORDS_KEPT = 5.0
"""Seconds after which the words of recordings are asked again: somebody may just have recorded one."""

MOST_SOUNDS = 2000
LARGEST_SOUND = 50 * 1024 * 1024


class Away(Exception):  # noqa: N818 - it is the state of the service, not a fault of ours
    """The application gave no answer, or none that makes sense; the message says so to whoever tries a line."""


class Service:
    """One application at a URL. Safe between threads."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(timeout=TIMEOUT, trust_env=False)
        self._lock = threading.Lock()
        self._words: dict[str, str] = {}
        self._words_at = float("-inf")
        self._sounds: OrderedDict[str, str] = OrderedDict()

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def lines(self) -> Any:
        """The lines, as the application's `/dev/lines` gives them. Raises Away."""
        return self._asked("/dev/lines")

    def call(self, sid: str) -> Any | None:
        """The inside of a call, as `/dev/calls/<sid>` gives it; None for one that is unknown. Raises Away."""
        return self._asked(f"/dev/calls/{quote(sid, safe='')}")

    def recording(self, url: str) -> tuple[str, str]:
        """The words of the recording at this URL and their language; both empty where it is none of ours."""
        path = unquote(urlsplit(url).path)
        _, found, path = path.partition("/recordings/")
        text = self._recorded().get(path, "") if found else ""
        return (text, path.split("/")[0]) if text else ("", "")

    def offer(self, url: str) -> str:
        """A name under which the page may fetch the audio at this URL: it fetches nothing else through us."""
        name = sha256(url.encode()).hexdigest()[:24]
        with self._lock:
            self._sounds[name] = url
            self._sounds.move_to_end(name)
            while len(self._sounds) > MOST_SOUNDS:
                self._sounds.popitem(last=False)
        return name

    def audio(self, name: str) -> tuple[bytes, str] | None:
        """The audio that was offered under a name, and its type; None where nothing was. Raises Away."""
        with self._lock:
            url = self._sounds.get(name)
        if url is None:
            return None
        try:
            with self._client.stream("GET", url) as response:
                kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                if response.status_code != 200 or not kind.startswith("audio/"):
                    raise Away(f"There is no audio at {url}.")
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > LARGEST_SOUND:
                        raise Away(f"The audio at {url} is too long.")
                return bytes(body), kind
        except httpx.HTTPError as error:
            raise Away(f"The audio at {url} cannot be had: {error}") from None

    def _recorded(self) -> dict[str, str]:
        with self._lock:
            if time.monotonic() - self._words_at < WORDS_KEPT:
                return self._words
            self._words_at = time.monotonic()
        try:
            words = self._asked("/dev/recordings") or {}
        except Away:
            return self._words
        self._words = words
        return words

    def _asked(self, path: str) -> Any | None:
        try:
            response = self._client.get(self.url + path)
        except httpx.HTTPError as error:
            raise Away(f"Nothing answers at {self.url} ({type(error).__name__}).") from None
        if response.status_code == 404:
            return None
        if response.status_code != 200:
            raise Away(f"{self.url}{path} answers {response.status_code}: {response.text.strip()[:200]}")
        try:
            return response.json()
        except ValueError:
            raise Away(f"{self.url}{path} answers with what is no JSON.") from None
