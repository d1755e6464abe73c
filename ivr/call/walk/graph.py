"""The states of a walk and the turns between them, as flat arrays: a large line has a million turns."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

END = -1
"""Where a turn leads that ends the call."""

CALLER = 1  # it takes an input of the caller
WILLING = 2  # of a caller who presses what fits
CAPPED = 4  # a cap stops the caller
UNSURE = 8  # it begins where only some calls of the state are: on the brink of a cap, or elsewhere before
BEGINS = -2
"""Where the first turn comes from."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One turn."""

    source: int
    target: int
    action: int  # what was done: an index into the explorer's actions
    flags: int
    keys: int
    seconds: float


class Graph:
    """States by number, in the order in which they were found, and the turns between them."""

    def __init__(self) -> None:
        self.places: list[str] = []  # of each state
        self.parents = array("i")  # of each state the turn by which it was found first
        self.sources, self.targets, self.actions = array("i"), array("i"), array("i")
        self.flags, self.keys, self.seconds = array("b"), array("h"), array("f")

    def __len__(self) -> int:
        return len(self.sources)

    def state(self, place: str) -> int:
        """A new state; the turn that is added next is its first."""
        self.places.append(place)
        self.parents.append(len(self))
        return len(self.places) - 1

    def add(self, source: int, target: int, action: int, flags: int, keys: int, seconds: float) -> None:
        """A turn."""
        self.sources.append(source)
        self.targets.append(target)
        self.actions.append(action)
        self.flags.append(flags)
        self.keys.append(min(keys, 32_767))
        self.seconds.append(seconds)

    def edge(self, number: int) -> Edge:
        """The turn of that number."""
        return Edge(
            self.sources[number],
            self.targets[number],
            self.actions[number],
            self.flags[number],
            self.keys[number],
            self.seconds[number],
        )

    def path_to(self, state: int) -> list[int]:
        """The turns by which the state was found, from the beginning of the call."""
        path = []
        while state >= 0:
            path.append(self.parents[state])
            state = self.sources[path[-1]]
        return path[::-1]

    def from_each(self, keep: Callable[[int], bool]) -> Neighbours:
        """The turns whose flags are to be kept, by the state that they lead from; those that end are left out."""
        return self._grouped(self.sources, keep)

    def into_each(self, keep: Callable[[int], bool]) -> Neighbours:
        """The same, by the state that they lead to."""
        return self._grouped(self.targets, keep)

    def _grouped(self, ends: array[int], keep: Callable[[int], bool]) -> Neighbours:
        kept_flags = [keep(flags) for flags in range(16)]
        edges = [
            number
            for number, flags in enumerate(self.flags)
            if kept_flags[flags] and self.sources[number] >= 0 and self.targets[number] >= 0
        ]
        starts = array("i", bytes(4 * (len(self.places) + 2)))
        for number in edges:
            starts[ends[number] + 2] += 1
        for state in range(2, len(starts)):
            starts[state] += starts[state - 1]
        grouped = array("i", bytes(4 * len(edges)))
        for number in edges:
            grouped[starts[ends[number] + 1]] = number
            starts[ends[number] + 1] += 1
        return Neighbours(starts, grouped)

    def distances(self, roots: Mapping[int, float], among: Neighbours, *, back: bool, seconds: bool) -> Distances:
        """The shortest way from (or, going back, to) the nearest root for each state, in keys or in seconds.

        Roots come with the seconds that were heard there already. The other measure settles ties, then the order
        in which turns were found.
        """
        far = float("inf")
        best = [(far, far)] * len(self.places)
        by = array("i", [-1]) * len(self.places)
        heap = []
        for root, heard in roots.items():
            best[root] = (heard, 0.0) if seconds else (0.0, heard)
            heap.append((*best[root], root))
        heapq.heapify(heap)
        while heap:
            first, second, state = heapq.heappop(heap)
            if (first, second) > best[state]:
                continue
            for number in among.of(state):
                keys, time = self.keys[number], self.seconds[number]
                found = (first + time, second + keys) if seconds else (first + keys, second + time)
                other = self.sources[number] if back else self.targets[number]
                if found < best[other]:
                    best[other] = found
                    by[other] = number
                    heapq.heappush(heap, (*found, other))
        return Distances(best, by)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Turns, grouped by state."""

    starts: array[int]
    edges: array[int]

    def of(self, state: int) -> array[int]:
        """The turns of the state."""
        return self.edges[self.starts[state] : self.starts[state + 1]]


@dataclass(frozen=True, slots=True)
class Distances:
    """For each state how far it is, and the turn that lies next to it on the shortest way (-1: none)."""

    far: list[tuple[float, float]]
    by: array[int]


def groups(graph: Graph, keep: Callable[[int], bool]) -> Iterator[list[int]]:
    """The groups of states in which one can go round by turns whose flags are to be kept (Tarjan's algorithm)."""
    among = graph.from_each(keep)
    index = array("i", [-1]) * len(graph.places)
    low = array("i", [0]) * len(graph.places)
    on_stack = bytearray(len(graph.places))
    stack: list[int] = []
    count = 0
    for root in range(len(graph.places)):
        if index[root] >= 0:
            continue
        work = [(root, 0, among.of(root))]
        while work:
            state, at, edges = work.pop()
            if at == 0:
                index[state] = low[state] = count
                count += 1
                stack.append(state)
                on_stack[state] = 1
            for position in range(at, len(edges)):
                other = graph.targets[edges[position]]
                if index[other] < 0:
                    work += [(state, position + 1, edges), (other, 0, among.of(other))]
                    break
                if on_stack[other]:
                    low[state] = min(low[state], low[other])
            else:
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[state])
                if low[state] == index[state]:
                    group: list[int] = []
                    while not group or group[-1] != state:
                        group.append(stack.pop())
                        on_stack[group[-1]] = 0
                    if len(group) > 1 or any(graph.targets[number] == state for number in edges):
                        yield sorted(group)
