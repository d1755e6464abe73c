"""From the streams to SQL: the loop that every worker runs for the partitions that it holds.

    read the oldest entries -> write them, one transaction -> set aside what cannot be written -> trim them

Whatever kills it in between, the entries are read again, and what was written is not written twice. Nothing is
trimmed that is not in SQL or set aside; with SQL away the streams keep what comes, and what is too much for them is
moved to this machine's disk (`overflow`). What is there is older, and written first.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from redis import Redis, RedisError
from sqlalchemy.exc import DBAPIError

from ivr.store.backlog import Backlog
from ivr.store.call_log import CallLog, Entry, Refused
from ivr.store.set_aside import Aside, SetAside
from ivr.store.streams import LogStreams
from ivr.switchboard.patience import Patience

BATCH = 1000
"""Records in one transaction: fewer write a call's row more often, more keep other writers waiting longer."""

OF_EACH = 100
"""Entries read of one partition at a time: of 64, a few megabytes."""

WAIT = 0.5
"""Seconds that one read waits for something to come."""

log = logging.getLogger("ivr.worker")


class LogWriter:
    """Writes the records of the partitions that are held. `run` is for one thread."""

    def __init__(
        self,
        redis: Redis,
        call_log: CallLog,
        aside: SetAside,
        backlog: Backlog,
        held: Callable[[], list[int]],
        now: Callable[[], datetime],
    ) -> None:
        self._streams = LogStreams(redis)
        self._call_log = call_log
        self._aside = aside
        self._backlog = backlog
        self._held = held
        self._now = now
        self._stuck: set[tuple[bytes, bytes]] = set()  # what could not even be set aside
        self._redis_patience = Patience("Redis", log, longest=2.0)
        self._sql_patience = Patience("the database; records wait in Redis: it", log)

    def run(self, stop: threading.Event) -> None:
        """Goes on until told to stop."""
        while not stop.is_set():
            if not self.turn(stop, WAIT) and not self._held():
                stop.wait(0.1)

    def drain(self, stop: threading.Event) -> None:
        """Writes what there is now, until nothing is left or something is away: before a graceful end."""
        while not stop.is_set() and self.turn(stop, 0.001):
            pass

    def turn(self, stop: threading.Event, wait: float) -> int:
        """Reads once and writes what was read; how many entries are dealt with. Pauses where something is away."""
        if (done := self._from_disk(stop)) is not None:
            return done
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
        return done

    def _from_disk(self, stop: threading.Event) -> int | None:
        """Writes the oldest file of the backlog, and removes it; how many records. None where there is none to write.

        A record that cannot even be set aside keeps its file, for a person to see and the next start to try.
        """
        try:
            with self._backlog.oldest() as kept:
                if kept is None:
                    return None
                if (stuck := self._into_sql(kept.entries, stop, kept.broken)) is None:
                    return 0
                (self._backlog.pass_over if stuck else self._backlog.remove)(kept.name)
                return len(kept.entries) + len(kept.broken)
        except OSError as error:
            log.error("a file of %s cannot be read or removed, and is left alone: %s", self._backlog.folder, error)
            return None

    def _write(self, entries: Sequence[Entry], stop: threading.Event) -> bool:
        """Writes and trims one batch; False where that did not work, and the same entries will be read again."""
        if (stuck := self._into_sql(entries, stop)) is None:
            return False
        self._stuck.update((entry.stream, entry.id) for entry in stuck)
        try:
            self._streams.trim(entry for entry in entries if entry not in stuck)
        except RedisError as error:
            self._redis_patience.failed(error, stop)
            return False
        return True

    def _into_sql(
        self, entries: Sequence[Entry], stop: threading.Event, broken: Sequence[Refused] = ()
    ) -> list[Entry] | None:
        """Writes a batch and sets aside what is refused, and what is broken already.

        Gives what could not even be set aside. None where the database is away: all of it will come again.
        """
        try:
            written = self._call_log.write(entries)
            stuck = [one.entry for one in (*broken, *written.refused) if not self._set_aside(one)]
            self._sql_patience.worked()
        except DBAPIError as error:
            self._sql_patience.failed(error, stop)
            return None
        return stuck

    def _set_aside(self, one: Refused) -> bool:
        entry = one.entry
        name = f"{entry.stream.decode()} {entry.id.decode()}"
        aside = Aside(entry.stream.decode(), entry.id.decode(), entry.sid or None, one.why, entry.record)
        try:
            where = self._aside.put(aside, self._now())
        except OSError as error:
            log.error(
                "record %s cannot be written (%s), nor set aside (%s); it stays where it is", name, one.why, error
            )
            return False
        log.error("record %s cannot be written: %s; it is set aside in %s", name, one.why, where)
        return True
