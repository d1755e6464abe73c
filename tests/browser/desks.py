"""The pages for people, served with a line, a team and a day's work; and what people do at them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from desk_day import Day
from people_rooms import PASSWORD, at_a_port, joins, office_of, opened, settings_in
from playwright.sync_api import Browser, Page, expect

from ivr.store.embedded import Embedded

PEOPLE = (("ana", "agent", "ana"), ("raj", "agent", "raj"), ("sue", "supervisor", None))


class Desks:
    """A door for people on a free port, until it is closed."""

    def __init__(self, folder: Path) -> None:
        self._held = ExitStack()
        redis_url = self._held.enter_context(Embedded(folder / "valkey")).url
        app = self._held.enter_context(opened(settings_in(folder, redis_url)))
        self.office = office_of(app)
        self.day = Day(self.office)
        for name, role, agent in PEOPLE:
            joins(self.office, name, role, agent)
        self.url = self._held.enter_context(at_a_port(app))

    def close(self) -> None:
        """Ends the door, and all behind it."""
        self._held.close()


class Desk:
    """One person's tab, in a profile of its own."""

    def __init__(self, browser: Browser, url: str, name: str, path: str, **options: object) -> None:
        self._context = browser.new_context(**options)  # type: ignore[arg-type]
        self.errors: list[str] = []
        self.page: Page = self._context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda it: self.errors.append(it.text) if "Security" in it.text else None)
        self.page.goto(f"{url}{path}")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url(f"{url}{path}")

    def is_(self, words: str) -> None:
        """Waits until they are that."""
        expect(self.page.locator("#me-state")).to_have_text(words)

    def said(self, words: str) -> None:
        """Waits for what came of a deed."""
        expect(self.page.locator("#said")).to_contain_text(words)

    def close(self) -> None:
        """Closes the tab; nothing may have gone wrong in it."""
        self._context.close()
        assert self.errors == []


Opens = Callable[..., Desk]
"""Opens a page: its path, whether plots are waited for, options of the browser's profile."""
