"""Retention: calls that are older than they are to be kept are removed, a few at a time."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from ivr.store.old_calls import OldCalls

BETWEEN = 0.05
"""Seconds between two batches: the records of live calls come first."""


def remove_old(old: OldCalls, keep_days: int, now: datetime, stop: threading.Event) -> int:
    """Removes calls that were last heard of more than `keep_days` days before `now` (aware); how many.

    0 days is for ever. Ends early where told to stop. Raises SQLAlchemyError.
    """
    removed = 0
    while keep_days and not stop.is_set():
        batch = old.remove(now - timedelta(days=keep_days))
        removed += batch
        if not batch or stop.wait(BETWEEN):
            break
    return removed
