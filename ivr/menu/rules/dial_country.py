"""A number out of a name, dialled without saying which countries may be called: somebody else's bill."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity
from ivr.menu.steps import Dial

ID = "dial-country"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each dial of a name."""
    for step in flow.steps.values():
        if isinstance(step.act, Dial) and step.act.to.names and not step.act.allow:
            yield (
                f"{step.name}.dial",
                "a number from a name may be any number; say which countries: allow: [US]",
            )
