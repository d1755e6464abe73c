"""Which version of each line is live, and which are tried out, told to running processes through Redis.

SQL knows (`versions.Versions.now_live`); Redis repeats it, so that a new call learns it in the round trip that it
makes anyway. Two hashes, `live`: line → version, and `{live}:trials`: line → version and share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from redis import Redis

LIVE = "live"
"""The key. It belongs to no call."""

TRIALS = "{live}:trials"
"""The other key. Its hash tag puts it beside `live`, so that one transaction writes both."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A version that only a share of callers gets, such as 0.1 for one in ten."""

    version: str
    share: float


@dataclass(frozen=True, slots=True)
class Live:
    """What callers get: the live version of each line, and of lines that try one out, which one."""

    versions: Mapping[str, str] = field(default_factory=dict)
    trials: Mapping[str, Trial] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether any line is live."""
        return bool(self.versions)


def live(redis: Redis) -> Live:
    """Give what Redis tells; nothing live where nobody told it yet."""
    pipeline = redis.pipeline(transaction=True)
    pipeline.hgetall(LIVE)
    pipeline.hgetall(TRIALS)
    return as_live(*cast(list[dict[bytes, bytes]], pipeline.execute()))


def tell_live(redis: Redis, now: Live) -> None:
    """Replace what Redis tells; no reader of it sees a mixture of old and new lines."""
    pipeline = redis.pipeline(transaction=True)
    pipeline.delete(LIVE, TRIALS)
    if now.versions:
        pipeline.hset(LIVE, mapping=dict(now.versions.items()))
    if now.trials:
        pipeline.hset(TRIALS, mapping={line: f"{it.version} {it.share!r}" for line, it in now.trials.items()})
    pipeline.execute()


def tell_newest(redis: Redis, newest: Callable[[], Live]) -> Live:
    """Tell what `newest` (SQL) says until it still says so afterwards; give what was told.

    Of two processes that publish at once, the one that read SQL first may write Redis last, and would take
    the other's version back. Reading again after writing makes whoever writes last write the newest.
    """
    told = newest()
    while True:
        tell_live(redis, told)
        now = newest()
        if now == told:
            return told
        told = now


def as_live(versions: Mapping[bytes, bytes], trials: Mapping[bytes, bytes]) -> Live:
    """Turn the hashes, as Redis gives them, into what they say."""
    tried = {line.decode(): _trial(said.decode()) for line, said in trials.items()}
    return Live({line.decode(): version.decode() for line, version in versions.items()}, tried)


def _trial(said: str) -> Trial:
    version, _, share = said.partition(" ")
    return Trial(version, float(share))
