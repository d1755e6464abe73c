"""Redis stays bounded: the oldest of too many records go from the streams to this machine's disk.

    more wait than may -> read the oldest -> write them to disk -> trim them -> until no more wait than may

It looks at the streams alone and asks nothing of the database, which may be away, locked or slow, and hold up
whoever waits for it. From disk the log writer brings them to the database as soon as that answers.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from redis import Redis, RedisError

from ivr.store.backlog import Backlog
from ivr.store.calls import PARTITIONS
from ivr.store.streams import CROWDED, LogStreams, waiting
from ivr.switchboard.patience import Patience

IN_ONE = 20_000
"""Records that may wait in one stream."""

IN_ALL = 200_000
"""Records that may wait in all streams: at 1 kB each they are 200 MB of Redis."""

AT_ONCE = 1000
"""Records moved at a time, and of one file: a megabyte."""

EVERY = 0.5
"""Seconds between two looks."""

ALARM_EVERY = 60.0
"""Seconds between two alarms while it lasts."""

log = logging.getLogger("ivr.worker")


class Overflow:
    """Moves what is too much in the partitions that are held, and sounds the alarm. `run` is for one thread."""

    def __init__(self, redis: Redis, backlog: Backlog, held: Callable[[], list[int]]) -> None:
        self._redis = redis
        self._streams = LogStreams(redis)
        self._backlog = backlog
        self._held = held
        self._alarmed = -ALARM_EVERY
        self._told = backlog.records() > 0  # that records are on disk
        self._patience = Patience(f"{backlog.folder}, for records that are too many for Redis,", log)

    def run(self, stop: threading.Event) -> None:
        """Goes on until told to stop."""
        with suppress(OSError):  # what is left stays until the next move, which says what is wrong
            self._backlog.tidy()
        while not stop.wait(EVERY):
            try:
                self.round(stop)
            except Exception:  # nothing else keeps Redis from running full
                log.exception("moving records to disk failed and is tried again")

    def round(self, stop: threading.Event) -> None:
        """Looks once, and moves what is too much. Pauses where the disk takes nothing: then the streams grow."""
        try:
            lengths, _ = waiting(self._redis)
            most = IN_ONE if sum(lengths.values()) <= IN_ALL else IN_ALL // PARTITIONS
        except RedisError:
            return  # the log writer says so
        try:
            for number in self._held():
                while lengths.get(number, 0) > most and not stop.is_set():
                    if not (moved := self._move(number)):
                        break
                    lengths[number] -= moved
        except RedisError:
            return
        except OSError as error:
            self._patience.failed(error, stop)
        else:
            self._patience.worked()
        self._tell(sum(lengths.values()))

    def _move(self, number: int) -> int:
        """Moves the oldest records of a partition; how many. Killed before they are trimmed, they are in both."""
        entries = self._streams.read([number], most=AT_ONCE, wait=0)
        if not entries:
            return 0
        self._backlog.add(entries)
        self._streams.trim(entries)
        if not self._told:
            self._told = True
            log.error(
                "too many records wait in Redis: the oldest are moved to %s until they are in the database",
                self._backlog.folder,
            )
        return len(entries)

    def _tell(self, in_redis: int) -> None:
        """Sounds an alarm where more waits than should, and says when all is in the database that was on disk."""
        kept = self._backlog.records()
        if self._told and not kept:
            self._told = False
            log.warning("nothing waits in %s any more: it is in the database", self._backlog.folder)
        if (in_redis > CROWDED or kept) and time.monotonic() - self._alarmed >= ALARM_EVERY:
            self._alarmed = time.monotonic()
            log.critical(
                "ALARM: %d records wait for the database, %d in Redis and %d in %s: "
                "nothing is dropped, but Redis and the disk are not without end. Is the database away or slow?",
                in_redis + kept,
                in_redis,
                kept,
                self._backlog.folder,
            )
