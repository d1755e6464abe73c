"""Hours that a step or an option names and the file does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity, did_you_mean, one_of
from ivr.menu.steps import Menu, Opening

ID = "unknown-hours"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each use of hours."""
    declared = {address.split(".", 2)[2] for address in flow.marks if address.startswith(".hours.")}
    for step in flow.steps.values():
        uses = []
        match step.act:
            case Opening(hours=name):
                uses = [(f"{step.name}.hours", name)]
            case Menu(options=options):
                uses = [(f"{option.prompt.address}.hours", option.hours) for option in options if option.hours]
        for address, name in uses:
            if name not in declared:
                yield (
                    address,
                    f'there are no hours "{name}"{did_you_mean(name, declared)}; known: {one_of(sorted(declared))}',
                )
