"""Callers and agents: several tabs are phones of the same service."""

from __future__ import annotations

from collections.abc import Callable

from phones import AGENT, ANA, MERIDIAN, QUICK, Phone, Served
from playwright.sync_api import expect

Opens = Callable[[], Phone]
OFFICE_HOURS = "2031-07-01T10:05"  # to come: the queues go by the clock of the service, and forget who came long ago


def ask_for_a_person(caller: Phone) -> None:
    """Calls Quick and asks for a person."""
    caller.call(QUICK)
    caller.hears("To talk to one of us")
    caller.press("5")
    caller.hears(f"The line dials {AGENT}.")


def test_an_agent_of_the_queue(phone: Opens, served: Served) -> None:
    """Meridian's caller waits in the queue; the agent who is there picks up, hears of the caller, and presses 1."""
    agent, caller = phone(), phone()
    agent.own(ANA)
    served.agent("ana", "available")
    try:
        caller.call(MERIDIAN, OFFICE_HOURS)
        caller.hears("Meridian Coaches")
        caller.press("1")
        caller.hears("To hear when the next coach leaves")
        caller.press("0")
        agent.status("Rings")
        agent.page.click("#answer")
        agent.hears("To take the call, press 1.")
        agent.press("1")
        agent.status("Connected with +15005550140")
        agent.page.click("#hang-up")
        caller.hears("Have a good trip!", "en-US")
        caller.status("Call ended")
    finally:
        served.agent("ana", "away")


def test_a_caller_and_an_agent_in_two_tabs(phone: Opens) -> None:
    """The agent's tab rings; answered, words go both ways; the agent hangs up, and the line goes on."""
    agent, caller = phone(), phone()
    agent.own(AGENT)
    ask_for_a_person(caller)
    caller.status("Rings at the other side")
    agent.status("Rings")
    expect(agent.page).to_have_title("☎ Rings · Touchtone")
    agent.page.click("#answer")
    agent.status("Connected with +15005550140")
    caller.status(f"Connected with {AGENT}")
    caller.page.fill("#words", "I left my umbrella on the coach to Houston.")
    caller.page.keyboard.press("Enter")
    agent.hears("I left my umbrella on the coach to Houston.")
    agent.page.fill("#words", "We have it here.")
    agent.page.click("#words-form button")
    caller.hears("We have it here.")
    agent.page.click("#hang-up")
    agent.status("Call ended")
    caller.hears("Goodbye.", "en-US")
    caller.status("Call ended")


def test_an_agent_by_keyboard(phone: Opens) -> None:
    """Enter answers. The caller hangs up, and the agent's phone says so."""
    agent, caller = phone(), phone()
    agent.own(AGENT)
    agent.page.locator("#phone").focus()
    ask_for_a_person(caller)
    agent.status("Rings")
    agent.page.keyboard.press("Enter")
    agent.status("Connected with +15005550140")
    expect(agent.page.locator("#words")).to_be_focused()
    caller.page.keyboard.press("Escape")
    agent.hears("The other side hung up.")


def test_an_agent_declines(phone: Opens) -> None:
    """The caller hears at once that nobody is free."""
    agent, caller = phone(), phone()
    agent.own(AGENT)
    ask_for_a_person(caller)
    agent.status("Rings")
    agent.page.keyboard.press("Escape")
    agent.status("Call ended")
    caller.hears("Nobody can take your call right now")


def test_a_number_rings_in_one_tab(phone: Opens) -> None:
    """The second tab is told that another has it; when that one is closed, it may have it."""
    first, second = phone(), phone()
    first.own(AGENT)
    second.page.fill("#mine", AGENT)
    second.page.locator("#rings").click()
    second.trouble("rings in another tab")
    expect(second.page.locator("#rings")).not_to_be_checked()
    first.page.close()
    second.page.wait_for_timeout(500)
    second.page.check("#rings")
    second.page.reload()
    expect(second.page.locator("#rings")).to_be_checked()
    ask_for_a_person(caller := phone())
    second.status("Rings")
    caller.page.keyboard.press("Escape")
    second.hears("Not answered.")
