"""The page itself: on a phone's screen, for a screen reader, and when something is wrong."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from eyes import findings, fits
from phones import AGENT, PHONE, QUICK, WIDE, Phone, Served, until
from playwright.sync_api import Browser, BrowserContext, expect

Opens = Callable[[], Phone]


@pytest.fixture
def handheld(browser: Browser) -> Iterator[BrowserContext]:
    """A browser on a phone."""
    made = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    yield made
    made.close()


def test_on_a_phones_screen(handheld: BrowserContext, served: Served) -> None:
    """390 pixels: nothing is cut off, all keys are there to be touched, and no scrolling in a call."""
    caller = Phone(handheld.new_page(), served.url)
    page = caller.page
    assert fits(page)
    expect(page.locator("#call")).to_be_in_viewport(ratio=1)
    page.locator("#line").select_option(label="Meridian Coaches")
    page.tap("#call")
    caller.hears("Meridian Coaches")
    for part in ("#title", "#transcript", "#hang-up", "#silence", *(f'[data-key="{key}"]' for key in "123456789*0#")):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    box = page.locator('[data-key="5"]').bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    page.tap('[data-key="2"]')
    caller.hears("Para saber a qué hora", "es-MX")
    assert fits(page)
    page.tap("#inspect")
    page.tap("#tab-events")
    expect(page.locator("#panel-events")).to_contain_text("language chosen")
    assert fits(page)
    page.tap("#hang-up")
    caller.status("Call ended")
    assert fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_serious(browser: Browser, served: Served, scheme: str, size: dict[str, int]) -> None:
    """Idle, in a call with the inspector open, ringing, connected, after the call, and with a trouble told."""
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    try:
        caller, agent = Phone(context.new_page(), served.url), Phone(context.new_page(), served.url)
        found = {"idle": findings(caller.page)}
        agent.own(AGENT)
        caller.call(QUICK)
        caller.page.click("#inspect")
        caller.hears("To sign in")
        found["call"] = findings(caller.page)
        caller.page.click("#tab-events")
        expect(caller.page.locator("#panel-events")).to_contain_text("entered")
        found["events"] = findings(caller.page)
        caller.press("5")
        agent.status("Rings")
        found["rings"] = findings(agent.page)
        agent.page.click("#answer")
        agent.status("Connected with +15005550140")
        found["connected"] = findings(agent.page)
        agent.page.click("#hang-up")
        agent.status("Call ended")
        agent.choose("")
        agent.page.click("#call")
        agent.trouble("There is no number to call")
        found["over"] = findings(agent.page)
        assert {state: what for state, what in found.items() if what} == {}
    finally:
        context.close()


def test_focus_is_never_lost(phone: Opens) -> None:
    """Who calls and hangs up by keyboard goes on from the phone, not from the top of the page."""
    caller = phone()
    caller.choose(QUICK)
    caller.page.locator("#call").focus()
    caller.page.keyboard.press("Enter")
    caller.hears("To sign in")
    expect(caller.page.locator("#phone")).to_be_focused()
    caller.page.locator("#hang-up").focus()
    caller.page.keyboard.press("Enter")
    caller.status("Call ended")
    expect(caller.page.locator("#phone")).to_be_focused()


def test_a_number_of_no_line(phone: Opens) -> None:
    """The page says so before the call, and the service says so in the call."""
    caller = phone()
    caller.choose("+15005550999")
    expect(caller.page.locator("#line-facts")).to_have_text("No line of this service answers it.")
    caller.page.click("#call")
    caller.hears("not in service")
    caller.status("Call ended")


def test_an_application_that_cannot_be_reached(phone: Opens, served: Served) -> None:
    """The carrier's error is told with its number and in words, and the next call works."""
    caller = phone()
    os.killpg(served.child("ivr.cli.web_server"), signal.SIGKILL)  # with its workers: its session is its own
    caller.call(QUICK)
    caller.trouble("Carrier error 11205")
    caller.status("Call ended by an error")
    until(served.answers)
    caller.call(QUICK)
    caller.hears("To sign in")


def test_the_carrier_is_started_again(phone: Opens, served: Served) -> None:
    """The page says that it is away, waits for it, rings again, and the next call works."""
    caller = phone()
    caller.own("client:ana")
    caller.call(QUICK)
    caller.hears("To sign in")
    os.kill(served.child("ivr.cli.phone_process"), signal.SIGKILL)
    caller.trouble("The carrier is away")
    caller.status("Call lost")
    until(served.answers)
    expect(caller.page.locator("#trouble")).to_be_hidden(timeout=20_000)
    expect(caller.page.locator("#rings")).to_be_checked()
    caller.call(QUICK)
    caller.hears("To sign in")


def test_webhooks_are_signed_where_a_token_is_set(browser: Browser, tmp_path: Path) -> None:
    """With TWILIO_AUTH_TOKEN the application takes signed webhooks alone, and the phone signs."""
    served = Served(tmp_path, token="0123456789abcdef0123456789abcdef")
    try:
        context = browser.new_context()
        caller = Phone(context.new_page(), served.url)
        caller.call(QUICK)
        caller.hears("To sign in")
        caller.press("3")
        caller.hears("We are")
        context.close()
    finally:
        served.stop()
