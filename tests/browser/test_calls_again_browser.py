"""The calls of the reports in a browser: found, told, and made again in the browser phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from owners import welcome
from phones import QUICK, Phone, Served, until
from playwright.sync_api import Browser, Page, expect


@pytest.fixture(scope="module")
def reader(served: Served, browser: Browser) -> Iterator[Page]:
    """A tab of the service's owner at the reports."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    until(served.welcomes, 60)
    welcome(page, served)
    yield page
    context.close()


def told(page: Page, served: Served, sid: str) -> None:
    """Opens the call's page, once its end is in the log."""
    page.goto(f"{served.people}/reports/calls/{sid}")
    for _ in range(60):
        if page.locator(".timeline li.edge", has_text=re.compile("hung up", re.IGNORECASE)).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())


def placed(phone: Callable[[], Phone], *keys: str) -> str:
    """Calls the line Quick, presses keys at its menu, and hangs up: the sid."""
    tab = phone()
    tab.page.click("#mute")
    tab.page.click("#inspect")
    tab.call(QUICK, "2026-07-01T10:00")
    for at, key in enumerate(keys, 1):
        tab.hears("To sign in", times=at)
        tab.press(key)
    tab.hears("To sign in", times=len(keys) + 1)
    sid = tab.sid()
    tab.page.click("#hang-up")
    tab.status("Call ended")
    return sid


def test_a_call_is_made_again(served: Served, phone: Callable[[], Phone], reader: Page) -> None:
    """The link of its page opens the phone, which does what the caller did, key by key, at the same time of the log."""
    sid = placed(phone, "3")
    told(reader, served, sid)
    expect(reader.locator(".timeline")).to_contain_text("We are open.")
    link = reader.get_by_role("link", name="In the browser phone").get_attribute("href")
    assert link
    assert link.startswith(served.url)
    tab = phone()
    tab.page.goto(link)
    tab.page.reload()
    expect(tab.page.locator("#to")).to_have_value(QUICK)
    expect(tab.page.locator("#moment")).to_have_value("2026-07-01T10:00")
    expect(tab.page.locator("#again li")).to_have_count(2)
    tab.page.click("#mute")
    tab.page.click("#again-start")
    tab.hears("We are open.")
    expect(tab.page.locator("#again-says")).to_have_text("All of it was done as it was then.", timeout=60_000)
    tab.status("Call ended")


def test_where_the_call_goes_another_way_it_waits(served: Served, phone: Callable[[], Phone], reader: Page) -> None:
    """It says where the call was then and where it is now, and goes on when told to."""
    sid = placed(phone, "3")
    told(reader, served, sid)
    link = reader.get_by_role("link", name="In the browser phone").get_attribute("href")
    tab = phone()
    tab.page.goto(str(link))
    tab.page.reload()
    expect(tab.page.locator("#again li")).to_have_count(2)
    tab.page.click("#mute")
    tab.page.click("#again-start")
    tab.hears("To sign in")
    tab.press("1")  # somebody else's way: to the question for the PIN
    expect(tab.page.locator("#again-says")).to_contain_text("Here the call goes another way", timeout=60_000)
    expect(tab.page.locator("#again-says")).to_contain_text("Then it was at main")
    expect(tab.page.locator("#again-start")).to_have_text("Go on")
    tab.page.click("#again-stop")
    expect(tab.page.locator("#again-says")).to_have_text("You go on by yourself.")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_readable(served: Served, phone: Callable[[], Phone], reader: Page, width: int) -> None:
    """Without a serious finding of axe, without scrolling sideways, and the list is gone through by keyboard."""
    sid = placed(phone, "4")
    told(reader, served, sid)
    reader.set_viewport_size({"width": width, "height": 844})
    for path in (f"/reports/calls/{sid}", "/reports/calls?since=2026-07-01&until=2026-07-01", "/reports/voice"):
        reader.goto(f"{served.people}{path}")
        found = Axe().run(reader).response["violations"]
        assert [it["id"] for it in found if it["impact"] in ("serious", "critical")] == [], path
        assert reader.evaluate("document.documentElement.scrollWidth") <= width, path
    reader.goto(f"{served.people}/reports/calls?since=2026-07-01&until=2026-07-01")
    row = reader.locator(".calls tbody a").first
    row.focus()
    reader.keyboard.press("Enter")
    expect(reader.locator(".timeline")).to_be_visible()
    reader.set_viewport_size({"width": 1280, "height": 900})
