"""The whole of it: a caller's tab, two agents with a phone and a desk each, and a supervisor, on one `ivr serve`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desks import PEOPLE, Desk
from people_rooms import PASSWORD
from phones import WIDE, Phone, Served, until
from playwright.sync_api import Browser, BrowserContext, expect

from ivr.store.people import People
from ivr.store.sql import open_engine
from ivr.web.people.guard import hashed

HELP = "+15005550008"
ANAS, RAJS = "+15005550401", "+15005550402"

TEAM = """\
timezone: America/Chicago
country: US
agents:
  ana:
    name: Ana Ruiz
    phone: "+15005550401"
    languages: [en-US]
  raj:
    name: Raj Patel
    phone: "+15005550402"
    languages: [en-US]
queues:
  bookings:
    agents: [ana]
    wrap_up_codes: [changed_booking, refunded]
    wrap_up: 5m
    announce: no
  lost_property:
    agents: [raj]
    announce: no
"""

LINE = """\
line: Help
numbers: ["+15005550008"]
timezone: America/Chicago
country: US
languages: [en-US]
start: main
steps:
  main:
    menu:
      1 -> agents: To talk to us
  agents:
    queue: bookings
    answered: bye
    left: main
    callback_booked: bye
    timed_out: bye
    full: bye
    nobody_in: nobody
    closed: bye
  nobody:
    say: Nobody is in.
    go: hangup
  bye:
    say: Goodbye.
    go: hangup
"""

Sits = Callable[..., Desk]


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    """A service with a team, a line that has a queue, and people who may sign in."""
    folder = tmp_path_factory.mktemp("staffed")
    made = Served(folder)
    try:
        menus = folder / "menus"
        (menus / "team.yaml").write_text(TEAM, "utf-8")
        (menus / "help.yaml").write_text(LINE, "utf-8")
        _publish(menus / "help.yaml", folder / "var")
        engine = open_engine(f"sqlite:///{folder / 'var' / 'touchtone.db'}")
        people = People(engine, lambda: datetime.now(UTC))
        for name, role, agent in PEOPLE:
            people.set_password(people.add(name, role, agent).id, hashed(PASSWORD))
        engine.dispose()
        until(made.welcomes, 60)
        yield made
    finally:
        made.stop()


def _publish(path: Path, data: Path) -> None:
    command = [sys.executable, "-c", "from ivr.cli import main; main()", "publish", str(path)]
    subprocess.run(command, env=os.environ | {"IVR_DATA": str(data)}, check=True, timeout=60, capture_output=True)


@pytest.fixture
def sits(browser: Browser, staffed: Served) -> Iterator[Sits]:
    """Lets somebody sign in and sit down at their page."""
    made: list[Desk] = []

    def sit(name: str, path: str = "/desk") -> Desk:
        made.append(Desk(browser, staffed.people, name, path, viewport=WIDE))
        return made[-1]

    yield sit
    for one in made:
        one.close()


@pytest.fixture
def picks_up(context: BrowserContext, staffed: Served) -> Callable[[str | None], Phone]:
    """A tab with a phone; one that an address rings."""

    def open_tab(address: str | None = None) -> Phone:
        page = context.new_page()
        page.emulate_media(reduced_motion="reduce")  # a button that shakes is hard to click on a busy machine
        made = Phone(page, staffed.url)
        if address:
            made.own(address)
        return made

    return open_tab


def test_from_the_menu_to_an_agent_and_on_to_another(sits: Sits, picks_up: Callable[[str | None], Phone]) -> None:
    """A caller waits, is offered with what is known of them, talks, is sent on, and talks to the next."""
    ana, raj, sue = sits("ana"), sits("raj"), sits("sue", "/desk/live")
    anas, rajs, caller = picks_up(ANAS), picks_up(RAJS), picks_up(None)
    ana.page.keyboard.press("a")
    ana.is_("Available")
    raj.page.keyboard.press("a")
    raj.is_("Available")
    caller.call(HELP)
    caller.hears("To talk to us")
    caller.press("1")
    anas.status("Rings")
    ana.is_("Ringing")
    expect(ana.page.locator("#call")).to_contain_text("To talk to us, press 1.")
    expect(ana.page.locator("#call")).to_contain_text("…0140")
    expect(sue.page.locator("#callers")).to_contain_text("rings at Ana Ruiz", timeout=3000)
    raj.is_("Available")
    anas.page.click("#answer")
    anas.hears("bookings")
    anas.press("1")
    ana.is_("Talking")
    caller.status(f"Connected with {ANAS}")
    expect(sue.page.locator("#agents tr", has_text="Ana Ruiz")).to_contain_text("Talking", timeout=3000)
    ana.page.get_by_label("refunded").check()
    ana.page.select_option("#onward-to", "queue:lost_property")
    ana.page.get_by_role("button", name="Send on").click()
    ana.said("Hang up, and the caller waits in lost_property.")
    anas.page.click("#hang-up")
    ana.is_("Wrap-up")
    expect(ana.page.get_by_label("refunded")).to_be_checked()
    rajs.status("Rings")
    raj.is_("Ringing")
    expect(raj.page.locator("#call-title")).to_contain_text("lost property")
    expect(raj.page.locator("#call-before")).to_have_text("Ana Ruiz (bookings) · refunded")
    rajs.page.click("#answer")
    rajs.hears("lost property")
    rajs.press("1")
    raj.is_("Talking")
    caller.page.click("#hang-up")
    raj.is_("Wrap-up")
    level = sue.page.locator("#queues tr", has_text="bookings").locator("td strong")
    expect(level).to_have_text("100%", timeout=10_000)


def test_a_supervisor_moves_a_caller_to_a_queue_with_somebody_free(
    sits: Sits, picks_up: Callable[[str | None], Phone]
) -> None:
    """While the first agent talks, the next caller is moved: an agent of the other queue rings for them."""
    ana, raj, sue = sits("ana"), sits("raj"), sits("sue", "/desk/live")
    anas, rajs, first, second = picks_up(ANAS), picks_up(RAJS), picks_up(None), picks_up(None)
    for desk in (ana, raj):
        desk.page.keyboard.press("a")
        desk.is_("Available")
    first.call(HELP)
    first.press("1")
    anas.status("Rings")
    anas.page.click("#answer")
    anas.hears("bookings")
    anas.press("1")
    ana.is_("Talking")
    second.call(HELP)
    second.press("1")
    caller = sue.page.locator("#callers tr", has_text="waits")
    caller.get_by_role("button", name="Move").click()
    sue.said("Moved to lost_property.")
    rajs.status("Rings")
    raj.is_("Ringing")
    expect(raj.page.locator("#call")).to_contain_text("was moved to lost_property")
    rajs.page.click("#answer")
    rajs.hears("lost property")
    rajs.press("1")
    raj.is_("Talking")
    first.page.click("#hang-up")
    second.page.click("#hang-up")
    ana.is_("Wrap-up")
    raj.is_("Wrap-up")
