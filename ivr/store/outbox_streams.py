"""The outbox streams in Redis: read on from where one was, and rid of what is dealt with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from ivr.store.calls import outbox_key


@dataclass(frozen=True, slots=True)
class Intent:
    """One entry of an outbox stream."""

    partition: int
    id: bytes
    sid: str
    effect: bytes

    @property
    def at(self) -> float:
        """When it was written, in seconds since 1970: its id begins with Redis's own milliseconds."""
        return int(self.id.partition(b"-")[0]) / 1000


class OutboxStreams:
    """The outboxes in one Redis. Every method raises `RedisError` where it is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def read(self, after: Mapping[int, bytes], *, most: int, wait: float) -> list[Intent]:
        """Give what was written to each partition after an id (`0` for the beginning), waiting up to `wait` s."""
        numbers = {outbox_key(number): number for number in after}
        streams = {key: after[number] for key, number in numbers.items()}
        found = self._redis.xread(cast(Any, streams), count=most, block=int(wait * 1000) or None)
        return [
            Intent(numbers[stream], id_, fields.get(b"sid", b"").decode(errors="replace"), fields.get(b"effect", b""))
            for stream, entries in cast(list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]], found or [])
            for id_, fields in entries
        ]

    def remove(self, intent: Intent) -> None:
        """Remove one that is dealt with."""
        self._redis.xdel(outbox_key(intent.partition), intent.id)
