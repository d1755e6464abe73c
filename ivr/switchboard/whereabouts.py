"""Where callers are now: the step of each call that has not ended, read once for all who look at the same time.

The state of a call in Redis says it. A look is one round trip for the list of calls, and a second one for the states
of those only in which something happened since the last look.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from redis import RedisError

from ivr.call.state import Call
from ivr.store.callers import masked
from ivr.store.calls import Calls
from ivr.switchboard.sealing import open_part
from ivr.switchboard.stepping import KEPT_SECONDS

FRESH = 0.5
"""Seconds for which a look serves all: with a page that asks each second nobody sees what is two seconds old."""

MOST_OF_PARTITION = 160
"""Calls of all lines in a partition that are looked at, those with the latest key first: some 10,000 in all."""

MOST = 1000
"""Calls of one line that are told."""

_SETTLED = 2.0
"""Seconds for which a call is read again after its last change was seen: that one is told by its second alone, in which
another may follow."""

_APART = 5.0
"""Seconds between two looks beyond which a caller may have been elsewhere and come back."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where one caller is. `caller` is masked; `since` is when they came to the step (seconds since 1970).

    Where nobody was looking when they came, it is when something last happened there: a key, or silence.
    """

    sid: str
    line: str
    version: str
    step: str
    caller: str
    language: str
    since: float


@dataclass(frozen=True, slots=True)
class Callers:
    """The callers of one line, who moved last first; whether there are more, who are not told."""

    here: tuple[Whereabouts, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a call; `seen` and `read` are ticks."""

    until: int  # in which second it expires: another one where it was written since
    seen: float  # when that was first seen
    read: float  # when the state was read last
    at: Whereabouts | None  # None where the call has just ended


class LiveCalls:
    """The calls in one Redis. Safe between threads. `tick` gives seconds that only pass."""

    def __init__(self, calls: Calls, tick: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._tick = tick
        self._lock = threading.Lock()
        self._tried = self._looked = float("-inf")
        self._away: RedisError | None = None
        self._full = False
        self._read: dict[str, _Read] = {}

    def of(self, line: str) -> Callers:
        """Where the callers of a line are. Raises RedisError."""
        with self._lock:
            if self._tick() - self._tried >= FRESH:
                self._try()
            if self._away is not None:
                raise self._away  # nobody waits for a Redis again that somebody has just waited for
            found = [it.at for it in self._read.values() if it.at is not None and it.at.line == line]
            full = self._full
        found.sort(key=lambda it: (-it.since, it.sid))
        return Callers(tuple(found[:MOST]), full or len(found) > MOST)

    def _try(self) -> None:
        self._away = None
        try:
            self._look()
        except RedisError as error:
            self._away = error
        self._tried = self._tick()

    def _look(self) -> None:
        listed, self._full = self._calls.lately(MOST_OF_PARTITION)
        now = self._tick()
        unsure = [sid for sid, until in listed if not self._is_settled(sid, until)]
        states = dict(zip(unsure, self._calls.states(unsure), strict=True))
        read: dict[str, _Read] = {}
        for sid, until in listed:
            before = self._read.get(sid)
            if before is not None and sid not in states:
                read[sid] = before
                continue
            seen = before.seen if before is not None and before.until == until else now
            at = self._at(states[sid], until, before, again=now - self._looked <= _APART)
            read[sid] = _Read(until, seen, now, at)
        self._read, self._looked = read, now

    def _is_settled(self, sid: str, until: int) -> bool:
        before = self._read.get(sid)
        return before is not None and before.until == until and before.read - before.seen >= _SETTLED

    def _at(self, state: bytes | None, until: int, before: _Read | None, *, again: bool) -> Whereabouts | None:
        call = _call(state)
        if call is None:
            return None
        since = float(until - KEPT_SECONDS)
        if call.queued is not None:
            since = call.queued.since
        elif again and before is not None and before.at is not None and before.at.step == call.place:
            since = before.at.since
        return Whereabouts(call.sid, call.line, call.version, call.place, masked(call.caller), call.language, since)


def _call(state: bytes | None) -> Call | None:
    """The call, if it is at a step; None for one that is over, gone, or written by another release."""
    try:
        call = open_part(state) if state else None
    except ValueError:
        return None
    return call if call and call.place and not call.ended else None
