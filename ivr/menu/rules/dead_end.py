"""A step from which no path leads to an end or a person, or none for a caller who presses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import clusters, reachable, without_way_out
from ivr.menu.problems import Severity, all_of

ID = "no-way-out"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each group of steps that callers can come to and not out of, at its first step."""
    known = reachable(flow)
    stuck = without_way_out(flow, silent=False)
    for first, *others in clusters(flow, stuck & known):
        yield first, f"from here{_and(others)} no way leads to an end or a person; lead one to hangup or operator"
    silent = without_way_out(flow, silent=True) - stuck
    for first, *others in clusters(flow, silent & known):
        message = f"a caller who presses nothing goes round for ever from here{_and(others)}"
        yield first, f"{message}; lead give_up to an end or a person"


def _and(others: list[str]) -> str:
    return f" (and from {all_of(others, most=5)})" if others else ""
