"""Calls in Redis: opened by one read, closed by one script that compares and sets.

Four kinds of key, spread over 64 partitions by the call's id:

    {p07}:call:<sid>    hash    seq, turn, state, reply; expires
    {p07}:log           stream  one entry a record: sid, record
    {p07}:outbox        stream  one entry an effect: sid, effect
    {p07}:live          sorted set  the sids of calls that have not ended, by the second in which they expire

A call, its log and its outbox share a hash tag, hence a slot of a cluster: one script can write all three.
The tag stands first in each key, and Redis takes the first braces alone: a sid may hold any text, braces too.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import cast
from zlib import crc32

from redis import Redis

from ivr.store.direct import Direct, Script
from ivr.store.live import LIVE, TRIALS, Live, as_live

PARTITIONS = 64
"""How many logs and outboxes calls are spread over. Fixed: another number would lose calls under way."""

_FIELDS = (b"seq", b"turn", b"state", b"reply")


@dataclass(frozen=True, slots=True)
class Saved:
    """What Redis keeps of one call."""

    seq: int
    """Number of records written so far: the revision that compare-and-set compares."""
    turn: int
    """The turn that the carrier is to call next."""
    state: bytes
    """The call, as whoever stores it serialised (and encrypted) it."""
    reply: bytes
    """The last reply, given again byte for byte to a repeated turn."""


def partition(sid: str) -> int:
    """Tell the partition of a call, 0 to 63: the same in every process, for ever."""
    return crc32(_bytes(sid)) % PARTITIONS


def call_key(sid: str) -> bytes:
    """Name the hash of a call."""
    return _tag(partition(sid)) + b":call:" + _bytes(sid)


def log_key(number: int) -> bytes:
    """Name the stream of the records of a partition."""
    return _tag(number) + b":log"


def outbox_key(number: int) -> bytes:
    """Name the stream of the effects of a partition."""
    return _tag(number) + b":outbox"


def live_key(number: int) -> bytes:
    """Name the sorted set of the calls of a partition that have not ended."""
    return _tag(number) + b":live"


class Calls:
    """The calls in one Redis. Safe to share between threads, like the client that it is given.

    Every method raises what the client raises where Redis is away: `redis.exceptions.RedisError`.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._direct = Direct(redis)  # for what each key press asks
        self._close = Script((files("ivr.store") / "lua" / "close.lua").read_bytes())

    def open(self, sid: str) -> Saved | None:
        """Give what is kept of a call, or None where it is unknown or has expired. One round trip."""
        return _saved(self._direct.ask(b"HMGET", call_key(sid), *_FIELDS))

    def open_new(self, sid: str) -> tuple[Saved | None, Live]:
        """Give the same and what is live. One round trip.

        For a call's first webhook, which needs a version and may yet be a repetition.
        """
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hmget(call_key(sid), _FIELDS)
        pipeline.hgetall(LIVE)
        pipeline.hgetall(TRIALS)
        fields, *told = pipeline.execute()
        return _saved(fields), as_live(*told)

    def close(
        self,
        sid: str,
        saved: Saved,
        *,
        expected: int,
        records: Sequence[bytes],
        effects: Sequence[bytes] = (),
        expires: int,
        ended: bool = False,
    ) -> bool:
        """Write what a call has become, if it still is what it was when it was opened. One round trip.

        `expected` is the `seq` that was opened, 0 for a new call. `expires` is in seconds from now; `ended` says
        that the call is over and only kept for what comes late. All is written and True returned, or nothing is
        written and False returned: somebody else closed first, or the call has expired. Where the client raises
        a time-out, either may have happened; the same close may be sent again, and False may then mean that the
        first one arrived.

        `saved.seq` counts on from `expected`, by the records; by more where records before these were kept
        elsewhere while Redis was away.

        Raises `ValueError` where `saved.seq` does not fit, there are no records (a revision that does not
        move compares as unchanged, so two workers could both win), or `expires` is not positive.
        """
        if not records or saved.seq < expected + len(records):
            raise ValueError(f"{len(records)} records on {expected} do not make seq {saved.seq}")
        if expires <= 0:
            raise ValueError(f"a call cannot expire in {expires} seconds")
        number = partition(sid)
        keys = [call_key(sid), log_key(number), outbox_key(number), live_key(number)]
        args: list[bytes | int] = [expected, _bytes(sid), saved.seq, saved.turn, saved.state, saved.reply]
        args += [expires, len(records), 0 if ended else int(time.time()) + expires, *records, *effects]
        return bool(self._close.run(self._direct, keys, args))

    def release(self) -> None:
        """Ends the connections that it keeps; the client's are the client's."""
        self._direct.release()

    def ask(self, sid: str, effect: bytes) -> None:
        """Put an effect into the outbox that no turn of the call asks for."""
        self._redis.xadd(outbox_key(partition(sid)), {"sid": _bytes(sid), "effect": effect})

    def waiting(self) -> int:
        """Count the records in all streams: those that no database has yet."""
        pipeline = self._redis.pipeline(transaction=False)
        for number in range(PARTITIONS):
            pipeline.xlen(log_key(number))
        return sum(pipeline.execute())

    def live_calls(self) -> int:
        """Count the calls that have not ended; those that expired without an end are forgotten on the way."""
        now = time.time()
        pipeline = self._redis.pipeline(transaction=False)
        for number in range(PARTITIONS):
            pipeline.zremrangebyscore(live_key(number), 0, now)
            pipeline.zcard(live_key(number))
        return sum(pipeline.execute()[1::2])

    def lately(self, most: int) -> tuple[list[tuple[str, int]], bool]:
        """Give calls that have not ended, of each partition at most so many: those that were closed last.

        With each the second in which it expires, another one whenever the call is closed in another second; and whether
        there may be more of them. One round trip.
        """
        now = time.time()
        pipeline = self._redis.pipeline(transaction=False)
        for number in range(PARTITIONS):
            pipeline.zrevrangebyscore(live_key(number), "+inf", now, start=0, num=most, withscores=True)
        found = cast(list[list[tuple[bytes, float]]], pipeline.execute())
        listed = [(sid.decode("utf-8", "surrogatepass"), int(until)) for of in found for sid, until in of]
        return listed, any(len(of) >= most for of in found)

    def states(self, sids: Sequence[str]) -> list[bytes | None]:
        """Give what is kept of the state of each call, None where it is gone. One round trip."""
        pipeline = self._redis.pipeline(transaction=False)
        for sid in sids:
            pipeline.hget(call_key(sid), "state")
        return cast(list["bytes | None"], pipeline.execute())

    def records(self, sid: str) -> list[bytes]:
        """Give the records of a call that no database has yet. Reads all that waits in its partition."""
        entries = cast(list[tuple[bytes, dict[bytes, bytes]]], self._redis.xrange(log_key(partition(sid))))
        return [fields[b"record"] for _, fields in entries if fields.get(b"sid") == _bytes(sid)]

    def append(self, sid: str, records: Sequence[bytes]) -> None:
        """Add records to the call's log and leave the call as it is: records that were kept elsewhere meanwhile."""
        pipeline = self._redis.pipeline(transaction=True)
        for record in records:
            pipeline.xadd(log_key(partition(sid)), {"sid": _bytes(sid), "record": record})
        pipeline.execute()


def _saved(fields: Sequence[bytes | None]) -> Saved | None:
    seq, turn, state, reply = fields
    if seq is None or turn is None or state is None or reply is None:
        return None
    return Saved(seq=int(seq), turn=int(turn), state=state, reply=reply)


def _tag(number: int) -> bytes:
    return b"{p%02d}" % number


def _bytes(sid: str) -> bytes:
    # A sid comes from outside: text that UTF-8 refuses must name an unknown call, not raise.
    return sid.encode("utf-8", "surrogatepass")
