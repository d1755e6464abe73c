"""From which rows to read a span of time, so that figures are exact however much of it was settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from ivr.store.rollups.marks import rollup_marks
from ivr.store.rollups.rollup import BLOCK, DAY
from ivr.store.rollups.settling import marked, settle

MOST = 256
"""Quarter-hours that whoever reads settles by themselves; with more to settle the log is read instead."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one span, that begin from `since` to before `until` (quarter-hours since 1970)."""

    span: int
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What may be read of quarter-hours that are settled."""

    since: int
    until: int
    stale: frozenset[tuple[int, int]]
    """Days and blocks that are not made yet, or not anew: (span, begins)."""

    def pieces(self, spans: Sequence[int]) -> list[Piece]:
        """All of it once, by rows of these spans, the longest of which comes first and the last of which is 1 or 2.

        Raises ValueError where the ends do not fit the shortest.
        """
        return _pieces(self.since, self.until, tuple(spans), self.stale)

    def part(self, since: int, until: int) -> Settled:
        """A part of it."""
        return Settled(since, max(since, until), self.stale)


def settled(engine: Engine, since: int, until: int) -> Settled | None:
    """Settles the quarter-hours from `since` to before `until`; None where that is too much for one who reads.

    Raises SQLAlchemyError.
    """
    for tries in (1, 0):
        with engine.connect() as connection:
            if not _waits(connection, since, until):
                stale = {(span, begins) for span in (DAY, BLOCK) for begins in marked(connection, span, since, until)}
                return Settled(since, until, frozenset(stale))
            too_much = len(marked(connection, 1, since, until, most=MOST + 1)) > MOST
        if too_much:
            break
        if tries:
            settle(engine, (since, until), MOST)
    return None


def pieces(engine: Engine, since: int, until: int, longest: int = BLOCK) -> list[Piece] | None:
    """Settles, then says from which rows of 1, DAY and BLOCK to read all of it; None: read the log instead."""
    if (found := settled(engine, since, until)) is None:
        return None
    return found.pieces([span for span in (BLOCK, DAY, 1) if span <= longest])


def _waits(connection: Connection, since: int, until: int) -> bool:
    """Whether anything is to be settled in it, or a call is marked, which may be about any quarter-hour."""
    calls = select(rollup_marks.c.call_sid).where(rollup_marks.c.call_sid.is_not(None)).limit(1)
    return bool(marked(connection, 1, since, until, most=1)) or connection.execute(calls).first() is not None


def _pieces(since: int, until: int, spans: tuple[int, ...], stale: frozenset[tuple[int, int]]) -> list[Piece]:
    if since >= until:
        return []
    span, shorter = spans[0], spans[1:]
    first, last = -(-since // span) * span, until // span * span
    if not shorter:
        if (first, last) != (since, until):
            raise ValueError("it does not begin and end with a span")
        return [Piece(span, since, until)]
    if first >= last:
        return _pieces(since, until, shorter, stale)
    found = _pieces(since, first, shorter, stale)
    began = first
    for begins in sorted(begins for of, begins in stale if of == span and first <= begins < last):
        if began < begins:
            found.append(Piece(span, began, begins))
        found += _pieces(begins, begins + span, shorter, stale)
        began = begins + span
    if began < last:
        found.append(Piece(span, began, last))
    return found + _pieces(last, until, shorter, stale)
