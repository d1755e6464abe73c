"""Emergencies at a phone's screen: a few taps, heard by the next call, shown on every open page, and over again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from eyes import findings, fits, screens
from owners import owners_tab, serving
from phones import MERIDIAN, PHONE, Served, until
from playwright.sync_api import Browser, BrowserContext, Page, expect

SNOW = {"en-US": "Coaches are late: it snows.", "es-MX": "Los autobuses llegan tarde: nieva."}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service of its own: these tests close its lines."""
    with serving(tmp_path_factory.mktemp("notices")) as made:
        yield made


@pytest.fixture(scope="module")
def handheld(house: Served, browser: Browser) -> Iterator[BrowserContext]:
    """The first owner's browser, on a phone; nothing may go wrong in it."""
    with owners_tab(house, browser, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        yield page.context


@pytest.fixture
def page(house: Served, handheld: BrowserContext) -> Iterator[Page]:
    """A tab of theirs."""
    made = handheld.new_page()
    made.goto(f"{house.people}/console")
    yield made
    made.close()


def heard(house: Served) -> str:
    """What a new caller of the line hears first, through the local carrier's webhook."""
    form = {"CallSid": f"CA{uuid4().hex}", "From": "+13125550142", "To": MERIDIAN}
    return httpx.post(f"{house.app}/voice", data=form, timeout=30).text


def all_hear(house: Served, words: str, *, wanted: bool = True) -> bool:
    """Whether ten callers in a row do: whichever worker answers."""
    return all((words in heard(house)) == wanted for _ in range(10))


def test_said_closed_and_ended_with_a_thumb(house: Served, handheld: BrowserContext, page: Page) -> None:
    """Words in both languages, counted while one types; a page that is open elsewhere shows it without being loaded."""
    other = handheld.new_page()
    other.goto(f"{house.people}/people")
    expect(other.locator("aside.notices")).to_have_count(0)
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Notices").tap()
    page.get_by_role("link", name="Say something first to callers of Meridian Coaches").tap()
    expect(page.get_by_role("button", name="Say it now")).to_be_in_viewport(ratio=1)
    page.get_by_label("en-US").fill(SNOW["en-US"])
    expect(page.locator("#w-en-US-seconds")).to_have_text("2 s")
    page.get_by_role("button", name="Say it now").tap()
    expect(page.locator("#w-es-MX-error")).to_contain_text("There are no words for es-MX")
    expect(page.get_by_label("en-US")).to_have_value(SNOW["en-US"])
    page.get_by_label("es-MX").fill(SNOW["es-MX"])
    page.get_by_role("button", name="Say it now").tap()
    expect(page.locator(".note")).to_contain_text("Meridian Coaches plays it first until")
    until(lambda: all_hear(house, SNOW["en-US"]))
    expect(other.locator("aside.notices")).to_contain_text("The line meridian plays a notice until", timeout=30_000)
    page.get_by_role("link", name="Close Meridian Coaches").tap()
    button = page.get_by_role("button", name="Close it now")
    expect(button).to_be_in_viewport(ratio=1)
    button.tap()
    expect(page.locator("aside.notices")).to_contain_text("The line meridian is closed until")
    for _ in range(2):
        page.get_by_role("button", name="End it now").first.tap()
        expect(page.locator(".note")).to_contain_text("is over.")
    expect(page.locator("main")).to_contain_text("Nothing: lines and queues follow their files.")
    until(lambda: all_hear(house, SNOW["en-US"], wanted=False))
    expect(other.locator("aside.notices")).to_have_count(0, timeout=30_000)
    other.close()


def test_pressed_twice_it_is_one_notice(house: Served, page: Page) -> None:
    """A finger that is quicker than the service."""
    page.goto(f"{house.people}/console/notices?target=press-one&does=close")
    page.get_by_role("button", name="Close it now").dblclick()
    expect(page.locator("article.put")).to_have_count(1)
    page.goto(f"{house.people}/console/notices")
    expect(page.locator("article.put")).to_have_count(1)
    page.get_by_role("button", name="End it now").tap()
    expect(page.locator("article.put")).to_have_count(0)


def test_a_special_day_is_seen_in_why_the_line_is_closed(house: Served, page: Page) -> None:
    """Entered at the page of days, told at the page of hours for that moment, and taken back."""
    page.goto(f"{house.people}/console/days?target=meridian")
    page.fill("#day", "2027-12-23")
    page.get_by_label("Why").fill("Stocktaking")
    page.get_by_role("button", name="Enter the day").tap()
    expect(page.locator(".note")).to_contain_text("Meridian Coaches: on Thu 23 Dec 2027 it is closed all day.")
    page.goto(f"{house.people}/console/lines/meridian/hours")
    page.get_by_label("At which moment").fill("2027-12-23T10:00")
    page.get_by_role("button", name="Why is it open or closed then?").tap()
    expect(page.locator(".told", has_text="office: closed")).to_contain_text("the special day 2027 Dec 23 off")
    page.goto(f"{house.people}/console/days")
    page.get_by_role("button", name=re.compile("^Take back Meridian")).tap()
    expect(page.locator(".note")).to_contain_text("is a day like any other.")


def test_all_pages_are_accessible_and_fit_a_phone(house: Served, page: Page) -> None:
    """axe finds nothing serious at 1280 and 390 pixels, in light and dark, and nothing is wider than the window."""
    page.goto(f"{house.people}/console/notices?target=queue:bookings&does=close")
    page.get_by_text("Words for callers, another time").tap()
    page.get_by_label("en-US").fill("We had to leave the building. " * 5)
    page.get_by_label("es-MX").fill("Tuvimos que salir del edificio. " * 5)
    page.get_by_role("button", name="Keep it prepared").tap()
    page.get_by_role("button", name="Switch it on").tap()
    expect(page.locator(".note")).to_contain_text("The queue bookings is closed until")
    pages = (
        "/notices",
        "/notices?target=meridian&does=say",
        "/notices?target=queue:bookings&does=close",
        "/days?target=meridian",
        "/days?target=press-one",
        "/lines/meridian/hours",
        "/lines/meridian/hours?at=x",
    )
    for _ in screens(page):
        for address in pages:
            page.goto(f"{house.people}/console{address}")
            assert (address, fits(page)) == (address, True)
            for fold in page.locator("main details").all():
                fold.evaluate("it => { it.open = true }")
            assert (address, findings(page)) == (address, [])
    page.set_viewport_size(PHONE)
