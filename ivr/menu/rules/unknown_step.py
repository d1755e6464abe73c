"""A destination that is no step of the file: the caller would be sent nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import exits
from ivr.menu.problems import Severity, did_you_mean
from ivr.menu.steps import RESERVED, Broken

ID = "unknown-step"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each destination in the file."""
    known = [*flow.steps, *RESERVED]
    steps = set(known)
    tops = [(".start", flow.start), (".operator", flow.operator)]
    tops += [(f".anywhere.{key}", to) for key, to in flow.anywhere.items()]
    for address, to in tops:
        if to is not None and to not in steps:
            yield address, _message(to, known)
        elif address in (".start", ".operator") and to in RESERVED:
            yield address, f'"{to}" is a reserved destination, and {address[1:]} names a step of this file'
    for step in flow.steps.values():
        if isinstance(step.act, Broken):
            continue
        for exit_ in exits(step):
            if exit_.to not in steps:
                yield f"{step.name}.{exit_.key}", _message(exit_.to, known)


def _message(to: str, known: list[str]) -> str:
    return f'there is no step "{to}"{did_you_mean(to, known)}'
