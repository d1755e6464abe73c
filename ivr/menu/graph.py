"""Which step leads where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from ivr.menu.flow import Flow
from ivr.menu.steps import (
    Act,
    Ask,
    Broken,
    Dial,
    Language,
    Menu,
    Queue,
    Step,
    Survey,
    Switch,
    Voicemail,
    destination,
)

END = "hangup"


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a step: the key that names it (`give_up`, `menu.1`, `cases.gold`), and where it leads."""

    key: str
    to: str


def exits(step: Step[Act]) -> Iterator[Exit]:
    """Every way out that the file writes or implies, in the file's order of kinds."""
    act = step.act
    if isinstance(act, Broken):
        for to in act.leads:
            yield Exit("", to)
        return
    if isinstance(act, Menu):
        for option in act.options:
            yield Exit(option.prompt.address.removeprefix(f"{step.name}."), option.to)
        if act.extension:
            yield Exit("extension.go", act.extension.go)
    if isinstance(act, Switch):
        for value, to in act.cases.items():
            yield Exit(f"cases.{value}", to)
    for spec in fields(act):
        if spec.metadata.get("shape") is destination:
            yield Exit(spec.metadata["name"] or spec.name, getattr(act, spec.name))


def awaits_keys(step: Step[Act]) -> bool:
    """Whether the caller presses keys there, and may come back to do so. A survey nobody comes back to."""
    return isinstance(step.act, (Menu, Ask, Language))


def reaches_person(step: Step[Act]) -> bool:
    """Whether the step hands the caller over: a number is dialled, an agent is waited for, a message is taken."""
    return isinstance(step.act, (Dial, Queue, Voicemail))


def silent_exits(step: Step[Act]) -> Iterator[Exit]:
    """The ways out for a caller who presses nothing."""
    if isinstance(step.act, (Menu, Ask)):
        yield Exit("give_up", step.act.give_up)
    else:
        yield from exits(step)


_BACK = "(the last place that awaited keys)"


def target(flow: Flow, to: str) -> str:
    """The step that a destination means: its own, the start, the person; what leads back leads to no step of a name."""
    match to:
        case "start":
            return flow.start
        case "operator":
            return flow.person
        case "back" | "repeat":
            return _BACK
    return to


def reachable(flow: Flow, also: Iterable[str] = ()) -> set[str]:
    """The names of the steps that some caller can come to: from the start, in trouble, or from `also`."""
    roots = [flow.start, flow.person, flow.rescue, *also]
    if any(awaits_keys(step) or isinstance(step.act, Survey) for step in flow.steps.values()):
        roots += flow.anywhere.values()
    return _spread(
        roots, {name: [target(flow, exit_.to) for exit_ in exits(step)] for name, step in flow.steps.items()}
    )


def without_way_out(flow: Flow, *, silent: bool) -> set[str]:
    """The steps from which no path leads to an end or a person; with `silent`, no path of a silent caller.

    What leads `back` leads to some place that awaits keys; which one only a call knows, so any will do.
    """
    sources: dict[str, list[str]] = {}
    goals = [END, flow.rescue]
    known = {*flow.steps, flow.rescue, _BACK}
    for name, step in flow.steps.items():
        # A silent caller leaves no message: for them a voicemail is a step like any other.
        handed = isinstance(step.act, (Dial, Queue)) if silent else reaches_person(step)
        if handed or isinstance(step.act, Broken):
            goals.append(name)
        for exit_ in silent_exits(step) if silent else exits(step):
            to = target(flow, exit_.to)
            sources.setdefault(to, []).append(name)
            if to not in known:
                goals.append(to)  # a destination that is unknown is told as such, and may be any
        if awaits_keys(step):
            sources.setdefault(name, []).append(_BACK)
            if not silent:
                for to in flow.anywhere.values():
                    if to not in ("back", "repeat"):
                        sources.setdefault(target(flow, to), []).append(name)
    return set(flow.steps) - _spread(goals, sources)


def clusters(flow: Flow, names: set[str]) -> Iterator[list[str]]:
    """The steps of these names in groups that hang together, each in the file's order."""
    links: dict[str, set[str]] = {name: set() for name in [*names, _BACK]}
    for name in names:
        step = flow.steps[name]
        for to in [target(flow, exit_.to) for exit_ in exits(step)] + [_BACK] * awaits_keys(step):
            if to in links:
                links[name].add(to)
                links[to].add(name)
    order = {name: number for number, name in enumerate(flow.steps)}
    seen: set[str] = set()
    for name in sorted(names, key=order.__getitem__):
        if name not in seen:
            group = _spread([name], links) & names
            seen |= group
            yield sorted(group, key=order.__getitem__)


def _spread(roots: Iterable[str], leads: Mapping[str, Iterable[str]]) -> set[str]:
    seen = set(roots)
    todo = list(seen)
    while todo:
        for name in leads.get(todo.pop(), ()):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen
