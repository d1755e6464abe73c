"""How a key figure is made of roll-ups: which rows of the cube it reads, and what each of them counts for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil, floor
from typing import NamedTuple

from ivr.store.rollups.kinds import COARSE_EDGES, NONE, Kind, bucket


class Cell(NamedTuple):
    """What is the same of all that a row of the cube counts; `ivr.store.rollups.kinds` says what `value` means."""

    kind: int
    called_back: int
    value: int


@dataclass(frozen=True, slots=True)
class Rolled:
    """How one figure, with its settings, is made of cells."""

    kinds: tuple[Kind, ...]
    """All that the figure's view has: also what counts for nothing says where something happened."""
    value: Callable[[Cell], int | None]
    """What each thing in the cell counts for; of seconds the bucket. None where it does not count."""
    seconds: bool = False
    """Whether it is about seconds, which the cube has in buckets, and added up."""
    plus: Callable[[Cell], int] = lambda _: 0
    """What is added to the seconds of each."""
    counts: Mapping[str, Callable[[Cell], bool]] = field(default_factory=dict)
    """What else is counted."""
    fine: bool = False
    """Whether it needs seconds in buckets, and not only roughly."""
    waits: timedelta | None = None
    """For how long after the end of a call the figure waits before the call counts."""


def seconds_of(cell: Cell) -> int | None:
    """Its seconds; None where there are none."""
    return None if cell.value == NONE else cell.value


def needs(*edges: int) -> bool | None:
    """Whether the cube must have buckets to part seconds at these edges, rather than roughly; None where it cannot."""
    if all(edge <= 0 or edge in COARSE_EDGES for edge in edges):
        return False
    return True if all(bucket(edge) == edge for edge in edges) else None


def at_most(seconds: float) -> int:
    """The edge below which whole seconds are at most so many."""
    return floor(seconds) + 1


def at_least(seconds: float) -> int:
    """The edge from which on whole seconds are at least so many."""
    return ceil(seconds)
