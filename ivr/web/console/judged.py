"""By what the console judges lines beside their files: what their callers did of late, and their recordings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from ivr.menu import Flow
from ivr.menu.load import Around
from ivr.menu.traffic import Traffic
from ivr.reports.traffic import traffic
from ivr.switchboard.judging import recorded
from ivr.web.people.office import office

SPAN = timedelta(days=28)
"""Of the calls that count."""

FRESH = 60.0
"""Seconds for which what the log said holds: a file is checked again with every pause in typing."""


class Lately:
    """What callers did of late, as this process read it last. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = -FRESH
        self._of: Callable[[Flow], Traffic] | None = None

    def of(self, flow: Flow) -> Traffic:
        """What they did in a line; nothing where the database is away: then a line is judged by its file."""
        try:
            with self._lock:
                if self._of is None or time.monotonic() - self._read_at >= FRESH:
                    now = office().clock()
                    self._of, self._read_at = traffic(office().engine, now - SPAN, now), time.monotonic()
                return self._of(flow)
        except SQLAlchemyError:
            return Traffic()


def around() -> Around:
    """What the pages give the checker."""
    lately = current_app.extensions.setdefault("ivr_lately", Lately())
    return Around(traffic=lately.of, recorded=recorded(office().settings.recordings))
