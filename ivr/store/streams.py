"""The log streams in Redis: read from their beginning, and trimmed of what is in SQL, entry by entry."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, cast

from redis import Redis

from ivr.store.call_log import Entry
from ivr.store.calls import PARTITIONS, log_key, outbox_key

CROWDED = 100_000
"""Records that may wait in all streams before an alarm: at 1 kB each they are 100 MB of Redis."""


class LogStreams:
    """The streams of records in one Redis. Every method raises `RedisError` where it is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def read(
        self, numbers: Sequence[int], *, most: int, wait: float, but: Collection[tuple[bytes, bytes]] = ()
    ) -> list[Entry]:
        """Give the oldest entries of these partitions, `most` of each; wait up to `wait` seconds for a first one.

        What was read and not trimmed is read again. `but` are entries, by stream and id, that are passed over.
        """
        if not numbers:
            return []
        after: dict[bytes, bytes] = {log_key(number): b"0" for number in numbers}
        for stream, id_ in but:
            # Those that are passed over are few and lie at the beginning, so reading goes on after the last.
            if stream in after:
                after[stream] = max(after[stream], id_, key=_order)
        found = self._redis.xread(cast(Any, after), count=most, block=max(1, int(wait * 1000)))
        return [
            Entry(stream, id_, (fields or {}).get(b"sid", b"").decode(errors="surrogateescape"), fields[b"record"])
            if fields and b"record" in fields
            else Entry(stream, id_, "", b"")
            for stream, entries in cast(list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]], found or [])
            for id_, fields in entries
        ]

    def trim(self, entries: Iterable[Entry]) -> None:
        """Remove these entries, and no other, from their streams. One round trip."""
        ids: dict[bytes, list[bytes]] = defaultdict(list)
        for entry in entries:
            ids[entry.stream].append(entry.id)
        pipeline = self._redis.pipeline(transaction=False)
        for stream, gone in ids.items():
            pipeline.xdel(stream, *gone)
        pipeline.execute()


def waiting(redis: Redis) -> tuple[dict[int, int], dict[int, int]]:
    """Give how many records and how many effects wait in each partition, of those where any do."""
    pipeline = redis.pipeline(transaction=False)
    for number in range(PARTITIONS):
        pipeline.xlen(log_key(number))
        pipeline.xlen(outbox_key(number))
    lengths = pipeline.execute()
    return (
        {number: length for number, length in enumerate(lengths[::2]) if length},
        {number: length for number, length in enumerate(lengths[1::2]) if length},
    )


def _order(id_: bytes) -> tuple[int, int]:
    ms, _, number = id_.partition(b"-")
    return int(ms), int(number or 0)
