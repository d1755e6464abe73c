"""What goes into a piece is of the type that it needs, and only what it gives comes out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.menu.flow import Flow, Use
from ivr.menu.names import BUILT_IN, used
from ivr.menu.problems import Severity, all_of, shown
from ivr.menu.steps import Set
from ivr.menu.values import Type

ID = "piece-values"
SEVERITY: Severity = "error"

_WRITTEN: dict[Type, str] = {
    "text": r".*",
    "digits": r"[0-9]+",
    "money": r"[0-9]+(\.[0-9]{1,2})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "time": r"[0-9]{2}:[0-9]{2}",
    "phone": r"\+[1-9][0-9]{6,14}",
}
"""How a value of the type is written out; those of other types come from names alone."""


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each step that runs a piece, and each use of a piece's values outside of it."""
    if not flow.uses:
        return
    for name, use in flow.uses.items():
        yield from _needs(flow, name, use)
        if name in flow.types or name in flow.lookups:
            yield name, f'"{name}" is also the name of a value; this step needs one of its own'
        for given in use.gives:
            if f"{name}.{given}" not in flow.types:
                yield (
                    name,
                    f'the piece "{use.piece}" says that it gives {shown(given)}, and no step of it saves that',
                )
    for value in used(flow.steps, flow.lookups):
        at = value.address.removeprefix(".lookups.")
        outside = (it for it in flow.uses if value.name.startswith(f"{it}.") and not at.startswith(f"{it}."))
        owner = min(outside, key=len, default=None)
        if owner is None:
            continue
        use, inner = flow.uses[owner], value.name.removeprefix(f"{owner}.")
        if inner not in use.gives:
            gives = f"it gives {all_of(use.gives)}" if use.gives else "it gives none"
            yield value.address, f'"{value.name}" stays inside the piece "{use.piece}"; {gives}'


def _needs(flow: Flow, name: str, use: Use) -> Iterator[tuple[str, str]]:
    act = flow.steps[name].act
    given = act.set if isinstance(act, Set) else {}
    for need, type_ in use.needs.items():
        template = given.get(f"{name}.{need}")
        if template is None:
            continue  # that it is missing is told already
        source = template.only_name
        types = {**flow.types, **BUILT_IN}
        if source in types:
            fits = type_ in ("text", types[source])
            found = f'"{source}" is of type {types[source]}'
        else:
            fits = source is not None or re.fullmatch(_WRITTEN.get(type_, "(?!)"), template.source) is not None
            found = f"{shown(template.source)} is none"
        if not fits:
            yield f"{name}.with.{need}", f'the piece "{use.piece}" needs {shown(need)} of type {type_}, and {found}'
