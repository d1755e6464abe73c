"""Trouble that lasts: pauses that grow, and one line in the log when it begins and one when it is over."""

from __future__ import annotations

import logging
import threading
import time


class Patience:
    """How one thing that is away is waited for. For one thread."""

    def __init__(self, what: str, log: logging.Logger, *, first: float = 0.1, longest: float = 5.0) -> None:
        self._what = what
        self._log = log
        self._first = first
        self._longest = longest
        self._pause = first
        self._since: float | None = None

    @property
    def waiting(self) -> bool:
        """Whether it is away."""
        return self._since is not None

    def failed(self, error: Exception, stop: threading.Event) -> None:
        """It is away: says so if it is new, and pauses, longer each time; until `stop` at most."""
        if self._since is None:
            self._since = time.monotonic()
            self._log.error("%s is away (%s); it is tried again until it is back", self._what, named(error))
        stop.wait(self._pause)
        self._pause = min(self._longest, self._pause * 2)

    def worked(self) -> None:
        """It is there: says so, if it was away."""
        if self._since is not None:
            self._log.warning("%s is back, after %.1f seconds", self._what, time.monotonic() - self._since)
            self._since = None
            self._pause = self._first


def named(error: Exception) -> str:
    """The kind of an error, with the first line of what the driver says: its values stand after that."""
    cause = getattr(error, "orig", None) or error
    first = str(cause).partition("\n")[0]
    return f"{type(cause).__name__}: {first}"[:200]
