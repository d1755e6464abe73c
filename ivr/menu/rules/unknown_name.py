"""A name in words, conditions or look-ups that nothing gives a value to."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.names import BUILT_IN, used
from ivr.menu.problems import Severity, did_you_mean

ID = "unknown-name"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each use of a name."""
    known = {**BUILT_IN, **flow.types}
    roots = {name.split(".")[0] for name in known if "." in name}
    broken = {address.split(".")[2] for address in flow.marks if address.startswith(".lookups.")} - set(flow.lookups)
    for use in used(flow.steps, flow.lookups):
        root = use.name.split(".")[0]
        if root == "env" and "." in use.name:
            if ".headers." not in use.address:
                yield (
                    use.address,
                    f'"<{use.name}>" comes from the settings, and can stand in the headers of a look-up only',
                )
        elif (
            (use.name in known and not (use.where == "condition" and use.name in roots))
            or root in broken
            or f"{root}.{{}}" in known
        ):
            continue
        elif use.name in roots:
            fields = sorted(name for name in known if name.startswith(f"{root}."))
            yield use.address, f'"{use.name}" has fields; name one of them: {", ".join(fields)}'
        else:
            hint = did_you_mean(use.name, known)
            yield (
                use.address,
                f'nothing gives "{use.name}" a value{hint}; a name is saved, set or given by a look-up',
            )
