"""Redis with its absences: calls are opened and closed there, or, while it is away, put on this machine's spool.

A client gives up on Redis within 250 ms; after two such waits the breaker lets webhooks through at once for a
while. When Redis is back, `replay` writes what was spooled: a turn through the same compare-and-set, if the
call has not gone on meanwhile; its records in any case, since the call log takes each (sid, seq) once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from redis import RedisError

from ivr.call.inputs import Accepted, HungUp, RecordingReady
from ivr.call.wire import dump_input, load_input
from ivr.store.calls import Calls, Saved
from ivr.store.live import Live
from ivr.store.spool import ClosedTurn, Entry, Spool, SpooledFact
from ivr.switchboard.breaker import Breaker

T = TypeVar("T")

Fact = HungUp | RecordingReady | Accepted
"""What comes without a turn: it is noted whenever it comes, once."""

log = logging.getLogger("ivr.outage")


class RestingError(RedisError):
    """Redis was away a moment ago, and is not asked for a while."""


class Shelf:
    """Where calls are kept between webhooks. Safe between threads."""

    def __init__(self, calls: Calls, spool: Spool) -> None:
        self._calls = calls
        self._spool = spool
        self._breaker = Breaker(failures=2, rest=1.0)

    def open(self, sid: str) -> Saved | None:
        """What Redis keeps of the call. Raises RedisError."""
        return self._ask(lambda: self._calls.open(sid))

    def open_new(self, sid: str) -> tuple[Saved | None, Live]:
        """The same, and which versions are live. Raises RedisError."""
        return self._ask(lambda: self._calls.open_new(sid))

    def close(self, sid: str, turn: ClosedTurn, expected: int | None) -> bool:
        """Writes a turn to Redis; to the spool where Redis is away (`expected` None) or goes away now.

        False where somebody else closed first.
        """
        if expected is not None:
            try:
                return self.close_now(sid, turn, expected)
            except RedisError as error:
                if not isinstance(error, RestingError):
                    log.warning("Redis is away: %s", type(error).__name__)
        self._keep(sid, turn)
        return True

    def close_now(self, sid: str, turn: ClosedTurn, expected: int) -> bool:
        """Writes a turn to Redis; False where somebody else closed first. Raises RedisError."""
        return self._ask(
            lambda: self._calls.close(
                sid,
                turn.saved,
                expected=expected,
                records=turn.records,
                expires=turn.expires,
                ended=turn.ended,
            )
        )

    def waits(self, sid: str) -> bool:
        """Whether turns or facts of the call wait on this machine."""
        return self._spool.holds(sid)

    def keep_fact(self, sid: str, fact: Fact) -> None:
        """Puts a fact behind what waits of its call."""
        self._keep(sid, SpooledFact(dump_input(fact)))

    def replay(self, note: Callable[[str, Fact], None]) -> int:
        """Writes all that waits, oldest first; `note` takes the facts. How many calls were written.

        Raises RedisError where Redis goes away again: what was not written waits on.
        """
        done = 0
        for path in self._spool.waiting():
            try:
                with self._spool.taken(path) as taken:
                    if taken is None:
                        continue
                    self._replay(*taken, note)
                done += 1
            except RedisError:
                raise
            except Exception as error:  # one call that cannot be written must not keep the others waiting
                log.error("%s cannot be replayed and is set aside: %s", path.name, type(error).__name__)
                self._spool.put_aside(path)
        return done

    def _replay(self, sid: str, entries: list[Entry], note: Callable[[str, Fact], None]) -> None:
        for entry in entries:
            match entry:
                case ClosedTurn():
                    self._write(sid, entry)
                case SpooledFact(fact):
                    note(sid, load_input(fact))  # type: ignore[arg-type]  # only such facts are kept

    def _write(self, sid: str, turn: ClosedTurn) -> None:
        while True:
            stored = self.open(sid)
            if stored is not None and stored.seq >= turn.saved.seq:
                self._ask(lambda: self._calls.append(sid, turn.records))
                return
            expected = stored.seq if stored else 0
            if self.close_now(sid, turn, expected):
                return

    def _keep(self, sid: str, entry: ClosedTurn | SpooledFact) -> None:
        try:
            self._spool.add(sid, entry)
        except OSError as error:  # a full disk must not end the call; what it cannot take is named
            log.error("the spool under IVR_DATA takes nothing (%s): a record of %s is lost", error.strerror, sid)

    def _ask(self, question: Callable[[], T]) -> T:
        if not self._breaker.allows():
            raise RestingError("Redis is resting")
        try:
            answer = question()
        except RedisError:
            self._breaker.note(worked=False)
            raise
        self._breaker.note(worked=True)
        return answer
