"""What filters can be: the names of the log, and of the team."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import replace

from flask import current_app

from ivr.reports.names import Names, is_empty, names_in_log
from ivr.web.people.office import office

FRESH = 60.0
"""Seconds for which names serve all who look; a name that is not among them is looked for at once."""


class KnownNames:
    """The names, as they were lately. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names = Names()
        self._looked = -FRESH

    def names(self, *, now: bool = False) -> Names:
        """All of them, also of queues and agents to whom nothing happened yet. Raises SQLAlchemyError."""
        with self._lock:
            if now or time.monotonic() - self._looked >= FRESH:
                team = office().staff.now()
                found = names_in_log(office().engine)
                queues, agents = {*found.queue, *team.queues}, {*found.agent, *team.agents}
                self._names = replace(found, queue=tuple(sorted(queues)), agent=tuple(sorted(agents)))
                self._looked = time.monotonic()
            return self._names


def known_names() -> Names:
    """The names that filters can be. Raises SQLAlchemyError."""
    return _kept().names()


def unknown_names(given: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with filters that name what is not there; "-" is what has no name. Raises SQLAlchemyError."""
    asked = {kind: name for kind, name in given.items() if name != "-"}
    names = known_names()
    if any(not names.has(kind, name) for kind, name in asked.items()):
        names = _kept().names(now=True)
    missing = {kind: name for kind, name in asked.items() if not names.has(kind, name)}
    if not missing or is_empty(office().engine):
        return {}
    return {kind: f"there is no {kind} “{name}”; there {_there(names, kind)}" for kind, name in missing.items()}


def _there(names: Names, kind: str) -> str:
    known = [version for version, _ in names.version] if kind == "version" else list(getattr(names, kind))
    if not known:
        return "is none"
    return f"are {', '.join(known[:12])}{' …' if len(known) > 12 else ''}"


def _kept() -> KnownNames:
    found = current_app.extensions["ivr_names"]
    assert isinstance(found, KnownNames)  # noqa: S101 - the blueprint puts it there
    return found
