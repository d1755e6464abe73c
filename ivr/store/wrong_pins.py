"""Wrong PINs in Redis: so many in a quarter of an hour, and whoever tries is locked out for as long.

An attempt is counted before it is judged, so that a hundred at once are no more than one after the other; one that
was right takes back what was counted.
"""

from __future__ import annotations

from limits import RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import Redis

MINUTES = 15

OF_A_CALLER = RateLimitItemPerMinute(5, MINUTES, namespace="pins_of_caller")
OF_AN_AGENT = RateLimitItemPerMinute(10, MINUTES, namespace="pins_of_agent")
OF_AN_AGENT_A_DAY = RateLimitItemPerDay(30, namespace="pins_of_agent")
"""Whoever calls from ever new numbers still tries the PIN of an agent at most so often: of 10,000 in 160 days half."""

_LOCK = RateLimitItemPerMinute(1, MINUTES, namespace="pins_locked")


class WrongPins:
    """The limits, in one Redis. Safe between threads; raises `redis.RedisError` where it is away."""

    def __init__(self, redis: Redis) -> None:
        storage = RedisStorage("redis://", connection_pool=redis.connection_pool, key_prefix="desk")
        self._window = FixedWindowRateLimiter(storage)

    def locked(self, caller: str) -> bool:
        """Whether a caller has to wait. `caller` is a word for their number that is not the number."""
        return not self._window.test(_LOCK, caller)

    def may_try(self, caller: str, agent: str | None) -> bool:
        """Counts an attempt by a caller, at the PIN of an agent if they are known; False where it is one too many."""
        if self.locked(caller):
            return False
        counts = [self._window.hit(OF_A_CALLER, caller)]
        if agent is not None:
            counts += [self._window.hit(item, agent) for item in (OF_AN_AGENT, OF_AN_AGENT_A_DAY)]
        return all(counts)

    def was_right(self, caller: str, agent: str) -> None:
        """The attempt that was counted last was no wrong one."""
        self._window.clear(OF_A_CALLER, caller)
        for item in (OF_AN_AGENT, OF_AN_AGENT_A_DAY):
            self._window.clear(item, agent)

    def was_wrong(self, caller: str) -> bool:
        """The attempt that was counted last was wrong. Whether the caller is locked out by it."""
        if self._window.test(OF_A_CALLER, caller):
            return False
        self._window.hit(_LOCK, caller)
        return True
