"""The queues' part of a worker: callers are offered, what is due is looked at, callbacks are dialled, messages fetched.

All of it may run in several workers at once and stay right; one does it, to spare the others the work.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

EVERY = 0.5
"""Seconds between two rounds: so long a caller waits for an agent who became free, at most."""

log = logging.getLogger("ivr.worker")


@dataclass(frozen=True, slots=True)
class Task:
    """Something that is done again and again: the name for the log, every how many rounds, and what."""

    name: str
    rounds: int
    do: Callable[[datetime], object]


class QueueWork:
    """Does its tasks, round after round, in the worker that holds the first partition."""

    def __init__(self, tasks: Iterable[Task], held: Callable[[], Iterable[int]], clock: Callable[[], datetime]) -> None:
        self._tasks = tuple(tasks)
        self._held = held
        self._clock = clock
        self._round = 0
        self._failing: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Goes on until told to stop."""
        while not stop.wait(EVERY):
            if 0 in self._held():
                self.round()

    def round(self) -> None:
        """Does what this round is for. What one task raises is logged, and the others go on."""
        for task in self._tasks:
            if self._round % task.rounds:
                continue
            try:
                task.do(self._clock())
                self._failing.discard(task.name)
            except (RedisError, SQLAlchemyError) as error:
                if task.name not in self._failing:
                    log.warning("%s must wait: %s", task.name, type(error).__name__)
                    self._failing.add(task.name)
            except Exception:
                log.exception("%s failed and is done again", task.name)
        self._round += 1
