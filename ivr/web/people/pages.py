"""The pages that there are, for the navigation."""

from __future__ import annotations

from ivr.switchboard.roles import Deed

Page = tuple[Deed, str, str, str]

PAGES: tuple[Page, ...] = (
    ("desk", "Desk", "/desk", "Take calls, and work through messages and callbacks"),
    ("supervise", "Live", "/desk/live", "Queues, callers and agents as they are now"),
    ("console", "Console", "/console", "Menus: what is live, edit, try, publish, and go back"),
    ("reports", "Reports", "/reports", "Where the line helps callers, and where it loses them"),
    ("people", "People", "/people", "Who may sign in, and as what"),
)
"""What a role must allow, the name, the address, and what one does there."""


def pages() -> tuple[Page, ...]:
    """All pages, for templates."""
    return PAGES


def shown(path: str) -> str | None:
    """The address of the page to which a path belongs: of those that begin it, the longest."""
    return max((it for _, _, it, _ in PAGES if path == it or path.startswith(f"{it}/")), key=len, default=None)
