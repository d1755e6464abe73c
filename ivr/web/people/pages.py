"""The pages that there are, for the navigation."""

from __future__ import annotations

from ivr.switchboard.roles import Deed

Page = tuple[Deed, str, str, str]

PAGES: tuple[Page, ...] = (("people", "People", "/people", "Who may sign in, and as what"),)
"""What a role must allow, the name, the address, and what one does there."""


def pages() -> tuple[Page, ...]:
    """All pages, for templates."""
    return PAGES
