"""Erasing a caller from everything that the service keeps, and the proof: a search of all of it afterwards.

    whose calls  ->  remove: SQL, Redis, disk, the carrier's copies  ->  overwrite what that leaves in files  ->  search

What writes while this runs (records that wait, a worker that is in the middle of a batch) may write something after
it was removed: what the search finds is removed again, a few times. A call of the caller that goes on is left alone,
with all that it needs, and so is one that begins meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from redis import Redis
from sqlalchemy import Engine

from ivr.store.audit import Audit
from ivr.store.calls import Calls
from ivr.store.erasing import in_redis, in_sql, on_disk, traces
from ivr.store.erasing.found import Found
from ivr.store.erasing.person import Person
from ivr.store.messages import Messages
from ivr.switchboard.audio_removal import AudioRemoval

ROUNDS = 4
"""How often is removed what a search still finds."""

PAUSE = 0.3
"""Seconds between two rounds: what is being written meanwhile is written by then."""


_AT_CARRIER = (
    "the carrier may still have {} of their recordings: without TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN it cannot be "
    "asked to delete them"
)
_LINES_OWN = (
    "it is also the number of a line: as what others called it stays, so files were searched for the hash and the calls"
)


class GoesOnError(Exception):
    """Calls of the caller go on right now; `calls` is how many."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        super().__init__(calls)


@dataclass(slots=True)
class Erased:
    """What became of it: what went, by kind; what the last search found; and what somebody else has to do."""

    calls: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    found: Found = field(default_factory=Found)
    to_do: list[str] = field(default_factory=list)
    going_on: int = 0
    at_carrier: int = 0
    """Recordings of which the carrier has a copy, and is not asked to delete it."""

    def add(self, removed: dict[str, int]) -> None:
        """Counts more of what went."""
        for name, number in removed.items():
            self.removed[name] = self.removed.get(name, 0) + number


@dataclass(frozen=True, slots=True)
class Eraser:
    """The sinks of one service, and who erases."""

    engine: Engine
    redis: Redis
    data: Path
    has_account: bool
    """Whether the carrier can be asked to delete its copies."""
    who: str
    clock: Callable[[], datetime]

    def would(self, person: Person) -> Erased:
        """What would be removed. Nothing is changed."""
        self._find(person)
        found = Found()
        in_redis.sweep(self.redis, person, found, remove=False)
        erased = Erased(calls=len(person.sids), going_on=len(person.going_on))
        erased.add(in_sql.count(self.engine, person))
        erased.add({name: place.found for name, place in found.places.items() if place.found})
        files = [one for one in Messages(self.engine).audio_of_calls(person.sids) if one.file]
        erased.add({"audio files": len(files)} if files else {})
        return erased

    def erase(self, person: Person, *, now: bool, tell: Callable[[str], None]) -> Erased:
        """Removes, overwrites and searches; `tell` is told what is being done.

        Raises GoesOnError before anything is removed where a call goes on, unless `now`; RedisError, SQLAlchemyError
        and OSError where a sink cannot be reached: then it is to be run again.
        """
        erased = Erased()
        self._find(person)
        if person.going_on and not now:
            raise GoesOnError(len(person.going_on))
        for left in reversed(range(ROUNDS)):
            tell("removing")
            self._remove(person, erased)
            tell("searching the database and Redis")
            erased.found = Found()
            hits = in_sql.search(self.engine, person, erased.found)
            in_redis.sweep(self.redis, person, erased.found, remove=False)
            if not erased.found.found or not left:
                break
            masked = in_sql.mask(self.engine, person, hits)
            erased.add({f"{name} of others, where they named them": number for name, number in masked.items()})
            time.sleep(PAUSE)
            self._find(person)
        tell("overwriting what that leaves in files")
        done = traces.overwrite_in_sql(self.engine), traces.overwrite_in_redis(self.redis)
        carrier = _AT_CARRIER.format(erased.at_carrier) if erased.at_carrier else None
        erased.to_do = [it for it in (*done, carrier, _LINES_OWN if person.called else None) if it]
        tell("searching files")
        on_disk.search(self.data, traces.database_files(self.engine), person, erased.found)
        erased.calls, erased.going_on = len(person.sids), len(person.going_on)
        found = str(erased.found.found)
        Audit(self.engine, self.clock).note(self.who, "caller_erased", calls=str(erased.calls), found=found)
        return erased

    def _find(self, person: Person) -> None:
        """Finds their calls, until no sink knows more of them."""
        known = -1
        while known != len(person.sids) + len(person.going_on):
            known = len(person.sids) + len(person.going_on)
            on_disk.find_calls(self.data, person)
            in_sql.find_calls(self.engine, person)
            in_redis.find_calls(self.redis, person)

    def _remove(self, person: Person, erased: Erased) -> None:
        audio = Messages(self.engine).audio_of_calls(person.sids)
        gone = AudioRemoval(self.data, Calls(self.redis) if self.has_account else None).remove(audio)
        erased.add({"audio files": gone.files} if gone.files else {})
        erased.add({"recordings that the carrier is asked to delete": gone.asked} if gone.asked else {})
        if not self.has_account:
            erased.at_carrier += sum(one.removed_at is None for one in audio)
        erased.add(in_sql.remove(self.engine, person, self.clock()))
        went = in_redis.sweep(self.redis, person, Found(), remove=True)
        erased.add({"keys and entries in Redis": went} if went else {})
        erased.add(on_disk.remove(self.data, person))
