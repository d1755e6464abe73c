"""The flow picture: where callers go, as nodes and links that one can take in at a glance.

A menu is full of circles, and a picture of circles says nothing. So the steps stand in the order in which callers come
to them, and each visit goes only forward: to a later step, or to an end. Who goes back to an earlier step ends in
`BACK` and sets out from there again, and whose tries are used up ends in what used them up. A step's node is as large
as the visits that leave it. However many steps there are, only the most visited have nodes of their own; those between
two of them in the order are one node together, so that nothing is lost on the way.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ivr.reports.flow import Passage, Paths
from ivr.store.rollups.way_through import ENDS, LEFT, LINE, LOST, OPEN, START

SILENCE = ".no_input"
WRONG = ".no_match"
TROUBLE = ".trouble"
BACK = ".back"
PICTURED = (LINE, LEFT, BACK, SILENCE, WRONG, TROUBLE, LOST, OPEN)
"""The ends of the picture: those of calls, and those that only the picture has."""

_USED_UP = {"gave_up:no_input": SILENCE, "gave_up:no_match": WRONG, "gave_up": TROUBLE, "rescued": TROUBLE}

MOST_STEPS = 12
"""Steps with a node of their own."""

LEAST = 0.01
"""The share of the calls that a step's visits, or the visits of one way between two nodes, are at least, to be shown
by themselves."""


@dataclass(frozen=True, slots=True)
class Node:
    """A step, several steps, or an end; how many visits come through."""

    name: str
    steps: tuple[str, ...]
    """Those that it stands for; none for an end."""
    visits: int


@dataclass(frozen=True, slots=True)
class Link:
    """From one node to another, by their numbers, how many visits; `ways` are (source, way), the most taken first."""

    source: int
    target: int
    visits: int
    ways: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The nodes, the first of which is the beginning, and their links."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


def picture(of: Paths) -> Picture:
    """The picture of a version's calls."""
    groups = _groups(of)
    place = {step: number for number, group in enumerate(groups) for step in group}
    passages = [*of.entries, *(way for step in of.steps for way in step.ways)]
    drawn = [(place[one.source], _target(one, place), one) for one in passages]
    ends = [end for end in PICTURED if any(target == end for _, target, _ in drawn)]
    number = {end: len(groups) + at for at, end in enumerate(ends)}
    flows: dict[tuple[int, int], list[Passage]] = defaultdict(list)
    for source, target, one in drawn:
        if target is not None:
            flows[source, number[target] if isinstance(target, str) else target].append(one)
    links = [link for between, ways in sorted(flows.items()) for link in _links(*between, ways, of.calls)]
    visits = {it.name: it.visits for it in of.steps} | {START: of.calls}
    nodes = [Node(_name(group), group, sum(visits[step] for step in group)) for group in groups]
    nodes += [Node(end, (), sum(it.visits for it in links if it.target == number[end])) for end in ends]
    return Picture(tuple(nodes), tuple(links))


def _target(one: Passage, place: dict[str, int]) -> int | str | None:
    """Where a passage is drawn to: a later node, an end, or (None) nowhere, where it stays within a node."""
    if one.way.startswith("capped:"):
        return TROUBLE
    if one.way in _USED_UP:
        return _USED_UP[one.way]
    if one.target in ENDS:
        return one.target
    source, target = place[one.source], place[one.target]
    if target > source:
        return target
    return None if target == source and one.target != one.source else BACK


def _groups(of: Paths) -> list[tuple[str, ...]]:
    """The steps in the order in which callers come to them, on average; small ones that follow each other together."""
    order = {START: 0.0}
    for (step,), places, calls in of.tally.of("first"):
        order[step] = places / calls
    most = sorted(of.steps, key=lambda it: (-it.visits, it.name))[:MOST_STEPS]
    large = {START} | {it.name for it in most if it.visits >= LEAST * of.calls}
    groups: list[tuple[str, ...]] = []
    small: list[str] = []
    for step in sorted(order, key=lambda it: (order[it], it)):
        if step not in large:
            small.append(step)
            continue
        if small:
            groups.append(tuple(small))
        groups.append((step,))
        small = []
    return [*groups, tuple(small)] if small else groups


def _name(group: tuple[str, ...]) -> str:
    return group[0] if len(group) == 1 else f"{len(group)} others"


def _links(source: int, target: int, ways: list[Passage], calls: int) -> list[Link]:
    """One link for each way that is taken often enough, and one for all others."""
    ways = sorted(ways, key=lambda it: (-it.times, it.source, it.target, it.way))
    large = [it for it in ways if it.times >= LEAST * calls]
    rest = ways[len(large) :]
    links = [Link(source, target, it.times, (it,)) for it in large]
    if rest:
        links.append(Link(source, target, sum(it.times for it in rest), tuple(rest)))
    return links
