"""What is a listening: each is to be noted, and a player fetches one in many pieces."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from flask import current_app, request

from ivr.web.people.guard import myself
from ivr.web.people.office import office

PAUSE = timedelta(minutes=15)
"""After that long without a piece, the next is another listening."""

_KEPT = 1000


class Listening:
    """Who listens to what, of one process. Safe between threads; what another process knows is noted twice at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: OrderedDict[tuple[int, str], datetime] = OrderedDict()

    def begins(self, person: int, what: str, now: datetime, *, from_the_beginning: bool) -> bool:
        """Whether this piece begins a listening: the first one does, or any that comes out of nowhere."""
        with self._lock:
            last = self._last.pop((person, what), None)
            self._last[person, what] = now
            while len(self._last) > _KEPT:
                self._last.popitem(last=False)
        return from_the_beginning or last is None or now - last > PAUSE


def begins_listening(what: str) -> bool:
    """Whether this request begins to listen to something, which `what` names: then it is to be noted."""
    listening: Listening = current_app.extensions.setdefault("ivr_listening", Listening())
    wanted = request.headers.get("Range", "")
    first = not wanted or wanted.startswith("bytes=0-")
    return listening.begins(myself().id, what, office().clock(), from_the_beginning=first)
