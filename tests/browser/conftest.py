"""One service and one Chromium for the tests of a worker; a fresh browser profile for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desks import Desk, Desks, Opens
from phones import WIDE, Phone, Served, chromium
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder is for `make ci`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service."""
    if chromium() is None:
        pytest.skip("there is no Chromium on this machine (Debian: chromium)")
    made = Served(tmp_path_factory.mktemp("served"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    where = chromium()
    if where is None:
        pytest.skip("there is no Chromium on this machine (Debian: chromium)")
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=where, args=["--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile: its tabs share nothing with those of other tests."""
    made = browser.new_context(viewport=WIDE)
    yield made
    made.close()


@pytest.fixture
def opens(desks: Desks, browser: Browser) -> Iterator[Opens]:
    """Opens a page for people (the module's own `desks`) in a profile of its own, and waits until plots are drawn."""
    opened: list[Desk] = []

    def open_page(path: str, *, plots: bool = True, **options: object) -> Desk:
        desk = Desk(browser, desks.url, "sue", path, **({"viewport": WIDE} | options))
        opened.append(desk)
        if plots:
            desk.page.wait_for_selector('html[data-plots="drawn"]', timeout=60_000)
        return desk

    yield open_page
    for desk in opened:
        desk.close()


@pytest.fixture
def phone(served: Served, context: BrowserContext) -> Iterator[Callable[[], Phone]]:
    """Opens tabs with the phone; a script's error in any of them is one of the test."""
    errors: list[str] = []

    def open_tab() -> Phone:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Security" in message.text else None)
        return Phone(page, served.url)

    yield open_tab
    assert errors == []
