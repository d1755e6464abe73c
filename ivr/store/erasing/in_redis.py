"""A caller in Redis: live and kept calls, streams, queues, tries of PINs. Every key is looked at, whoever made it.

What is of one of their calls goes whole. In what others share (a stream, a sorted set) their entries go; a record of
somebody else's call that names them is written anew without the number. What a call needs that goes on right now,
theirs or somebody else's, stays and is counted as such.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, cast

from redis import Redis

from ivr.store.calls import PARTITIONS, live_key
from ivr.store.erasing.found import Found
from ivr.store.erasing.person import Person
from ivr.store.erasing.whose import caller_of_record, caller_of_state

_SCAN = 1000

_WORKER = 10.0
"""Seconds after which no worker has read something, and none runs."""

_ROOMS = {
    "call": "calls",
    "log": "records that wait",
    "outbox": "outbox",
    "live": "list of calls that go on",
    "caller": "queues",
    "queue": "queues",
    "head": "queues",
    "place": "queues",
    "due": "queues",
    "answers": "queues",
    "languages": "queues",
    "changes": "queues",
    "agent": "agents",
    "offer": "offers",
    "desk": "tries of PINs",
}


class NotWhole(OSError):  # noqa: N818 - it says what is the case
    """Redis holds something of a kind that this release does not know how to search."""


def find_calls(redis: Redis, person: Person) -> None:
    """Adds the calls of the caller that Redis knows: kept ones, and those whose records wait; and which go on."""
    live = _live(redis)
    for key, kind in _keys(redis):
        if kind == b"hash" and b":call:" in key:
            if person.named_in(caller_of_state(_hash(redis, key).get(b"state", b""))):
                person.sids.add(_sid(key))
        elif kind == b"stream" and key.endswith(b":log"):
            for _, fields in _entries(redis, key):
                if person.named_in(caller_of_record(fields.get(b"record", b""))):
                    person.sids.add(fields.get(b"sid", b"").decode(errors="surrogateescape"))
    person.going_on |= person.sids & live
    person.sids -= person.going_on


def sweep(redis: Redis, person: Person, found: Found, *, remove: bool) -> int:
    """Looks at every key for the caller; with `remove`, what is found goes. How many keys and entries went."""
    live = _live(redis) - person.sids
    went = 0
    for key, kind in _keys(redis):
        place = found.at(f"Redis, {_room(key)}", "keys")
        texts = list(_contents(redis, key, kind))
        place.looked(1, len(key) + sum(len(name) + len(text) for name, text in texts))
        named = person.in_bytes(key)
        hits = [(name, text) for name, text in texts if person.in_bytes(name) or person.in_bytes(text)]
        if not named and not hits:
            continue
        if _goes_on(key, kind, live, person):
            place.going_on += 1
            continue
        hits = [hit for hit in hits if not _of_going_on(kind, hit[1], person)]
        place.going_on += not named and not hits
        if not remove:
            place.found += len(hits) or named
        elif hits or named:
            went += _remove(redis, key, kind, [name for name, _ in hits], person, whole=named)
    return went


def _remove(redis: Redis, key: bytes, kind: bytes, names: list[bytes], person: Person, *, whole: bool) -> int:
    match kind:
        case b"hash" if not whole and b":agent:" in key:
            redis.hdel(key, *names)
        case b"zset" if not whole:
            redis.zrem(key, *names)
        case b"set" if not whole:
            redis.srem(key, *names)
        case b"list" if not whole:
            for name in names:
                redis.lrem(key, 0, cast(str, name))
        case b"stream" if not whole:
            # What an agent did is the agent's: a worker has it in the database within seconds, where the call goes.
            waits = time.time() - _WORKER if key.endswith(b":changes") else None
            names = [id_ for id_ in names if waits is None or int(id_.partition(b"-")[0]) / 1000 < waits]
            for id_ in names:
                _rewrite(redis, key, id_, person)
        case _:
            redis.unlink(key)
            return 1
    return len(names)


def _rewrite(redis: Redis, key: bytes, id_: bytes, person: Person) -> None:
    """Takes an entry out of a stream. A record of somebody else's call comes back without the caller."""
    for _, fields in cast(list[tuple[bytes, dict[bytes, bytes]]], redis.xrange(key, id_, id_)):
        sid = fields.get(b"sid", b"").decode(errors="surrogateescape")
        pipeline = redis.pipeline(transaction=True)
        if key.endswith(b":log") and sid not in person.sids:
            pipeline.xadd(key, cast(Any, {name: person.masked_in_bytes(value) for name, value in fields.items()}))
        pipeline.xdel(key, id_)
        pipeline.execute()


def _goes_on(key: bytes, kind: bytes, live: set[str], person: Person) -> bool:
    """Whether the key is of a call that goes on: then it is needed."""
    if kind == b"hash" and b":call:" in key:
        return _sid(key) in live | person.going_on
    return any(sid.encode() in key for sid in person.going_on)


def _of_going_on(kind: bytes, text: bytes, person: Person) -> bool:
    return kind == b"stream" and any(sid.encode() in text for sid in person.going_on)


def _contents(redis: Redis, key: bytes, kind: bytes) -> Iterator[tuple[bytes, bytes]]:
    """What a key holds: what each piece is removed by, and its bytes."""
    match kind:
        case b"string":
            yield b"", cast(bytes, redis.get(key) or b"")
        case b"hash":
            yield from _hash(redis, key).items()
        case b"zset" | b"set":
            scan = redis.zscan_iter(key, count=_SCAN) if kind == b"zset" else redis.sscan_iter(key, count=_SCAN)
            for member in scan:
                yield (member[0] if kind == b"zset" else member), b""
        case b"list":
            for item in cast(list[bytes], redis.lrange(key, 0, -1)):
                yield item, b""
        case b"stream":
            for id_, fields in _entries(redis, key):
                yield id_, b"\0".join(part for pair in fields.items() for part in pair)
        case b"none":
            return  # it expired meanwhile
        case _:
            raise NotWhole(f"Redis has a {kind.decode()}, which cannot be searched")


def _keys(redis: Redis) -> Iterator[tuple[bytes, bytes]]:
    """Every key, and of which kind it is."""
    cursor = 0
    while True:
        cursor, keys = cast(tuple[int, list[bytes]], redis.scan(cursor, count=_SCAN))
        pipeline = redis.pipeline(transaction=False)
        for key in keys:
            pipeline.type(key)
        yield from zip(keys, pipeline.execute(), strict=True)
        if not cursor:
            return


def _entries(redis: Redis, key: bytes) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    """All entries of a stream, some at a time."""
    after = b"-"
    while True:
        some = cast(list[tuple[bytes, dict[bytes, bytes] | None]], redis.xrange(key, after, count=_SCAN))
        for id_, fields in some:
            yield id_, fields or {}
        if len(some) < _SCAN:
            return
        after = b"(" + some[-1][0]


def _hash(redis: Redis, key: bytes) -> dict[bytes, bytes]:
    return cast(dict[bytes, bytes], redis.hgetall(key))


def _live(redis: Redis) -> set[str]:
    """The calls that have not ended."""
    pipeline = redis.pipeline(transaction=False)
    for number in range(PARTITIONS):
        pipeline.zrangebyscore(live_key(number), time.time(), "+inf")
    return {sid.decode(errors="surrogateescape") for sids in pipeline.execute() for sid in sids}


def _room(key: bytes) -> str:
    """What a key belongs to, by the word in its name that says so; never what comes after."""
    name = key.partition(b"}:")[2] or key
    word = name.partition(b":")[0].partition(b"/")[0].decode("latin-1")
    return f"the {_ROOMS[word]}" if word in _ROOMS else "the rest"


def _sid(key: bytes) -> str:
    return key.partition(b":call:")[2].decode(errors="surrogateescape")
