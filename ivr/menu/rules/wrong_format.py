"""A value spoken in a format that does not fit its type, such as a name as a date."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.names import BUILT_IN, used
from ivr.menu.problems import Severity, one_of
from ivr.menu.values import SPOKEN_AS

ID = "wrong-format"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each value in words, and what look-ups, switches, numbers to dial and priorities are made of."""
    known = {**BUILT_IN, **flow.types}
    for use in used(flow.steps, flow.lookups):
        type_ = known.get(use.name)
        if type_ is None:
            continue
        if use.value and use.value.format and use.value.format not in SPOKEN_AS[type_]:
            fits = one_of(SPOKEN_AS[type_])
            yield (
                use.address,
                f'"{use.name}" is of type {type_}, which can be spoken as {fits}, not as {use.value.format}',
            )
        elif use.value and not use.value.format and type_ == "moment":
            yield use.address, f"write <{use.name} as time> or <{use.name} as date>"
        elif use.where == "dial" and type_ not in ("phone", "text", "digits"):
            yield use.address, f'"{use.name}" is of type {type_} and cannot be dialled; type phone can'
        elif use.where == "priority" and type_ not in ("number", "digits"):
            yield use.address, f'"{use.name}" is of type {type_} and is no number of seconds; type number is'
