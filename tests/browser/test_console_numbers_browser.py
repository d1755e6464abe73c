"""The console's numbers and trials in a browser: set by the button, tried out, ended; for everybody, on any screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from console_house import BASE, House
from eyes import findings, screens, spotless
from owners import flawless
from phones import WIDE
from playwright.sync_api import Browser, Page, expect


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The console on an account of its own."""
    made = House(tmp_path_factory.mktemp("numbers"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def page(house: House, browser: Browser) -> Iterator[Page]:
    """A tab of ops; nothing may go wrong in it."""
    with flawless(browser, viewport=WIDE) as context:
        yield house.tab(context)


def test_all_pages_are_accessible_and_fit_a_phone(house: House, page: Page) -> None:
    """axe finds nothing serious at 1280 and 390 pixels, in light and dark, and nothing is wider than the window."""
    line = "/console/lines/meridian"
    addresses = ("/console/numbers", f"{line}/trial", f"{line}/publish", f"{line}/retire", f"{line}/compare", line)
    for _ in screens(page):
        for address in addresses:
            page.goto(f"{house.url}{address}")
            spotless(page, address)
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def test_numbers_are_set_right_by_the_button(house: House, page: Page) -> None:
    """All that can be set together by one button, what something else has by its own, nobody's never."""
    page.goto(f"{house.url}/console")
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Numbers").click()
    expect(page.locator("main")).to_contain_text("1 of 4")
    page.get_by_role("button", name="Set it right", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("+15005550007 is set.")
    assert findings(page) == []
    page.get_by_role("button", name="Take it over and set it right of +15005550008").click()
    expect(page.get_by_role("status")).to_contain_text("+15005550008 is set.")
    expect(page.get_by_role("button", name="Set")).to_have_count(0)
    lines = house.exchange.lines
    assert [lines[f"+1500555000{it}"].voice_url for it in (6, 7, 8)] == [f"{BASE}/voice"] * 3
    assert lines["+15005550999"].voice_url == "https://other.example.com/voice"
    page.get_by_role("link", name="Audit trail").click()
    expect(page.locator("tbody tr").first).to_contain_text("number set")


def test_a_trial_is_ended_by_keyboard(house: House, page: Page) -> None:
    """From the line's card to its trial, what is different, and back for all callers, without a mouse."""
    page.goto(f"{house.url}/console")
    page.get_by_role("link", name="on 10% of callers").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Trial of Meridian Coaches")
    page.get_by_role("link", name="What is different").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".changes")).to_contain_text("To end this call")
    page.go_back()
    page.locator("#why-withdraw").focus()
    page.keyboard.type("callers were puzzled")
    page.keyboard.press("Enter")
    expect(page.locator(".note")).to_contain_text("all callers get")
    expect(page.locator("#versions")).to_contain_text("callers were puzzled")
