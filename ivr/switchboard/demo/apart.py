"""The making in a process of its own: one makes calls while the other writes them."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Generator
from multiprocessing.queues import Queue
from queue import Empty, Full

from ivr.switchboard.demo.making import batches
from ivr.switchboard.demo.plan import Plan
from ivr.switchboard.demo.rows import Batch

AHEAD = 3
"""Batches that are made and not written yet, at most."""

PATIENCE = 5.0
"""Seconds after which it is looked whether the other process still lives."""


class MakingDied(RuntimeError):  # noqa: N818 - it says what is the case
    """The process that made calls is gone, or could not go on."""


def batches_apart(plan: Plan) -> Generator[Batch, None, None]:
    """The same as `batches`, made in another process. Raises MakingDied."""
    context = multiprocessing.get_context("spawn")
    made: Queue[Batch | str | None] = context.Queue(AHEAD)
    process = context.Process(target=_make, args=(plan, made), daemon=True)
    process.start()
    try:
        while True:
            try:
                batch = made.get(timeout=PATIENCE)
            except Empty:
                if not process.is_alive():
                    raise MakingDied(f"the process that makes calls ended with {process.exitcode}") from None
                continue
            if batch is None:
                return
            if isinstance(batch, str):
                raise MakingDied(batch)
            yield batch
    finally:
        process.terminate()
        process.join()
        made.close()


def _make(plan: Plan, made: Queue[Batch | str | None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process is told, and says so
    try:
        for batch in batches(plan):
            _put(batch, made)
        _put(None, made)
    except Exception as error:
        _put(f"{type(error).__name__}: {error}", made)


def _put(batch: Batch | str | None, made: Queue[Batch | str | None]) -> None:
    """Hands it over; ends this process where nobody is left who takes it."""
    while True:
        try:
            return made.put(batch, timeout=PATIENCE)
        except Full:
            parent = multiprocessing.parent_process()
            if parent is None or not parent.is_alive():
                made.cancel_join_thread()
                sys.exit(1)
