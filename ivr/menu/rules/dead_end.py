"""A step from which no path leads to an end or a person, or none for a caller who presses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import reachable, without_way_out
from ivr.menu.problems import Severity

ID = "no-way-out"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each step that a caller can come to."""
    known = reachable(flow)
    stuck = without_way_out(flow, silent=False)
    for name in flow.steps:
        if name in stuck and name in known:
            yield (
                name,
                "from here no way leads to an end or a person; lead one to hangup, operator or a voicemail",
            )
    silent = without_way_out(flow, silent=True) - stuck
    for name in flow.steps:
        if name in silent and name in known:
            yield (
                name,
                "a caller who presses nothing goes round for ever from here; lead give_up to an end or a person",
            )
