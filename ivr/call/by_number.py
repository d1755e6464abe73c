"""Which steps decide by the caller's number, of which the log keeps four digits alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.menu.conditions import names_in
from ivr.menu.flow import Flow
from ivr.menu.steps import Act, Dial, If, Menu, Queue, Set, Step, Switch

NUMBER = "call.from"


def by_number(flow: Flow) -> Mapping[str, frozenset[str]]:
    """The steps that do, each with what it decides by: conditions and names as they are written."""
    known = _from_number(flow)
    found = {
        name: frozenset(written for written, names in _decides(step) if names & known)
        for name, step in flow.steps.items()
    }
    return {name: by for name, by in found.items() if by}


def _from_number(flow: Flow) -> set[str]:
    """The names whose values are made of it."""
    known, before = {NUMBER}, 0
    while len(known) > before:
        before = len(known)
        for step in flow.steps.values():
            if isinstance(step.act, Set):
                known |= {name for name, template in step.act.set.items() if known & set(template.names)}
    return known


def _decides(step: Step[Act]) -> Iterator[tuple[str, set[str]]]:
    match step.act:
        case If(when=when):
            yield when.source, set(names_in(when))
        case Switch(switch=name):
            yield name, {name}
        case Dial(to=to):
            yield to.source, set(to.names)
        case Queue(priority=priority) if priority.name:
            yield priority.name, {priority.name}
        case Menu(options=options):
            for option in options:
                if option.when is not None:
                    yield option.when.source, set(names_in(option.when))
