"""Calls from the page in a real browser, to the demo line and to a quick one."""

from __future__ import annotations

from collections.abc import Callable

from phones import MERIDIAN, QUICK, Phone, Served, until
from playwright.sync_api import expect

Opens = Callable[[], Phone]
A_WEDNESDAY = "2026-07-01T10:05"


def test_the_demo_line_in_spanish_by_mouse(phone: Opens) -> None:
    """A caller chooses Spanish and hears a departure: what is said is marked as Spanish, for screen readers."""
    caller = phone()
    caller.call(MERIDIAN, A_WEDNESDAY)
    caller.hears("Thank you for calling Meridian Coaches.", "en-US")
    caller.press("2")
    caller.hears("Para saber a qué hora sale el próximo autobús, oprima 1.", "es-MX")
    bubble = caller.page.locator("#transcript .line .bubble", has_text="Para saber")
    expect(bubble).to_have_attribute("lang", "es-MX")
    caller.press("1")
    caller.hears("Marque los cuatro dígitos", "es-MX")
    caller.press("0417")
    caller.hears("El próximo autobús va a Houston. Sale a las 11:40", "es-MX")
    expect(caller.page.locator("#there")).to_contain_text("Jul 1, 2026, 10:05 AM in Chicago")
    caller.page.click("#hang-up")
    caller.status("Call ended")
    caller.hears("You hung up.")


def test_the_demo_line_in_spanish_by_keyboard(phone: Opens) -> None:
    """The same with nothing but the keyboard: Enter calls, digits are keys, Escape hangs up."""
    caller = phone()
    caller.choose(MERIDIAN, A_WEDNESDAY)
    caller.page.keyboard.press("Enter")
    caller.hears("Meridian Coaches", "en-US")
    caller.page.keyboard.press("2")
    caller.hears("Para saber a qué hora", "es-MX")
    caller.page.keyboard.press("1")
    caller.hears("Marque los cuatro dígitos", "es-MX")
    caller.page.keyboard.type("0417", delay=40)
    caller.hears("El próximo autobús va a Houston. Sale a las 11:40", "es-MX")
    caller.page.keyboard.press("Escape")
    caller.status("Call ended")


def test_keys_are_reached_by_tab(phone: Opens) -> None:
    """Tab comes to the keypad, Enter and space press the key that has the focus, and Tab leaves it again."""
    caller = phone()
    caller.call(MERIDIAN)
    caller.hears("Meridian Coaches")
    caller.page.locator('[data-key="1"]').focus()
    caller.page.keyboard.press("Tab")
    expect(caller.page.locator('[data-key="2"]')).to_be_focused()
    caller.page.keyboard.press("Space")
    caller.hears("Para saber a qué hora", "es-MX")
    caller.page.keyboard.press("Shift+Tab")
    caller.page.keyboard.press("Enter")
    caller.hears("Marque los cuatro dígitos", "es-MX")
    for _ in range(40):
        caller.page.keyboard.press("Tab")
        if caller.page.evaluate("document.activeElement === document.body || document.activeElement.id === 'inspect'"):
            return
    raise AssertionError("Tab never left the phone")


def test_a_key_cuts_the_prompt_short(phone: Opens) -> None:
    """Barge in: the recording that plays falls silent, and what would have followed it is never said."""
    caller = phone()
    caller.page.evaluate(
        """() => {
          window.played = [];
          const begin = HTMLMediaElement.prototype.play;
          HTMLMediaElement.prototype.play = function () { window.played.push(this); return begin.call(this); };
        }"""
    )
    caller.call(MERIDIAN)
    caller.hears("Thank you for calling")
    caller.page.wait_for_function("() => window.played.length === 1 && !window.played[0].paused")
    caller.press("1")
    caller.hears("To hear when the next coach leaves, press 1.")
    expect(caller.page.locator("#transcript .cut")).to_have_count(1)
    assert caller.page.evaluate("window.played[0].paused && !window.played[0].ended")
    expect(caller.page.locator("#transcript li", has_text="Para español")).to_have_count(0)


def test_a_wrong_key(phone: Opens) -> None:
    """The line says that it is none of the choices, and offers them again."""
    caller = phone()
    caller.call(QUICK)
    caller.hears("To sign in, press 1.")
    caller.press("7")
    caller.hears("That was none of the choices.")
    caller.hears("To sign in, press 1.", times=2)


def test_a_time_out(phone: Opens) -> None:
    """Who presses nothing is asked again, when all words were said and the time is over."""
    caller = phone()
    caller.call(QUICK)
    caller.hears("To hear whether we are open, press 3.")
    caller.hears("Nothing came.")
    caller.hears("To sign in, press 1.", times=2)


def test_silence_waits_for_nobody(phone: Opens, served: Served) -> None:
    """The silence key lets the time-out come at once, in the middle of a prompt."""
    caller = phone()
    caller.call(MERIDIAN)
    caller.hears("Meridian Coaches")
    caller.press("1")
    caller.hears("To hear when the next coach leaves")
    caller.page.click("#silence")
    caller.hears("I didn't hear anything.")
    caller.page.click("#silence")
    caller.hears("I still can't hear you.")


def test_the_clock_is_set(phone: Opens) -> None:
    """At 3 a.m. on a holiday the office is closed, at the same moment in the page it may be noon."""
    caller = phone()
    for at, words in (("2026-12-25T03:00", "We are closed."), ("2026-12-23T11:00", "We are open.")):
        caller.call(QUICK, at)
        caller.hears("To sign in")
        caller.press("3")
        caller.hears(words)
        caller.page.keyboard.press("Escape")
        caller.status("Call ended")


def test_a_message_is_recorded(phone: Opens) -> None:
    """The line records until a key ends it."""
    caller = phone()
    caller.call(QUICK)
    caller.hears("To leave a message")
    caller.press("2")
    caller.hears("The line records.")
    caller.page.wait_for_timeout(1100)
    caller.press("#")
    caller.hears("Goodbye.")
    caller.status("Call ended")
    caller.hears("The line hung up.")


def test_what_ops_want_to_see(phone: Opens) -> None:
    """The inspector unfolds: TwiML of each turn, the place in the file, values with secrets masked, events."""
    caller = phone()
    page = caller.page
    page.click("#inspect")
    caller.call(QUICK)
    caller.hears("To sign in")
    expect(page.locator("#panel-twiml pre").first).to_contain_text("<Gather")
    caller.press("1")
    caller.hears("Enter your PIN.")
    page.click("#tab-place")
    expect(page.locator("#panel-place")).to_contain_text("quick.yaml, line ")
    expect(page.locator("#panel-place")).to_contain_text("pin")
    caller.press("4821#")
    caller.hears("Enter your shoe size.")
    page.keyboard.press("Tab")
    page.locator("#tab-place").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-values")).to_be_focused()
    expect(page.locator("#panel-values")).to_contain_text("•••")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#panel-events")).to_contain_text("answered")
    inside = page.locator("#inspector").text_content() or ""
    assert "4821" not in inside
    expect(page.locator("#panel-twiml details")).to_have_count(3)


def test_a_closed_tab_hangs_up(phone: Opens, served: Served) -> None:
    """The line learns of it within seconds."""
    caller = phone()
    caller.page.click("#inspect")
    caller.page.click("#tab-place")
    caller.call(QUICK)
    caller.hears("To sign in")
    sid = caller.sid()
    caller.page.close()
    until(lambda: served.call(sid)["ended"] == "completed", 10)


def test_muted_the_transcript_speaks(phone: Opens) -> None:
    """Either the voice speaks or the screen reader does: muted, the transcript is a live region."""
    caller = phone()
    transcript = caller.page.locator("#transcript")
    expect(transcript).to_have_attribute("aria-live", "off")
    caller.page.click("#mute")
    expect(transcript).to_have_attribute("aria-live", "polite")
    caller.call(QUICK)
    caller.hears("To hear whether we are open, press 3.")
    caller.page.reload()
    expect(caller.page.locator("#mute")).to_have_attribute("aria-pressed", "true")


def test_a_number_is_dialled_by_keys(phone: Opens) -> None:
    """Before a call the keys dial; what they dial becomes the line that answers there."""
    caller = phone()
    caller.press("15005550007")
    expect(caller.page.locator("#title")).to_have_text("Quick")
    caller.page.keyboard.press("Backspace")
    expect(caller.page.locator("#line-facts")).to_contain_text("No line")
    caller.page.keyboard.press("7")
    caller.page.keyboard.press("Enter")
    caller.hears("To sign in, press 1.")
