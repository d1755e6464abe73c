"""A file that is made while it is sent: a batch of rows in memory, a place among those that are sent at a time.

Who goes away, or takes nothing for minutes, ends the query: a database must keep for a reader what it read.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from contextlib import closing
from threading import Lock, Timer
from time import monotonic
from typing import IO, Any, Self, cast

from sqlalchemy import Engine

from ivr.reports.export import batches
from ivr.reports.export_columns import Export
from ivr.reports.export_formats import Format, writer
from ivr.reports.kpi import Scope
from ivr.web.slots import Slots

PATIENCE = 120.0
"""Seconds in which somebody has to take the next piece."""


class GivenUp(ConnectionError):  # noqa: N818 - it says what is the case
    """Nobody took the file for too long: it breaks off, which a browser shows."""


class _Pieces(io.RawIOBase):
    """A file that is taken away piece by piece as it is written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._parts.append(piece)
        self._written += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._written

    def take(self) -> bytes:
        piece = b"".join(self._parts)
        self._parts.clear()
        return piece


class Streamed(Iterator[bytes]):
    """A file of the log, piece by piece. Has a place of `slots`, which whoever makes it has taken; gives it back.

    The first piece is made at once: raises NoParquet, and SQLAlchemyError where the database is away.
    """

    def __init__(self, engine: Engine, export: Export, format_: Format, scope: Scope, slots: Slots) -> None:
        self._pieces = _written(engine, export, format_, scope)
        self._slots: Slots | None = slots
        self._lock = Lock()
        self._given_up = False
        self._taken = monotonic()
        self._timer: Timer | None = None
        try:
            self._first: bytes | None = next(self._pieces)
        except BaseException:
            self.close()
            raise
        self._watch(PATIENCE)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        """The next piece. Raises GivenUp where too long nobody wanted it."""
        with self._lock:
            self._taken = monotonic()
            if self._given_up:
                raise GivenUp
            if self._first is not None:
                piece, self._first = self._first, None
                return piece
            try:
                return next(self._pieces)
            except BaseException:  # also the end: the place is free before anybody thinks of closing
                self._end()
                raise

    def close(self) -> None:
        """Ends the query, wherever it is, and gives the place back."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._pieces.close()
        if self._slots:
            self._slots.give_back()
        self._slots = None

    def _watch(self, seconds: float) -> None:
        self._timer = Timer(seconds, self._look)
        self._timer.daemon = True
        self._timer.start()

    def _look(self) -> None:
        """Ends the query where nobody took anything for too long; the place stays taken, as its thread does."""
        with self._lock:
            if self._slots is None:
                return
            left = self._taken + PATIENCE - monotonic()
            if left > 0:
                self._watch(left)
            else:
                self._given_up = True
                self._pieces.close()


def _written(engine: Engine, export: Export, format_: Format, scope: Scope) -> Generator[bytes, None, None]:
    out = _Pieces()
    with writer(format_, export, cast("IO[bytes]", out)) as write, closing(batches(engine, export, scope)) as rows:
        for batch in rows:
            write(batch)
            yield out.take()
    yield out.take()
