"""A look-up that a step names and the file does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity, did_you_mean, one_of
from ivr.menu.steps import Lookup

ID = "unknown-lookup"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each step that looks something up."""
    declared = flow.written_lookups
    for step in flow.steps.values():
        if isinstance(step.act, Lookup) and step.act.lookup not in declared:
            name = step.act.lookup
            hint = did_you_mean(name, declared)
            yield (
                f"{step.name}.lookup",
                f'there is no look-up "{name}"{hint}; known: {one_of(sorted(declared))}',
            )
