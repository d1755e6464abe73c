"""A service of the tests' own, and a tab of its first owner, who followed the link that it showed when it started."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from people_rooms import PASSWORD
from phones import ROOT, WIDE, Served, until
from playwright.sync_api import Browser, BrowserContext, Page


@contextmanager
def serving(folder: Path, recordings: Path = ROOT / "recordings") -> Iterator[Served]:
    """Give a service, as `make run` starts it, once it welcomes people; it is stopped at the end."""
    made = Served(folder, recordings=recordings)
    try:
        until(made.welcomes, 120)
        yield made
    finally:
        made.stop()


@contextmanager
def flawless(browser: Browser, **options: object) -> Iterator[BrowserContext]:
    """Give a profile; nothing may go wrong in its tabs: no script fails, and none is refused by the page's policy."""
    errors: list[str] = []
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.on("weberror", lambda it: errors.append(str(it.error)))
    context.on("console", lambda it: errors.append(it.text) if "Security" in it.text else None)
    yield context
    context.close()
    assert not errors, errors


@contextmanager
def owners_tab(
    served: Served, browser: Browser, *, button: str = "Keep it and sign in", **options: object
) -> Iterator[Page]:
    """Give a tab of the first owner, who has signed in, in a flawless profile with these options."""
    with flawless(browser, **({"viewport": WIDE} | options)) as context:
        page = context.new_page()
        welcome(page, served, button)
        yield page


def welcome(page: Page, served: Served, button: str = "Keep it and sign in") -> None:
    """Follows the link of the first owner, which works once, and chooses the password."""
    link = re.search(r"http://\S+/welcome/\S+", served.log.read_text())
    assert link
    page.goto(link[0])
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.get_by_role("button", name=button).click()
    page.wait_for_url(f"{served.people}/")
