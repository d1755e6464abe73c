"""Compiling lines before anybody calls them: when a web process starts, and when what is live has changed."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable

from redis import Redis, RedisError

from ivr.store.live import Live, live
from ivr.store.versions import Versions
from ivr.switchboard.lines import Lines

AT_START = 20.0
"""Seconds that a process may prepare before it answers its first call; what is left is prepared beside the calls."""

EVERY = 1.0
"""Seconds between two looks at what is live."""

log = logging.getLogger("ivr.lines")


class Preparing:
    """Keeps the lines of one process compiled."""

    def __init__(self, lines: Lines, versions: Versions, redis: Redis) -> None:
        self._lines = lines
        self._versions = versions
        self._redis = redis

    def start(self) -> None:
        """Prepares what is live now, within AT_START seconds; then goes on beside the calls, until the process ends."""
        until = time.monotonic() + AT_START
        self._prepare(lambda: time.monotonic() > until)
        # What is compiled stays: a full collection would look through all of it while somebody is on the phone.
        gc.collect()
        gc.freeze()
        threading.Thread(target=self._run, name="preparing", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(EVERY)
            self._prepare(_give_way)

    def _prepare(self, stop: Callable[[], bool]) -> None:
        try:
            self._lines.prepare(self._live(), stop)
        except Exception as error:
            # The first caller will compile it, and what is wrong will be told then.
            log.warning("lines were not prepared: %s", type(error).__name__)

    def _live(self) -> Live:
        """What is live, as Redis says, or the database where Redis cannot."""
        try:
            told = live(self._redis)
        except RedisError:
            told = Live()
        return told or self._versions.now_live()


def _give_way() -> bool:
    """Lets the calls of this process have the processor between two lines; never stops."""
    time.sleep(0.02)
    return False
