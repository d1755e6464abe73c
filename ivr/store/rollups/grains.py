"""The grains of the cube: how long the spans of its rows are, and by what they are parted.

The finest one has everything, and the others are made of it. What is asked is answered from the longest spans that fit,
and among those from the fewest rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ivr.store.rollups.rollup import BLOCK, DAY

DIMENSIONS = ("line", "version", "language", "queue", "agent")

HALF_HOUR = 2
"""Days and hours of zones begin there, but of very few."""

_LINES = frozenset({"line", "version", "language"})
_QUEUES = frozenset({"line", "queue", "language"})
_AGENTS = frozenset({"line", "queue", "agent"})


@dataclass(frozen=True, slots=True)
class Grain:
    """One of them."""

    number: int
    span: int
    """In quarter-hours."""
    dimensions: frozenset[str]
    """What its rows are parted by; all else is 0 in them."""
    fine: bool
    """Whether seconds are in buckets; else they are put together roughly (`kinds.coarse_sql`)."""


FINEST = Grain(1, 1, frozenset(DIMENSIONS), fine=True)

GRAINS: tuple[Grain, ...] = (
    FINEST,
    Grain(2, HALF_HOUR, frozenset(), fine=False),
    Grain(12, HALF_HOUR, frozenset({"line"}), fine=False),
    Grain(13, HALF_HOUR, frozenset({"queue"}), fine=False),
    Grain(3, HALF_HOUR, _LINES, fine=False),
    Grain(4, DAY, frozenset(), fine=True),
    Grain(5, DAY, _LINES, fine=False),
    Grain(6, DAY, _QUEUES, fine=False),
    Grain(7, DAY, _AGENTS, fine=False),
    Grain(8, BLOCK, frozenset(), fine=True),
    Grain(9, BLOCK, _LINES, fine=True),
    Grain(10, BLOCK, _QUEUES, fine=True),
    Grain(11, BLOCK, _AGENTS, fine=True),
)
"""The longer the later; of one span the smaller the earlier."""


def grain_for(span: int, dimensions: Collection[str], *, fine: bool) -> Grain | None:
    """The smallest grain of that span that answers; None where there is none."""
    fitting = (it for it in GRAINS if it.span == span and it.dimensions >= set(dimensions) and it.fine >= fine)
    return next(fitting, None)


def spans_for(dimensions: Collection[str], *, fine: bool) -> tuple[int, ...]:
    """The spans of which there is one, the longest first."""
    spans = (BLOCK, DAY, HALF_HOUR, 1)
    return tuple(span for span in spans if grain_for(span, dimensions, fine=fine))
