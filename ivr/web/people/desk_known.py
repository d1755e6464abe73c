"""What is known of the callers of this moment, looked up once for each moment of a call, and not by every poll."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime
from typing import Any

from flask import current_app

from ivr.switchboard.known import KnownCall, known
from ivr.web.people.office import Office, office

KEPT = 500


class KnownCallers:
    """Known calls of one process, the latest. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, str], KnownCall] = OrderedDict()

    def of(self, room: Office, sid: str, moment: str, language: str) -> KnownCall | None:
        """A call, as it was when first asked for at this moment (a `seq`, a queue) of it; None where it is unknown.

        Raises RedisError and SQLAlchemyError.
        """
        key = (sid, moment, language)
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        found = known(room, sid, language)
        if found is not None:
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return found


def known_call(sid: str, moment: str, language: str) -> KnownCall | None:
    """A call as the application that answers this request knows it."""
    callers: KnownCallers = current_app.extensions["ivr_known_callers"]
    return callers.of(office(), sid, moment, language)


def shown_call(call: KnownCall) -> dict[str, Any]:
    """A call as the desk shows it."""
    return {
        "line": call.line,
        "called": call.called,
        "caller": call.caller,
        "language": call.language,
        "began": seconds(call.began),
        "path": [{"step": it.step, "words": it.words} for it in call.path],
        "values": [{"name": it.name, "value": it.value, "asked": it.asked} for it in call.values],
        "earlier": [
            {"at": seconds(it.at), "line": it.line or "", "how": it.how or "", "goals": it.goals, "step": it.step or ""}
            for it in call.earlier
        ],
        "steps": list(call.steps),
    }


def seconds(moment: datetime | None) -> float | None:
    """A moment as the pages' scripts count it."""
    return moment.timestamp() if moment else None
