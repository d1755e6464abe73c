"""Whether a caller is asked: by the survey's share of all calls, and by how often this caller was asked lately.

Drawn by the call's own name, so a webhook that comes again draws the same. Who shows no number is many callers, and
is not counted. Where SQL cannot say, nobody is asked, rather than some too often.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from ivr.call import Call
from ivr.call.inputs import Told
from ivr.call.wants import MaySurvey
from ivr.store.callers import CallerHash
from ivr.store.surveys import Surveys
from ivr.switchboard.breaker import Breaker

REST = 30.0
"""Seconds for which SQL is left alone that could not say: callers wait for the answer."""

log = logging.getLogger("ivr.surveys")


class SurveyDesk(Protocol):
    """What answers: `Sampler`, or something of a trial's."""

    def may(self, call: Call, want: MaySurvey, at: datetime) -> Told:
        """Whether to ask this caller."""


class Sampler:
    """The real one. Safe between threads."""

    def __init__(self, surveys: Surveys, hashes: CallerHash) -> None:
        self._surveys = surveys
        self._hashes = hashes
        self._breaker = Breaker(failures=1, rest=REST)

    def may(self, call: Call, want: MaySurvey, at: datetime) -> Told:
        """Found, where they are asked; `not_drawn` or `asked_before`, or failed where SQL is away."""
        if not drawn(call.sid, want.survey, want.share):
            return Told(at, "not_found", why="not_drawn")
        who = self._hashes.of(call.caller) if want.times else None
        if who is None:
            return Told(at, "found")
        if not self._breaker.allows():
            return Told(at, "failed", why="the database was away a moment ago")
        try:
            asked = self._surveys.asked(who, want.survey, at - timedelta(seconds=want.seconds))
        except SQLAlchemyError as error:
            log.error("nobody is asked for a survey while the database is away: %s", type(error).__name__)
            self._breaker.note(worked=False)
            return Told(at, "failed", why=type(error).__name__)
        self._breaker.note(worked=True)
        return Told(at, "not_found", why="asked_before") if asked >= want.times else Told(at, "found")


class Everybody:
    """Asks everybody: in trial calls what is heard shall not hang on a draw."""

    def may(self, call: Call, want: MaySurvey, at: datetime) -> Told:  # noqa: ARG002 - whoever it is
        """Found."""
        return Told(at, "found")


def drawn(sid: str, survey: str, share: float) -> bool:
    """Whether this call is among the share (0 to 1) of those that are asked; always the same for the same call."""
    number = int.from_bytes(blake2b(f"{survey}\n{sid}".encode("utf-8", "replace"), digest_size=8).digest(), "big")
    return number < share * 2**64
