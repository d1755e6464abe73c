"""Leases: which worker reads which of the 64 partitions, shared out fairly among those that live.

    {p07}:lease   string      the worker that reads this partition; expires
    workers       sorted set  the workers that live

Each worker does a round every second or so: it says that it lives, renews what it holds, gives back what is more
than its share, and takes what is free up to its share. So a worker that comes gets its share from the others
within a round or two, and what a dead one held is free when its leases run out.

A lease only keeps workers out of each other's way. Two that think they hold the same partition, for a moment, do
no harm: what they write is written once (`call_log`), and what may happen once is claimed first (`claims`).
"""

import threading
import time
from collections.abc import Callable
from importlib.resources import files
from secrets import token_hex

from redis import Redis

from ivr.store.calls import PARTITIONS

WORKERS = "workers"
SECONDS = 4.0
"""How long a lease holds without being renewed."""


def lease_key(number: int) -> bytes:
    """Name the lease of a partition."""
    return b"{p%02d}:lease" % number


class Leases:
    """The leases of one worker. `round` and `give_back` are for one thread, `held` for all."""

    def __init__(self, redis: Redis, *, seconds: float = SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        self.owner = token_hex(8)
        self._redis = redis
        self._ms = int(seconds * 1000)
        self._now = now
        self._lock = threading.Lock()
        self._held: dict[int, float] = {}  # partition -> until when, by our own clock
        lua = files("ivr.store") / "lua"
        self._lease = redis.register_script((lua / "lease.lua").read_bytes())
        self._give_back = redis.register_script((lua / "give_back.lua").read_bytes())
        self._workers = redis.register_script((lua / "workers.lua").read_bytes())

    def held(self) -> list[int]:
        """Give the partitions that are this worker's now; a lease that could not be renewed in time is not."""
        now = self._now()
        with self._lock:
            return sorted(number for number, until in self._held.items() if until > now)

    def round(self) -> None:
        """Renew, give back and take. To be called several times in the life of a lease.

        Raises `RedisError` where Redis is away: what was held is so until it runs out.
        """
        began = self._now()
        living = max(1, int(self._workers(keys=[WORKERS], args=[self.owner, self._ms])))
        share = -(-PARTITIONS // living)
        with self._lock:
            mine = sorted(self._held)
        kept = self._ask(mine[:share], "keep")
        self._return(mine[share:])
        free = self._free() if len(kept) < share else []
        # Everybody begins somewhere else, or all would try for the same ones.
        start = int(self.owner, 16) % len(free) if free else 0
        kept += self._ask((free[start:] + free[:start])[: share - len(kept)], "take")
        with self._lock:
            self._held = dict.fromkeys(kept, began + self._ms / 1000)

    def give_back(self) -> None:
        """Let all go, for others to take at once. Raises `RedisError` where Redis is away."""
        with self._lock:
            mine, self._held = sorted(self._held), {}
        self._redis.zrem(WORKERS, self.owner)
        self._return(mine)

    def _ask(self, numbers: list[int], how: str) -> list[int]:
        """Keep or take leases; give those that are ours now."""
        pipeline = self._redis.pipeline(transaction=False)
        for number in numbers:
            self._lease(keys=[lease_key(number)], args=[self.owner, self._ms, how], client=pipeline)
        return [number for number, ours in zip(numbers, pipeline.execute(), strict=True) if ours]

    def _return(self, numbers: list[int]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for number in numbers:
            self._give_back(keys=[lease_key(number)], args=[self.owner], client=pipeline)
        pipeline.execute()

    def _free(self) -> list[int]:
        """Give the partitions that nobody holds."""
        pipeline = self._redis.pipeline(transaction=False)
        for number in range(PARTITIONS):
            pipeline.exists(lease_key(number))
        return [number for number, taken in enumerate(pipeline.execute()) if not taken]
