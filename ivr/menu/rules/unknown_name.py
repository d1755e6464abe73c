"""A name in words, conditions or look-ups that nothing gives a value to."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.names import BUILT_IN, used
from ivr.menu.problems import Severity, did_you_mean, one_of
from ivr.menu.steps import Broken

ID = "unknown-name"
SEVERITY: Severity = "error"

MOST_HINTS = 50


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each name once in each place where it is used."""
    known = {**BUILT_IN, **flow.types}
    roots = {name.split(".")[0] for name in known if "." in name}
    unread = {name for step in flow.steps.values() if isinstance(step.act, Broken) for name in step.act.names}
    unread |= flow.written_lookups - set(flow.lookups)
    told = set()
    for use in used(flow.steps, flow.lookups):
        root, dot, _ = use.name.partition(".")
        if (use.name, use.address) in told or root in unread or use.name.rpartition(".")[0] in unread:
            continue
        told.add((use.name, use.address))
        if root == "env" and dot:
            if ".headers." not in use.address:
                message = f'"<{use.name}>" is a setting of the service, and only the headers of a look-up can have it'
                yield use.address, message
        elif use.name in roots and (use.where == "condition" or use.name not in known):
            fields = sorted(name for name in known if name.startswith(f"{root}."))
            kind = "piece" if use.name in flow.uses else "look-up"
            yield use.address, f'"{use.name}" is a {kind}; name one of its values: {one_of(fields)}'
        elif use.name not in known:
            hint = did_you_mean(use.name, known) if len(told) <= MOST_HINTS else ""
            message = f'nothing gives "{use.name}" a value{hint}; values come from save:, set: or a look-up'
            yield use.address, message
