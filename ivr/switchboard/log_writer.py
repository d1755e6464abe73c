"""From the streams to SQL: the loop that every worker runs for the partitions that it holds.

    read the oldest entries -> write them, one transaction -> set aside what cannot be written -> trim them

Whatever kills it in between, the entries are read again, and what was written is not written twice. Nothing is
trimmed that is not in SQL or set aside; with SQL away the streams keep what comes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from redis import Redis, RedisError
from sqlalchemy.exc import DBAPIError

from ivr.store.call_log import CallLog, Entry, Refused
from ivr.store.set_aside import Aside, SetAside
from ivr.store.streams import CROWDED, LogStreams, waiting
from ivr.switchboard.patience import Patience

BATCH = 1000
"""Records in one transaction: fewer write a call's row more often, more keep other writers waiting longer."""

OF_EACH = 100
"""Entries read of one partition at a time: of 64, a few megabytes."""

WAIT = 0.5
"""Seconds that one read waits for something to come."""

ALARM_EVERY = 60.0
"""Seconds between two alarms while it lasts."""

log = logging.getLogger("ivr.worker")


class LogWriter:
    """Writes the records of the partitions that are held. `run` is for one thread."""

    def __init__(
        self,
        redis: Redis,
        call_log: CallLog,
        aside: SetAside,
        held: Callable[[], list[int]],
        now: Callable[[], datetime],
    ) -> None:
        self._redis = redis
        self._streams = LogStreams(redis)
        self._call_log = call_log
        self._aside = aside
        self._held = held
        self._now = now
        self._alarmed = -ALARM_EVERY
        self._stuck: set[tuple[bytes, bytes]] = set()  # what could not even be set aside
        self._redis_patience = Patience("Redis", log, longest=2.0)
        self._sql_patience = Patience("the database; records wait in Redis: it", log)

    def run(self, stop: threading.Event) -> None:
        """Goes on until told to stop."""
        while not stop.is_set():
            if not self._held():
                stop.wait(0.1)
                continue
            self.turn(stop, WAIT)

    def drain(self, stop: threading.Event) -> None:
        """Writes what there is now, until nothing is left or something is away: before a graceful end."""
        while self._held() and not stop.is_set() and self.turn(stop, 0.001):
            pass

    def turn(self, stop: threading.Event, wait: float) -> int:
        """Reads once and writes what was read; how many entries are dealt with. Pauses where something is away."""
        try:
            entries = self._streams.read(self._held(), most=OF_EACH, wait=wait, but=self._stuck)
            self._redis_patience.worked()
        except RedisError as error:
            self._redis_patience.failed(error, stop)
            return 0
        done = 0
        for start in range(0, len(entries), BATCH):
            if not self._write(entries[start : start + BATCH], stop):
                break
            done += len(entries[start : start + BATCH])
        if len(entries) >= OF_EACH:
            self.look()
        return done

    def _write(self, entries: Sequence[Entry], stop: threading.Event) -> bool:
        """Writes and trims one batch; False where that did not work, and the same entries will be read again."""
        try:
            written = self._call_log.write(entries)
            stuck = [one.entry for one in written.refused if not self._set_aside(one)]
            self._sql_patience.worked()
        except DBAPIError as error:
            self.look()
            self._sql_patience.failed(error, stop)
            return False
        self._stuck.update((entry.stream, entry.id) for entry in stuck)
        try:
            self._streams.trim(entry for entry in entries if entry not in stuck)
        except RedisError as error:
            self._redis_patience.failed(error, stop)
            return False
        return True

    def _set_aside(self, one: Refused) -> bool:
        entry = one.entry
        name = f"{entry.stream.decode()} {entry.id.decode()}"
        aside = Aside(entry.stream.decode(), entry.id.decode(), entry.sid or None, one.why, entry.record)
        try:
            where = self._aside.put(aside, self._now())
        except OSError as error:
            log.error("record %s cannot be written (%s), nor set aside (%s); it stays in Redis", name, one.why, error)
            return False
        log.error("record %s cannot be written: %s; it is set aside in %s", name, one.why, where)
        return True

    def look(self) -> None:
        """Sounds an alarm where more waits than should: Redis has memory for so much."""
        if time.monotonic() - self._alarmed < ALARM_EVERY:
            return
        try:
            records, _ = waiting(self._redis)
        except RedisError:
            return  # the next read says so
        number = sum(records.values())
        if number > CROWDED:
            self._alarmed = time.monotonic()
            log.critical(
                "ALARM: %d records wait in Redis, and more than %d are too many: "
                "nothing is dropped, but Redis will run out of memory. Is the database away or slow?",
                number,
                CROWDED,
            )
