"""A step that no caller can come to: most often a destination elsewhere is misspelt or was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import reachable
from ivr.menu.problems import Severity

ID = "unreachable"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each step; none where the start itself is unknown, since then all would be."""
    if flow.start not in flow.steps:
        return
    known = reachable(flow)
    for name in flow.steps:
        if name not in known:
            yield name, f'nothing leads to step "{name}"; lead to it from somewhere, or remove it'
