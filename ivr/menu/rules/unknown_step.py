"""A destination that is no step of the file: the caller would be sent nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.graph import exits
from ivr.menu.problems import Severity, did_you_mean, shown
from ivr.menu.steps import RESERVED, Broken

ID = "unknown-step"
SEVERITY: Severity = "error"

MOST_HINTS = 50


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each destination in the file."""
    known = {*flow.steps, *RESERVED}
    tops = [(".start", flow.start), (".operator", flow.operator)]
    tops += [(f".anywhere.{key}", to) for key, to in flow.anywhere.items()]
    told = 0
    for address, to in [*tops, *_leads(flow)]:
        if to is None or to in known:
            if address in (".start", ".operator") and to in RESERVED:
                yield address, f"{address[1:]}: names a step of this file, and {shown(to)} is none"
            continue
        told += 1
        hint = did_you_mean(to, known) if told <= MOST_HINTS else ""
        yield address, f"there is no step {shown(to)}{hint}"


def _leads(flow: Flow) -> Iterator[tuple[str, str]]:
    for step in flow.steps.values():
        if not isinstance(step.act, Broken):
            for exit_ in exits(step):
                yield f"{step.name}.{exit_.key}", exit_.to
