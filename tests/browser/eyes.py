"""A page as others see it: what axe-core finds, whether it fits the window; on a desk's screen and on a phone's."""

from __future__ import annotations

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from phones import PHONE, WIDE
from playwright.sync_api import Page, ViewportSize


def findings(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical."""
    result = Axe().run(page)
    return [
        f"{found['impact']} {found['id']}: {[node['target'] for node in found['nodes']]}"
        for found in result.response["violations"]
        if found["impact"] in ("serious", "critical")
    ]


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def screens(page: Page) -> Iterator[ViewportSize]:
    """Make the tab 1280 pixels wide in light colours, then 390 in dark ones; its size each time."""
    for size, colours in ((WIDE, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        yield size  # type: ignore[misc]


def spotless(page: Page, address: str) -> None:
    """Nothing is wider than the window, and axe-core finds nothing; `address` tells which page it was."""
    assert fits(page), f"{address} is wider than the window"
    found = findings(page)
    assert not found, (address, found)
