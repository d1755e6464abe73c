"""One name with two types, with a look-up's fields, or with a meaning of its own."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.names import RESERVED_ROOTS, Declared, declared
from ivr.menu.problems import Severity
from ivr.menu.steps import RESERVED

ID = "duplicate-name"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each name that gets a value, and the names of steps."""
    for name in flow.steps:
        if name in RESERVED:
            yield name, f'"{name}" is a destination that every line has; give this step another name'
    for name in flow.lookups:
        if name in RESERVED_ROOTS:
            yield f".lookups.{name}", f'"{name}" has a meaning of its own; give this look-up another name'
    first: dict[str, Declared] = {}
    for entry in declared(flow.steps, flow.lookups):
        if entry.name in RESERVED_ROOTS:
            yield entry.address, f'"{entry.name}" has a meaning of its own; save under another name'
        other = first.setdefault(entry.name, entry)
        if other.type != entry.type:
            yield (
                entry.address,
                f'"{entry.name}" is {other.type} elsewhere ({other.address}), and {entry.type} here',
            )
        elif other.secret != entry.secret:
            yield (
                entry.address,
                f'"{entry.name}" is secret in one place and not in the other ({other.address})',
            )
