"""A circuit breaker: what keeps failing is left alone for a while, so that callers do not wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Opens after `failures` in a row, for `rest` seconds; then one try decides. Safe between threads."""

    def __init__(self, failures: int = 5, rest: float = 30.0, now: Callable[[], float] = time.monotonic) -> None:
        self._most = failures
        self._rest = rest
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def allows(self) -> bool:
        """Whether to try now."""
        with self._lock:
            if self._failures < self._most:
                return True
            if self._now() < self._open_until:
                return False
            self._open_until = self._now() + self._rest  # this caller tries; the others go on resting
            return True

    def note(self, worked: bool) -> None:
        """How the try went."""
        with self._lock:
            self._failures = 0 if worked else self._failures + 1
            if not worked and self._failures >= self._most:
                self._open_until = self._now() + self._rest
