"""Writes what was spooled while Redis was away, as soon as it is back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from redis import RedisError

from ivr.store.spool import Spool
from ivr.switchboard.outage import Fact, Shelf

EVERY = 0.5
"""Seconds between two looks at the spool's folder."""

log = logging.getLogger("ivr.outage")


class SpoolReplay:
    """One of what a worker runs; each machine's worker replays that machine's spool."""

    def __init__(self, shelf: Shelf, spool: Spool, note: Callable[[str, Fact], None]) -> None:
        self._shelf = shelf
        self._spool = spool
        self._note = note

    def run(self, stop: threading.Event) -> None:
        """Looks and writes until told to stop."""
        while not stop.wait(EVERY):
            if not self._spool.size():
                continue
            try:
                done = self._shelf.replay(self._note)
            except RedisError:
                continue  # still away
            log.warning("Redis is back: %d calls of the spool are written", done)
