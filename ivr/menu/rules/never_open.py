"""Hours that never open: most often a month, a year or a day is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity, shown

ID = "never-open"
SEVERITY: Severity = "warning"

_START = datetime(2024, 1, 1, tzinfo=UTC)


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each of the line's hours: whether they are open at any moment of twenty years from 2024 on."""
    for name, hours in flow.hours.items():
        if not hours.is_open(_START) and hours.next_change(_START) is None:
            yield f".hours.{name}", f"these hours never open: {shown(hours.source)}"
