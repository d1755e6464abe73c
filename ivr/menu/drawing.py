"""The picture of a line: its steps as callers meet them, what leads from one to the next, and the pieces as boxes.

Steps stand in the order in which callers come to them: from the start, each step's ways in the file's order. The way by
which a step is met first is drawn as a line. So are few others: a way back to the main menu, or one of a dozen ways to
the same goodbye, is a *jump*, which only names where it leads. That leaves a tree, and a tree of forty steps is read
without following lines across each other.

    drawing          flow -> picture                        drawing_words    what the boxes and their ways say
    drawing_figures  what callers did, for each of them     drawing_dot, drawing_mermaid: a picture as text
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from ivr.menu.drawing_words import Kind, act_words, first_words, key_of, kind_of, meaning, way_words
from ivr.menu.flow import Flow
from ivr.menu.graph import END, exits
from ivr.menu.options import keypad_name

__all__ = ["END", "JUMPS", "Box", "Kind", "Node", "Picture", "Way", "picture"]

JUMPS = {"back": "the place before", "repeat": "the same place again"}
"""Destinations that are no step: which place is meant, only a call knows."""

_FAR, _MANY = 2, 3
"""A line to a step that is met by another way leads at most so many steps further, and at most so many ways do."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a node, in the file's order: by which key, in which words, to which node or destination.

    `exits` are the ways of the file that it stands for, as (step, key of `graph.Exit`): several for a closed piece.
    """

    key: str  # what callers press ("1", "star"); empty where they press nothing
    words: str
    to: str  # a node, or one of JUMPS
    exits: tuple[tuple[str, str], ...]
    jump: bool = False
    faint: bool = False  # the way of callers who gave up, or where something failed


@dataclass(frozen=True, slots=True)
class Node:
    """One step, a piece as one closed box, or the end of the call (`END`)."""

    step: str
    name: str  # the step's own name, without those of the pieces around it
    kind: Kind
    meaning: str  # what the step does, for people: "asks for 4 digits"
    says: str  # the first words that callers hear there, or nothing
    ways: tuple[Way, ...] = ()
    within: str | None = None  # the box that it stands in
    goal: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A piece that stands open: the step that runs it, its title, and the box around it."""

    step: str
    title: str
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A line: nodes in the order in which callers meet them, the first of them the start; boxes, the outer first.

    `anywhere` are the keys that work wherever keys are awaited: key, and what it does in words.
    """

    line: str
    title: str
    language: str
    nodes: tuple[Node, ...]
    boxes: tuple[Box, ...] = ()
    anywhere: tuple[tuple[str, str], ...] = ()

    def node(self, step: str) -> Node | None:
        """The node of that step."""
        return next((node for node in self.nodes if node.step == step), None)


def picture(flow: Flow, closed: Collection[str] | None = ()) -> Picture:
    """The picture of a line that checks.

    `closed` names running steps (of `Flow.uses`) whose piece is one box; None closes all. The service's own steps are
    in it where a way leads to them.
    """
    shut = [name for name in (flow.uses if closed is None else closed) if name in flow.uses]
    shut = [name for name in shut if not any(name.startswith(f"{outer}.") for outer in shut)]
    nodes = {name: _closed(flow, name, shut) for name in shut}
    for name in flow.steps:
        if name not in nodes and not any(name.startswith(f"{outer}.") for outer in shut):
            nodes[name] = _node(flow, name, shut)
    return Picture(
        flow.name,
        flow.title,
        flow.languages[0],
        tuple(_drawn(flow, nodes)),
        tuple(_boxes(flow, shut)),
        tuple((keypad_name(key), meaning(to)) for key, to in flow.anywhere.items()),
    )


def _node(flow: Flow, name: str, shut: Collection[str]) -> Node:
    step = flow.steps[name]
    use = flow.uses.get(name)
    ways = tuple(
        Way(
            key_of(step, exit_.key),
            way_words(step, exit_.key, flow.languages[0]),
            _to(flow, exit_.to, shut),
            ((name, exit_.key),),
            faint=exit_.key in ("give_up", "failed"),
        )
        for exit_ in exits(step)
    )
    does = f"runs the piece {use.piece}" if use else act_words(flow, step)
    within = _around(flow, name)
    return Node(
        name,
        name.removeprefix(f"{within}.") if within else name,
        "run" if use else kind_of(step),
        does,
        first_words(step, flow.languages[0]),
        ways,
        name if use else within,
        step.goal,
    )


def _closed(flow: Flow, name: str, shut: Collection[str]) -> Node:
    """A piece as one node: its ways out are those of its steps that leave it, one for each place that they lead to."""
    use = flow.uses[name]
    ways: dict[str, list[tuple[str, str]]] = {}
    for inner in _inside(flow, name):
        for exit_ in exits(flow.steps[inner]):
            to = _to(flow, exit_.to, shut)
            if to != name and to not in JUMPS and not to.startswith(f"{name}."):
                ways.setdefault(to, []).append((inner, exit_.key))
    found = tuple(Way("", ", ".join(_outcomes(flow, name, to, shut)), to, tuple(of)) for to, of in ways.items())
    within = _around(flow, name)
    step = flow.steps[name]
    return Node(
        name,
        name.removeprefix(f"{within}.") if within else name,
        "piece",
        f"the piece {use.piece}: {use.title}",
        first_words(step, flow.languages[0]),
        found,
        within,
        step.goal,
    )


def _outcomes(flow: Flow, name: str, to: str, shut: Collection[str]) -> list[str]:
    """The outcomes of a piece that lead there."""
    leads = flow.uses[name].leads
    return [outcome for outcome, destination in leads.items() if _to(flow, destination, shut) == to]


def _inside(flow: Flow, name: str) -> Iterator[str]:
    yield name
    yield from (step for step in flow.steps if step.startswith(f"{name}."))


def _around(flow: Flow, name: str) -> str | None:
    """The innermost piece in which a step stands; not the one that it runs itself."""
    return max((use for use in flow.uses if name.startswith(f"{use}.")), key=len, default=None)


def _to(flow: Flow, to: str, shut: Collection[str]) -> str:
    """The node, or one of JUMPS, that a destination means."""
    match to:
        case "start":
            to = flow.start
        case "operator":
            to = flow.person
    return next((outer for outer in shut if to.startswith(f"{outer}.")), to)


def _drawn(flow: Flow, nodes: Mapping[str, Node]) -> Iterator[Node]:
    """The nodes in the order in which they are met, each way a line or a jump."""
    depth: dict[str, int] = {}
    first: set[tuple[str, int]] = set()
    times: dict[str, int] = {}
    roots = [_root(nodes, it) for it in (flow.start, flow.person, *nodes)]
    for root in roots:
        if root in depth or (root.startswith("service.") and root not in times):
            continue
        depth[root] = 0
        todo = deque([root])
        while todo:
            step = todo.popleft()
            for number, way in enumerate(nodes[step].ways if step in nodes else ()):
                times[way.to] = times.get(way.to, 0) + 1
                if way.to not in depth and way.to not in JUMPS:
                    depth[way.to] = depth[step] + 1
                    first.add((step, number))
                    todo.append(way.to)
    order = {step: number for number, step in enumerate(depth)}
    for step in order:
        if step == END:
            yield Node(END, "end", "end", "the call ends", "")
            continue
        ways = tuple(
            replace(way, jump=(step, number) not in first and _is_jump(step, way, order, depth, times))
            for number, way in enumerate(nodes[step].ways)
        )
        yield replace(nodes[step], ways=ways)


def _root(nodes: Mapping[str, Node], step: str) -> str:
    """The node of a step that may stand in a closed piece."""
    while step not in nodes and "." in step:
        step = step.rpartition(".")[0]
    return step


def _is_jump(step: str, way: Way, order: Mapping[str, int], depth: Mapping[str, int], times: Mapping[str, int]) -> bool:
    """Whether a way to a step that is met by another way is better named than drawn: it leads back, far, or many do."""
    if way.to in JUMPS or way.faint or times[way.to] > _MANY or order[way.to] <= order[step]:
        return True
    return not 0 < depth[way.to] - depth[step] <= _FAR


def _boxes(flow: Flow, shut: Collection[str]) -> Iterator[Box]:
    for name in sorted(flow.uses, key=lambda it: it.count(".")):
        if not any(name == outer or name.startswith(f"{outer}.") for outer in shut):
            use = flow.uses[name]
            yield Box(name, f"{use.piece}: {use.title}", _around(flow, name))
