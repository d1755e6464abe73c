"""A menu whose keys leave one out: callers who hear 1, 2 and 4 wonder what 3 is."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity, all_of
from ivr.menu.steps import Menu

ID = "key-gap"
SEVERITY: Severity = "warning"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each menu's keys 1 to 9; 0, star and pound stand apart, and so do the keys that work anywhere."""
    for step in flow.steps.values():
        if not isinstance(step.act, Menu):
            continue
        keys = {int(option.key) for option in step.act.options if option.key in "123456789"}
        taken = {int(key) for key in flow.anywhere if key.isdigit()}
        missing = [str(key) for key in range(1, max(keys - taken, default=0)) if key not in keys | taken]
        if missing:
            yield (
                f"{step.name}.menu",
                f"the keys leave out {all_of(missing)}; number without gaps",
            )
