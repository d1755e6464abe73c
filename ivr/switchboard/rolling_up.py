"""Rolling up: what changed in the log reaches the roll-ups, in the worker that holds the first partition.

Quarter-hours every few seconds, so that figures are quick to read; days and blocks of weeks once they are over. Whoever
reads figures does not depend on it: they settle what they need, or read the log.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.rollups.rollup import BLOCK, DAY
from ivr.store.rollups.settling import lengthen, settle
from ivr.switchboard.patience import Patience

EVERY = 2.0
"""Seconds between two rounds."""

AT_ONCE = 64
"""Quarter-hours in one round: then whoever is to end may end."""

DAYS_EVERY, BLOCKS_EVERY = 60.0, 3600.0
"""Seconds: a block of a busy line takes a second, and one that is over still changes for some days."""

log = logging.getLogger("ivr.worker")


class RollingUp:
    """Keeps the roll-ups of one database. `run` is for one thread."""

    def __init__(self, engine: Engine, held: Callable[[], Iterable[int]], now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._held = held
        self._now = now
        self._due = {DAY: 0.0, BLOCK: 0.0}

    def run(self, stop: threading.Event) -> None:
        """Goes on until told to stop."""
        patience = Patience("the database, for the roll-ups,", log)
        while not stop.wait(EVERY):
            if 0 not in self._held():
                continue
            try:
                while self.round() and not stop.is_set():
                    pass
                patience.worked()
            except SQLAlchemyError as error:
                patience.failed(error, stop)
            except Exception:
                # A bug of ours in a roll-up; figures are read from the log until it is mended.
                log.exception("rolling up failed and is tried again")
                stop.wait(DAYS_EVERY)

    def round(self) -> bool:
        """Settles a few quarter-hours, else what is due of longer spans; whether there may be more of it."""
        if settle(self._engine, most=AT_ONCE):
            return True
        for span, every in ((DAY, DAYS_EVERY), (BLOCK, BLOCKS_EVERY)):
            if time.monotonic() >= self._due[span]:
                if lengthen(self._engine, span, self._now(), most=1):
                    return True
                self._due[span] = time.monotonic() + every
        return False
