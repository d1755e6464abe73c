"""A step that no caller can come to: most often a destination elsewhere is misspelt or was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import exits, reachable
from ivr.menu.problems import Severity, nearest, shown
from ivr.menu.steps import RESERVED, Broken

ID = "unreachable"
SEVERITY: Severity = "error"

MOST_GUESSES = 50


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each step; none where the start itself is unknown, since then all would be.

    A step that a misspelt destination most likely means is no second problem, nor are steps that a broken one
    without any destination may lead to.
    """
    if flow.start not in flow.steps:
        return
    known = {*flow.steps, *RESERVED}
    leads = [exit_.to for step in flow.steps.values() for exit_ in exits(step)]
    leads += [*flow.anywhere.values(), flow.operator or flow.start]
    unknown = dict.fromkeys(to for to in leads if to not in known)
    meant = [near for to in list(unknown)[:MOST_GUESSES] if (near := nearest(to, known))]
    reached = reachable(flow, also=meant)
    if any(isinstance(step.act, Broken) and step.act.anywhere for name, step in flow.steps.items() if name in reached):
        return
    for name in flow.steps:
        if name not in reached and name not in RESERVED:  # such a name is a problem of its own
            yield name, f"nothing leads to step {shown(name)}; lead to it from somewhere, or remove it"
