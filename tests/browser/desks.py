"""The pages for people, served with a line, a team and a day's work; and what people do at them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from desk_day import Day
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from ivr.config import Settings
from ivr.store.embedded import Embedded
from ivr.store.sql import migrate, open_engine
from ivr.web.people import create_people
from ivr.web.people.guard import hashed
from ivr.web.people.office import Office

PASSWORD = "correct horse battery"
PEOPLE = (("ana", "agent", "ana"), ("raj", "agent", "raj"), ("sue", "supervisor", None))


class Desks:
    """A door for people on a free port, until it is closed."""

    def __init__(self, folder: Path) -> None:
        self._valkey = Embedded(folder / "valkey")
        settings = Settings(
            redis_url=self._valkey.__enter__().url, data=folder, menus=folder / "menus", secret_key="k" * 40
        )
        settings.menus.mkdir()
        engine = open_engine(settings.database)
        migrate(engine)
        engine.dispose()
        app = create_people(settings)
        self.office: Office = app.extensions["ivr"]
        self.day = Day(self.office)
        for name, role, agent in PEOPLE:
            self.office.people.set_password(self.office.people.add(name, role, agent).id, hashed(PASSWORD))
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        """Ends the door, and all behind it."""
        self._server.shutdown()
        self._thread.join(30)
        self._server.server_close()
        self.office.close()
        self._valkey.__exit__(None, None, None)


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
