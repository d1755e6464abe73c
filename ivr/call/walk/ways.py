"""The longest way to a person: from the beginning straight to the place that is farthest, and from there straight on.

Straight means without mistakes: keys that fit, look-ups and dials that go as they may. A caller who errs comes to a
person sooner, by the tries and the caps.
"""

from __future__ import annotations

from array import array

from ivr.call.engine import MORE_INPUTS
from ivr.call.walk.drives import replayed
from ivr.call.walk.explore import Explorer
from ivr.call.walk.found import Way
from ivr.call.walk.graph import CALLER, Distances
from ivr.menu.graph import reaches_person

MOST_CONFIRMED = 25
"""Ways, from the longest on, of which the first that the engine confirms is shown."""

FAR = float("inf")


def longest(explorer: Explorer, *, seconds: bool) -> Way | None:
    """The longest way to a person in keys or in seconds; None where no willing caller comes to one."""
    there, on = _distances(explorer, seconds=seconds)
    totals = []
    for state in _nearest(explorer, there).values():
        first, second = there.far[state][0] + on.far[state][0], there.far[state][1] + on.far[state][1]
        if first < FAR:
            totals.append((-first, -second, state))
    totals.sort()
    shown: Way | None = None
    tried = 0
    for _, _, state in totals:
        path = _path(explorer, there, on, state)
        if len(path) > explorer.flow.limits.inputs:
            continue  # the caps hand such a caller over before
        tried += 1
        if tried > MOST_CONFIRMED:
            break
        way = _way(explorer, path, state)
        if way.confirmed:
            return way
        shown = shown or way
    return shown


def without_a_key_to_a_person(explorer: Explorer) -> tuple[str, ...]:
    """The places that await keys from which no key leads to a person, however many are pressed."""
    _, on = _distances(explorer, seconds=False)
    led = {explorer.graph.places[state] for state, far in enumerate(on.far) if far[0] < FAR}
    places = dict.fromkeys(explorer.graph.places)
    return tuple(place for place in places if place in explorer.states.awaits_keys and place not in led)


def _distances(explorer: Explorer, *, seconds: bool) -> tuple[Distances, Distances]:
    graph, flow = explorer.graph, explorer.flow
    persons = {state: 0.0 for state, place in enumerate(graph.places) if reaches_person(flow.steps[place])}
    return (
        graph.distances(explorer.roots, explorer.straight[0], back=False, seconds=seconds),
        graph.distances(persons, explorer.straight[1], back=True, seconds=seconds),
    )


def _nearest(explorer: Explorer, there: Distances) -> dict[str, int]:
    """Of each place the state that is nearest to the beginning."""
    nearest: dict[str, int] = {}
    for state, place in enumerate(explorer.graph.places):
        if there.far[state][0] < FAR and (place not in nearest or there.far[state] < there.far[nearest[place]]):
            nearest[place] = state
    return nearest


def _path(explorer: Explorer, there: Distances, on: Distances, state: int) -> list[int]:
    """The turns from the beginning to the state, and on to the person."""
    graph = explorer.graph
    path: list[int] = []
    at = state
    while there.by[at] >= 0:
        path.append(there.by[at])
        at = graph.sources[path[-1]]
    path = [graph.parents[at], *path[::-1]]
    at = state
    while on.by[at] >= 0:
        path.append(on.by[at])
        at = graph.targets[path[-1]]
    return path


def _way(explorer: Explorer, path: list[int], state: int) -> Way:
    graph = explorer.graph
    edges = [graph.edge(number) for number in path]
    return Way(
        at=graph.places[state],
        person=graph.places[edges[-1].target],
        keys=sum(edge.keys for edge in edges),
        seconds=sum(edge.seconds for edge in edges),
        path=explorer.words(path),
        confirmed=replayed(explorer, path) is not None,
    )


def too_far(explorer: Explorer) -> tuple[str, ...]:
    """The places that lie farther from the beginning than the inputs that a call may have, caps and all."""
    graph, limits = explorer.graph, explorer.flow.limits
    depths = array("i", [0]) * len(graph.places)
    nearest: dict[str, int] = {}
    for state, place in enumerate(graph.places):
        first = graph.parents[state]
        if graph.sources[first] >= 0:
            depths[state] = depths[graph.sources[first]] + bool(graph.flags[first] & CALLER)
        nearest[place] = min(nearest.get(place, depths[state]), depths[state])
    return tuple(place for place, depth in nearest.items() if depth > limits.inputs + 2 * MORE_INPUTS)
