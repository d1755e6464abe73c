"""Hours or look-ups that no step uses."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity, nearest
from ivr.menu.steps import Broken, Lookup, Menu, Opening

ID = "unused"
SEVERITY: Severity = "warning"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each declaration at the top of the file."""
    if any(isinstance(step.act, Broken) for step in flow.steps.values()):
        return
    hours: set[str | None] = set()
    lookups: set[str | None] = set()
    for step in flow.steps.values():
        match step.act:
            case Opening(hours=name):
                hours.add(name)
            case Menu(options=options):
                hours |= {option.hours for option in options if option.hours}
            case Lookup(lookup=name):
                lookups.add(name)
    # What a misspelt name most likely means is used.
    hours |= {nearest(name, flow.hours) for name in hours - set(flow.hours) if name}
    lookups |= {nearest(name, flow.lookups) for name in lookups - set(flow.lookups) if name}
    for name in flow.hours:
        if name not in hours:
            yield f".hours.{name}", f'no step uses the hours "{name}"'
    for name in flow.lookups:
        if name not in lookups:
            yield f".lookups.{name}", f'no step uses the look-up "{name}"'
