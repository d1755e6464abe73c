"""What callers did, to be put on a picture: how many came to each step and took each way, and where they are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.menu.drawing import Node, Way

LEAST = 20
"""Calls of which a share is told as a colour; a share of fewer says little."""

_TROUBLE = (0.05, 0.15, 0.3)


@dataclass(frozen=True, slots=True)
class StepFigures:
    """Of one step: visits, the calls that came to it, how many of them were in trouble, and hung up, there."""

    visits: int
    calls: int
    trouble: int
    hung_up: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What callers did in a line. `said` tells of which calls, for people: "1,234 calls in 7 days".

    `ways` are visits by (step, key of `graph.Exit`); ways that the log cannot tell apart, since they lead to the same
    step, are together in the first of them. `anywhere` are visits left by a key that works anywhere. `here` are calls
    that are at a step now.
    """

    said: str = ""
    calls: int = 0
    steps: Mapping[str, StepFigures] = field(default_factory=dict)
    ways: Mapping[tuple[str, str], int] = field(default_factory=dict)
    anywhere: Mapping[str, int] = field(default_factory=dict)
    here: Mapping[str, int] = field(default_factory=dict)

    def of_node(self, node: Node) -> StepFigures | None:
        """Those of a node; of a closed piece, what happened at any of its steps."""
        it = self.steps.get(node.step)
        if node.kind != "piece" or it is None:
            return it
        inner = [of for step, of in self.steps.items() if step.startswith(f"{node.step}.")]
        # A call in trouble at two steps of a piece is counted twice, so never say more than came.
        trouble = min(sum((of.trouble for of in inner), it.trouble), it.calls)
        return StepFigures(it.visits, it.calls, trouble, it.hung_up + sum(of.hung_up for of in inner))

    def of_way(self, way: Way) -> int:
        """Visits that left by it."""
        return sum(self.ways.get(exit_, 0) for exit_ in way.exits)

    def at(self, node: Node) -> int:
        """Calls that are at the node now."""
        if node.kind != "piece":
            return self.here.get(node.step, 0)
        return sum(n for step, n in self.here.items() if step == node.step or step.startswith(f"{node.step}."))

    def width(self, way: Way) -> float:
        """How wide its line is, in points: 1 to 8, by the share of all calls that went so."""
        return 1 + 7 * min(self.of_way(way) / self.calls, 1.0) if self.calls else 1.0


def level(of: StepFigures | None) -> int:
    """How bad the trouble at a step is, from 0 (below 5 % of the calls) to 3 (30 % or more)."""
    if of is None or of.calls < LEAST:
        return 0
    return sum(of.trouble >= share * of.calls for share in _TROUBLE)


def words(of: StepFigures | None) -> str:
    """The figures of a step in words."""
    if of is None or not of.calls:
        return "no calls"
    told = [f"{of.calls:,} {'call' if of.calls == 1 else 'calls'}"]
    if of.trouble:
        told.append(f"{_percent(of.trouble, of.calls)} in trouble")
    if of.hung_up:
        told.append(f"{of.hung_up:,} hung up")
    return ", ".join(told)


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return f"{share:.1f} %" if share < 10 else f"{share:.0f} %"
