"""Heaps: the values of a figure, gathered from the log and from roll-ups, of each part of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ivr.reports.log_rows import LogRow
from ivr.reports.rolled import Cell, Rolled
from ivr.reports.rolled_rows import RolledRow
from ivr.reports.spread import Spread


@dataclass(slots=True)
class Heap:
    """All values of one figure in one part of the log, and what else was counted there."""

    counts: dict[str, int]
    spread: Spread = field(default_factory=Spread)


class Heaps:
    """Those of one figure, by what they are of."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self.parts: dict[str, Heap] = {}

    def of(self, part: str) -> Heap:
        """The one of a part; nothing is in it where it is new."""
        if (heap := self.parts.get(part)) is None:
            heap = self.parts[part] = Heap(dict.fromkeys(self._names, 0))
        return heap

    def add_log(self, rows: Iterable[LogRow]) -> None:
        """Adds what the log has."""
        for row in rows:
            heap = self.of(row.of)
            if row.value is not None:
                heap.spread.add(row.value, row.times)
            for name, number in row.counts.items():
                heap.counts[name] += number


class Adding:
    """Adds rows of the cube to the heaps of one figure. What a cell counts for is asked once."""

    def __init__(self, heaps: Heaps, rolled: Rolled, *, judged: bool) -> None:
        self._heaps = heaps
        self._rolled = rolled
        self._judged = judged
        self._known: dict[Cell, tuple[int | None, tuple[str, ...]]] = {}

    def add(self, row: RolledRow) -> None:
        """Adds one; where calls are too young to be judged, only that something was there."""
        heap = self._heaps.of(row.of)
        if not self._judged:
            return
        if (known := self._known.get(row.cell)) is None:
            known = self._known[row.cell] = self._counts_for(row.cell)
        value, names = known
        for name in names:
            heap.counts[name] += row.times
        if value is None:
            return
        if not self._rolled.seconds:
            heap.spread.add(value, row.times)
            return
        plus, times = self._rolled.plus(row.cell), row.times
        squares = row.squares + 2 * plus * row.total + plus * plus * times
        heap.spread.add_bucket(value + plus, times, row.total + plus * times, squares)

    def _counts_for(self, cell: Cell) -> tuple[int | None, tuple[str, ...]]:
        counts: Mapping[str, Callable[[Cell], bool]] = self._rolled.counts
        return self._rolled.value(cell), tuple(name for name, holds in counts.items() if holds(cell))
