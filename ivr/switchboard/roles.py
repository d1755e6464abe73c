"""Roles: what people who sign in may do."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["agent", "supervisor", "analyst", "ops", "owner"]
ROLES: tuple[Role, ...] = get_args(Role)

Deed = Literal["desk", "supervise", "reports", "listen", "unmask", "console", "publish", "people"]
"""What can be allowed: to take calls at the desk, to see and move all calls and agents, to read reports, to hear
recordings, to see whole numbers, to look at menus, to change what callers hear, to manage people."""

MAY: dict[Role, frozenset[Deed]] = {
    "agent": frozenset({"desk"}),
    "supervisor": frozenset({"desk", "supervise", "reports", "listen", "unmask"}),
    "analyst": frozenset({"reports", "listen"}),
    "ops": frozenset({"console", "publish", "reports"}),
    "owner": frozenset(get_args(Deed)),
}

SAYS: dict[Role, str] = {
    "agent": "takes calls at the desk, and works through callbacks and messages",
    "supervisor": "the same, and sees and moves all callers and agents, reads reports, hears messages",
    "analyst": "reads the reports and the call log, and hears messages",
    "ops": "edits, checks and publishes menus, and reads the reports",
    "owner": "everything, and manages people",
}


def may(role: str, deed: Deed) -> bool:
    """Whether the role allows the deed; an unknown role allows nothing."""
    return deed in MAY.get(role, frozenset())  # type: ignore[call-overload]  # it comes from SQL
