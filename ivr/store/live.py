"""Which version of each line is live, told to running processes through Redis.

SQL knows (`versions.Versions.live`); Redis repeats it, so that a new call learns it in the round trip that it
makes anyway. One hash, `live`: line → version.
"""

from collections.abc import Callable, Mapping
from typing import cast

from redis import Redis

LIVE = "live"
"""The key. It has no hash tag: it belongs to no call."""


def live(redis: Redis) -> dict[str, str]:
    """Give what Redis tells, `{line: version}`; empty where nobody told it yet."""
    return as_live(cast(dict[bytes, bytes], redis.hgetall(LIVE)))


def tell_live(redis: Redis, versions: Mapping[str, str]) -> None:
    """Replace what Redis tells by `versions`, `{line: version}`; no reader sees a mixture."""
    pipeline = redis.pipeline(transaction=True)
    pipeline.delete(LIVE)
    if versions:
        pipeline.hset(LIVE, mapping=dict(versions.items()))
    pipeline.execute()


def tell_newest(redis: Redis, newest: Callable[[], Mapping[str, str]]) -> dict[str, str]:
    """Tell what `newest` (SQL) says until it still says so afterwards; give what was told.

    Of two processes that publish at once, the one that read SQL first may write Redis last, and would take
    the other's version back. Reading again after writing makes whoever writes last write the newest.
    """
    told = dict(newest())
    while True:
        tell_live(redis, told)
        now = dict(newest())
        if now == told:
            return told
        told = now


def as_live(fields: Mapping[bytes, bytes]) -> dict[str, str]:
    """Turn the hash, as Redis gives it, into text."""
    return {line.decode(): version.decode() for line, version in fields.items()}
