"""Funnels: how many calls came how far on the way to each goal.

The stages of a goal are the steps that no call could leave out: by the ways that calls took, every path from the
beginning to the goal leads through them (in graphs: its dominators). So a call that came to a stage came to all before
it, and the numbers of calls only ever fall.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.reports.figure import Figure
from ivr.reports.flow import share
from ivr.store.rollups.step_tally import Tally
from ivr.store.rollups.way_through import START


@dataclass(frozen=True, slots=True)
class Stage:
    """A step on the way, `START` for the beginning, or the goal itself (empty): the calls that came so far."""

    step: str
    calls: int
    of_all: Figure
    """Of all calls."""
    of_before: Figure
    """Of the calls that came to the stage before."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """The way to one goal: from the beginning, by its stages, to the goal."""

    goal: str
    stages: tuple[Stage, ...]


Graph = Mapping[str, set[str]]

_GOAL = ".goal"


def funnels(tally: Tally) -> tuple[Funnel, ...]:
    """The way to each goal that was reached; the goal that most calls reached first."""
    onward: dict[str, set[str]] = defaultdict(set)
    for (source, target, _), _, _ in tally.of("way"):
        onward[source].add(target)
    reached = {goal: calls for (goal,), _, calls in tally.of("reached")}
    return tuple(_funnel(tally, onward, goal) for goal in sorted(reached, key=lambda it: (-reached[it], it)))


def _funnel(tally: Tally, onward: Graph, goal: str) -> Funnel:
    there = {step for (step, of), _, _ in tally.of("goal") if of == goal}
    graph = {source: targets | ({_GOAL} if source in there else set()) for source, targets in onward.items()}
    stages: list[Stage] = []
    for step in stages_to(graph, START, _GOAL):
        match step:
            case "":
                calls = tally.calls
            case str() if step == _GOAL:
                calls = tally.in_calls("reached", goal)
            case _:
                calls = tally.in_calls("visit", step)
        before = stages[-1].calls if stages else calls
        name = "" if step == _GOAL else step
        stages.append(Stage(name, calls, share(step, calls, tally.calls), share(step, calls, before)))
    return Funnel(goal, tuple(stages))


def stages_to(graph: Graph, start: str, goal: str) -> list[str]:
    """What every way from the start to the goal leads through, both among it, in the order of the ways.

    Empty where there is no way. What lies on every way lies on the shortest, so only that one's are tried.
    """
    shortest = _way(graph, start, goal, without=None)
    return [step for step in shortest if step in (start, goal) or not _way(graph, start, goal, without=step)]


def _way(graph: Graph, start: str, goal: str, without: str | None) -> list[str]:
    """A shortest way that leaves one step out; empty where there is none."""
    came_from = {start: start}
    waiting = deque([start])
    while waiting:
        step = waiting.popleft()
        if step == goal:
            way = [step]
            while step != start:
                step = came_from[step]
                way.append(step)
            return way[::-1]
        for following in sorted(graph.get(step, ())):
            if following not in came_from and following != without:
                came_from[following] = step
                waiting.append(following)
    return []
