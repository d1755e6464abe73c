"""The desk and the supervisors' page in a real browser: two agents and a supervisor, each in a tab of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from desks import Desk, Desks
from eyes import findings, fits
from phones import PHONE, WIDE
from playwright.sync_api import Browser, expect

Sits = Callable[..., Desk]


@pytest.fixture
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """The door for people, with an empty day."""
    made = Desks(tmp_path_factory.mktemp("desks"))
    yield made
    made.close()


@pytest.fixture
def sits(browser: Browser, desks: Desks) -> Iterator[Sits]:
    """Lets somebody sign in and sit down at their page."""
    made: list[Desk] = []

    def sit(name: str, path: str = "/desk", **options: Any) -> Desk:
        made.append(Desk(browser, desks.url, name, path, **{"viewport": WIDE, **options}))
        return made[-1]

    yield sit
    for one in made:
        one.close()


def test_a_call_at_the_desk_by_keyboard(desks: Desks, sits: Sits) -> None:
    """Available, rung, talking, code and note, wrapped up: single keys, and what a screen reader is told."""
    day, ana, raj = desks.day, sits("ana"), sits("raj")
    page = ana.page
    ana.is_("Away")
    page.keyboard.press("a")
    ana.is_("Available")
    raj.page.keyboard.press("a")
    raj.is_("Available")
    expect(page).to_have_title("Available · Desk")
    offer = day.offers(day.waits(day.calls("1", "4821", "123456"), since=120), "ana")
    ana.is_("Ringing")
    expect(page).to_have_title("☎ bookings rings · Desk")
    expect(page.locator("#announced")).to_have_text("Call offered: bookings, American English, waited 2 minutes.")
    call = page.locator("#call")
    expect(call).to_contain_text("Pick up your phone, and press 1")
    expect(call).to_contain_text("…0140")
    expect(call).to_contain_text("To change a booking, press 1.")
    expect(call).to_contain_text("123456")
    assert "4821" not in page.content()
    raj.is_("Available")
    expect(raj.page.locator("#offer")).to_be_hidden()
    desks.office.queues.accept(offer, day.now)
    ana.is_("Talking")
    expect(page.locator("#announced")).to_be_empty()
    page.get_by_label("changed booking").check()
    ana.said("Noted.")
    page.keyboard.press("n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("a window seat, w e n")  # letters in a field are letters
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#wrap-kept")).to_have_text("Kept.")
    page.keyboard.press("s")
    expect(page.locator("#onward-to")).to_be_focused()
    page.select_option("#onward-to", "queue:lost_property")
    page.get_by_role("button", name="Send on").click()
    expect(page.locator("#onward-kept")).to_have_text("When you hang up, the caller waits in lost_property.")
    desks.office.queues.finish(offer, day.now, day.now + 60)
    ana.is_("Wrap-up")
    expect(page.locator("#note")).to_have_value("a window seat, w e n")
    page.locator("h1").click(force=True)
    page.keyboard.press("e")
    ana.is_("Available")
    kept = desks.office.queues.offered(offer.id)
    assert kept is not None
    assert (kept.onward, kept.code, kept.note) == ("queue:lost_property", "changed_booking", "a window seat, w e n")


def test_away_with_a_reason(sits: Sits) -> None:
    """By number, by a word of one's own; Escape closes the choice; keys can be turned off, and stay off."""
    ana = sits("ana")
    page = ana.page
    page.keyboard.press("a")
    ana.is_("Available")
    page.keyboard.press("w")
    page.keyboard.press("Escape")
    expect(page.locator("#reasons")).to_be_hidden()
    expect(page.locator("#away")).to_be_focused()
    page.keyboard.press("w")
    page.keyboard.press("1")
    ana.is_("Away")
    expect(page.locator("#me-reason")).to_have_text("· lunch")
    page.click("#available")
    ana.is_("Available")
    page.click("#away")
    page.fill("#reason", "fire drill")
    page.keyboard.press("Enter")
    expect(page.locator("#me-reason")).to_have_text("· fire drill")
    page.uncheck("#keys")
    page.reload()
    ana.is_("Away")
    expect(page.locator("#keys")).not_to_be_checked()
    page.keyboard.press("a")
    page.wait_for_timeout(1500)
    ana.is_("Away")


def test_the_supervisor_sees_and_moves(desks: Desks, sits: Sits) -> None:
    """What agents do is seen within two seconds; a caller is moved, an agent is set, and that agent's tab knows."""
    day, ana, sue = desks.day, sits("ana"), sits("sue", "/desk/live")
    row = sue.page.locator("#agents tr", has_text="Ana Ruiz")
    expect(row).to_contain_text("Away")
    ana.page.keyboard.press("a")
    expect(row).to_contain_text("Available", timeout=3000)
    sid = day.waits(day.calls("2"), "lost_property", since=65).sid
    caller = sue.page.locator("#callers tr", has_text="…0140")
    expect(caller).to_contain_text("lost property", timeout=3000)
    expect(sue.page).to_have_title("1 waiting · Live")
    caller.get_by_role("button", name="Move").click()
    sue.said("Moved to bookings.")
    expect(caller.locator("td").first).to_have_text("bookings")
    expect(ana.page.locator("#queues")).to_contain_text("1 waiting", timeout=3000)
    waiting = desks.office.queues.caller(sid)
    assert waiting is not None
    day.offers(waiting, "ana")
    expect(caller).to_contain_text("rings at Ana Ruiz", timeout=3000)
    row.get_by_role("button", name="Set away: Ana Ruiz").click()
    sue.said("Ana Ruiz will be away after the call.")
    expect(ana.page.locator("#me-next")).to_contain_text("then Away")


def test_a_message_is_heard_and_resolved(desks: Desks, sits: Sits) -> None:
    """The player plays; a new message does not stop it, nor take what is being typed; resolved, it is done."""
    desks.day.leaves_message(seconds=20)
    ana = sits("ana")
    page = ana.page
    expect(page.locator("#messages-count")).to_have_text("1")
    player = page.locator("#messages audio")
    player.evaluate("it => { it.muted = true; return it.play() }")
    page.get_by_label("What was done").fill("Called")
    desks.day.leaves_message(audio="waiting")
    expect(page.locator("#messages-count")).to_have_text("2", timeout=3000)
    expect(page.locator("#messages")).to_contain_text("The audio is being fetched from the carrier.")
    assert player.evaluate("it => !it.paused && it.currentTime > 0")
    expect(page.get_by_label("What was done").first).to_have_value("Called")
    assert [it.who for it in desks.office.audit.newest(5, "message_heard")] == ["ana"]
    page.get_by_label("What was done").first.press("Enter")
    expect(page.locator("#messages-count")).to_have_text("1")
    page.locator("#done-fold summary").click()
    expect(page.locator("#done")).to_contain_text("Called")
    page.get_by_role("button", name="Open again").click()
    expect(page.locator("#messages-count")).to_have_text("2")


def test_a_callback_is_cancelled(desks: Desks, sits: Sits) -> None:
    """Its state is in words; cancelled it is among those that are over, by whom."""
    desks.day.wants_callback(state="calling", tries=2, why="no answer")
    ana = sits("ana")
    expect(ana.page.locator("#callbacks")).to_contain_text("their phone rings, 2 tries (no answer)")
    ana.page.get_by_role("button", name="Cancel the callback to …0140").click()
    ana.said("Cancelled.")
    expect(ana.page.locator("#callbacks-count")).to_have_text("0")
    ana.page.locator("#over-fold summary").click()
    expect(ana.page.locator("#over")).to_contain_text("cancelled by ana")


def test_trouble_is_told_and_passes(sits: Sits) -> None:
    """While the service cannot be reached the page says so, and goes on by itself."""
    ana = sits("ana")
    ana.is_("Away")
    ana.page.context.set_offline(True)
    ana.page.click("#available")
    ana.said("that was not done")
    expect(ana.page.locator("#trouble")).to_contain_text("does not answer")
    ana.page.context.set_offline(False)
    expect(ana.page.locator("#trouble")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_serious_at_the_desk(desks: Desks, sits: Sits, scheme: str, size: dict[str, int]) -> None:
    """Away, choosing a reason, ringing, talking, wrapping up, with tasks; and live; nothing wider than the screen."""
    day = desks.day
    day.leaves_message()
    day.leaves_message(audio="failed")
    day.wants_callback()
    day.calls("2", ends=True)
    day.waits(day.calls("2"), "lost_property")
    options = {"viewport": size, "color_scheme": scheme, "reduced_motion": "reduce"}
    ana = sits("ana", **options)
    sue = sits("sue", "/desk/live", **options)
    ana.is_("Away")
    found = {"away": findings(ana.page)}
    ana.page.click("#away")
    found["reasons"] = findings(ana.page)
    ana.page.click("#available")
    ana.is_("Available")
    offer = day.offers(day.waits(day.calls("1", "4821", "123456")), "ana")
    ana.is_("Ringing")
    found["rings"] = findings(ana.page)
    expect(sue.page.locator("#callers")).to_contain_text("rings at")
    found["live"] = findings(sue.page)
    desks.office.queues.accept(offer, day.now)
    ana.is_("Talking")
    found["talks"] = findings(ana.page)
    assert fits(ana.page)
    assert fits(sue.page)
    desks.office.queues.finish(offer, day.now, day.now + 60)
    ana.is_("Wrap-up")
    found["wraps"] = findings(ana.page)
    assert {state: what for state, what in found.items() if what} == {}
