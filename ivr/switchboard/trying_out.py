"""Versions that are tried out on a share of callers, watched: one that does worse is taken back by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from ivr.reports.trial import evidence
from ivr.reports.trial_words import reason
from ivr.store.versions import Overtaken, Versions
from ivr.switchboard.publish import Publication, Publisher

WHO = "the service itself"
"""Who took a version back."""

log = logging.getLogger("ivr.trials")


class Watch:
    """Looks at the trials that are on, each time that it is told to."""

    def __init__(self, engine: Engine, publisher: Publisher, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._versions = Versions(engine)
        self._publisher = publisher
        self._now = now
        self._wait_until: datetime | None = None

    def round(self) -> list[Publication]:
        """Takes back what does worse; what was done. Raises SQLAlchemyError.

        A look that took long is not taken again before thirty times as long has passed: the log has other work.
        """
        begun = self._now()
        if self._wait_until is not None and begun < self._wait_until:
            return []
        done = [it for line in self._versions.trials() if (it := self._look(line)) is not None]
        self._wait_until = begun + 30 * (self._now() - begun)
        return done

    def _look(self, line: str) -> Publication | None:
        standing = self._versions.standing(line)
        if standing is None or standing.trial is None:
            return None
        found = evidence(self._engine, line, standing)
        if not found.worse:
            return None
        try:
            done = self._publisher.roll_back(line, who=WHO, why=reason(found), base=standing.id)
        except Overtaken:
            return None  # somebody did something at this moment
        log.warning("the trial of %s of %s was taken back: %s", done.version, line, reason(found))
        return done
