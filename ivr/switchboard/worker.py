"""The worker: what goes on beside the calls. Several may run, on several machines; they share the partitions.

    leases     a round each second: which partitions are this worker's
    log        records of those partitions, and of this machine's disk, into SQL
    overflow   of too many records the oldest from Redis to this machine's disk
    outbox     effects of those partitions to the carrier
    queues     in the worker that holds the first partition: callers are offered to agents, callbacks dialled
    rollups    what changed in the log reaches the roll-ups, in the worker that holds the first partition
    chores     once a minute, in the worker that holds the first partition: calls without an end, old calls

Each runs in a thread of its own: a slow carrier holds up no record, and a database that is away no lease.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from redis import RedisError

from ivr.store.leases import SECONDS, Leases
from ivr.switchboard.log_writer import LogWriter
from ivr.switchboard.patience import Patience

ROUND = SECONDS / 4
"""Seconds between two rounds of the leases: a renewal may fail twice before a lease runs out."""

CHORES_EVERY = 60.0

DRAIN = 8.0
"""Seconds at the end for the records that still wait."""

log = logging.getLogger("ivr.worker")


class Runs(Protocol):
    """What goes on until told to stop."""

    def run(self, stop: threading.Event) -> None:
        """Goes on until told to stop."""


@dataclass(frozen=True, slots=True)
class Worker:
    """The parts of one worker."""

    leases: Leases
    log_writer: LogWriter
    overflow: Runs
    outbox: Runs | None
    spool: Runs | None
    queues: Runs | None
    rollups: Runs
    chores: tuple[Callable[[], object], ...]
    """Done one after the other; what one raises is logged, and it is done again the next time."""

    def run(self, stop: threading.Event) -> None:
        """Works until told to stop; then writes what still waits, and gives its partitions to the others."""
        outbox = self.outbox
        threads = [threading.Thread(target=self._log, args=(stop,), name="log")]
        threads += [threading.Thread(target=self.overflow.run, args=(stop,), name="overflow")]
        threads += [threading.Thread(target=self.rollups.run, args=(stop,), name="rollups")]
        threads += [threading.Thread(target=outbox.run, args=(stop,), name="outbox")] if outbox else []
        threads += [threading.Thread(target=self.spool.run, args=(stop,), name="spool")] if self.spool else []
        threads += [threading.Thread(target=self.queues.run, args=(stop,), name="queues")] if self.queues else []
        threads += [threading.Thread(target=self._chores, args=(stop,), name="chores")] if self.chores else []
        leasing = threading.Event()
        keeper = threading.Thread(target=self._lease, args=(leasing,), name="leases")
        for thread in (keeper, *threads):
            thread.start()
        stop.wait()
        for thread in threads:
            thread.join()
        leasing.set()
        keeper.join()
        try:
            self.leases.give_back()
        except RedisError:
            log.warning("the leases could not be given back; they run out by themselves")

    def _lease(self, stop: threading.Event) -> None:
        patience = Patience("Redis, for the leases,", log, longest=1.0)
        while not stop.is_set():
            try:
                self.leases.round()
                patience.worked()
            except RedisError as error:
                patience.failed(error, stop)
                continue
            stop.wait(ROUND)

    def _log(self, stop: threading.Event) -> None:
        """The log writer must go on whatever happens: nothing else empties the streams."""
        while not stop.is_set():
            try:
                self.log_writer.run(stop)
            except Exception:
                log.exception("the log writer failed and is started again")
                stop.wait(1.0)
        late = threading.Event()
        timer = threading.Timer(DRAIN, late.set)
        timer.start()
        try:
            self.log_writer.drain(late)
        finally:
            timer.cancel()

    def _chores(self, stop: threading.Event) -> None:
        due = time.monotonic()
        while not stop.wait(0.2):
            if time.monotonic() < due or 0 not in self.leases.held():
                continue
            due = time.monotonic() + CHORES_EVERY
            for chore in self.chores:
                try:
                    chore()
                except Exception as error:
                    # Redis or SQL are away, which the log writer says; or something is wrong, which must be seen.
                    log.warning("a chore failed and will be done again: %s", type(error).__name__)
