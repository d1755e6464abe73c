"""Calls to the demo line, through the engine, in both languages."""

from __future__ import annotations

import pytest
from demo_caller import Caller, load_menus

from ivr.call.inputs import Offered
from ivr.call.says import DialAgent, Enqueue, Gather, Hangup, Record
from ivr.menu import Flow

NOON = "2026-12-01T12:31"  # a Tuesday
NIGHT = "2026-12-01T23:50"
HOLIDAY = "2026-12-25T12:31"

LANGUAGES = [("1", "en-US"), ("2", "es-MX")]
both = pytest.mark.parametrize(("key", "language"), LANGUAGES)


@pytest.fixture(scope="module")
def meridian() -> Flow:
    """The line of Meridian Coaches."""
    return load_menus().flows["meridian"]


@pytest.fixture(scope="module")
def press_one() -> Flow:
    """The smallest line."""
    return load_menus().flows["press-one"]


def test_press_one_answers(press_one: Flow) -> None:
    """One key, one friendly answer, and the call ends."""
    caller = Caller(press_one, NOON)
    assert caller.words() == "To hear something nice, press 1."
    caller.press("1")
    assert "wonderful day" in caller.words()
    assert caller.closing == Hangup()


def test_press_one_takes_a_message_from_the_silent(press_one: Flow) -> None:
    """Even the smallest line ends somewhere for a caller who presses nothing."""
    caller = Caller(press_one, NOON).press("silence", "silence", "silence")
    assert isinstance(caller.closing, Record)


def test_the_welcome_offers_both_languages_in_their_own_words(meridian: Flow) -> None:
    """Each caller understands the line that is for them."""
    assert Caller(meridian, NOON).words() == (
        "Thank you for calling Meridian Coaches. For English, press 1. Para español, oprima 2."
    )


@both
def test_after_the_choice_all_is_said_in_the_language(meridian: Flow, key: str, language: str) -> None:
    """No prompt after the choice is in the other language."""
    caller = Caller(meridian, NOON).press(key)
    greeting = len(caller.spoken) - len(caller.heard)
    caller.press("1", "9999", "0417", "1", "3", "2", "100755", "1", "3", "0")
    assert {say.language for say in caller.spoken[greeting:]} == {language}
    assert isinstance(caller.closing, Enqueue)


@both
def test_the_next_departure(meridian: Flow, key: str, language: str) -> None:
    """Four digits, and the caller knows where, when and from which bay."""
    caller = Caller(meridian, NOON).press(key, "1", "0417")
    expected = {
        "en-US": "The next coach goes to Austin. It leaves at 2:20 PM from bay 5.",
        "es-MX": "El próximo autobús va a Austin. Sale a las 2:20 p.m. del andén 5.",
    }
    assert caller.words().startswith(expected[language])
    assert caller.goals == ["departure_told"]
    assert caller.place == "after_departure"


@both
def test_after_the_last_coach_the_first_of_tomorrow(meridian: Flow, key: str, language: str) -> None:
    """Late at night there is still a next coach."""
    caller = Caller(meridian, NIGHT).press(key, "1", "0417")
    assert ("2:15 AM" if language == "en-US" else "2:15 a.m.") in caller.words()


@both
def test_a_stop_that_is_none_is_asked_for_again(meridian: Flow, key: str, language: str) -> None:
    """Twice with other words each time, then a person."""
    caller = Caller(meridian, NOON).press(key, "1", "9999")
    first = caller.words()
    assert caller.place == "stop"
    caller.press("9998")
    assert caller.place == "stop"
    assert caller.words() != first


@both
@pytest.mark.parametrize(
    ("booking", "english", "spanish"),
    [
        (
            "100317",
            "Good news. Your trip to San Antonio on November 25, 2026 is confirmed. Your seat is 7C. "
            "There are still 12.50 US dollars to pay.",
            "Buenas noticias. Su viaje a San Antonio del 25 de noviembre de 2026 está confirmado. Su asiento es el 7C. "
            "Quedan por pagar 12.50 dólares estadounidenses.",
        ),
        (
            "100755",
            "We are holding seat 1A to Monterrey on December 20, 2026 for you. To keep it, please pay 86.40 US dollars",
            "Le apartamos el asiento 1A a Monterrey para el 20 de diciembre de 2026. Para conservarlo, pague 86.40",
        ),
        (
            "100641",
            "Your trip to Austin on December 18, 2026 is cancelled, and there is nothing to pay.",
            "Su viaje a Austin del 18 de diciembre de 2026 está cancelado y no debe nada.",
        ),
    ],
)
def test_a_booking_is_told_by_its_status(
    meridian: Flow, key: str, language: str, booking: str, english: str, spanish: str
) -> None:
    """Number, confirmed by the caller; then what fits the booking's status."""
    caller = Caller(meridian, NOON).press(key, "2", booking)
    assert " ".join(booking) in caller.words()
    caller.press("1")
    assert caller.words().startswith(english if language == "en-US" else spanish)
    assert caller.goals == ["booking_told"]
    assert caller.place == "after_booking"


def test_a_booking_that_is_paid_owes_nothing(meridian: Flow) -> None:
    """Money is spoken of only where some is due."""
    caller = Caller(meridian, NOON).press("1", "2", "100200", "1")
    assert "Your seat is 4A. To hear that again" in caller.words()


@both
def test_a_status_that_the_menu_does_not_know_goes_to_a_person(meridian: Flow, key: str, language: str) -> None:
    """Nothing wrong is said of it."""
    caller = Caller(meridian, NOON).press(key, "2", "100972", "1")
    assert caller.goals == []
    assert isinstance(caller.closing, Enqueue)


@both
@pytest.mark.parametrize("keys", [("1", "0417"), ("2", "100317", "1")])
@pytest.mark.parametrize(("at", "place"), [(NOON, "connect"), (HOLIDAY, "closed_now")])
def test_look_ups_that_fail_lead_on(
    meridian: Flow, key: str, language: str, keys: tuple[str, ...], at: str, place: str
) -> None:
    """An apology, then a person, or outside the hours the offer of a message."""
    caller = Caller(meridian, at, tables_fail=True).press(key, *keys)
    assert caller.heard[0].prompt.address == "lookup_failed.say"
    assert caller.place == place


@pytest.mark.parametrize(
    ("key", "day", "spoken"), [("1", "12012026", "December 1, 2026"), ("2", "01122026", "1 de diciembre de 2026")]
)
def test_lost_property(meridian: Flow, key: str, day: str, spoken: str) -> None:
    """The day in the order of the caller's language, read back; then a message in the box of lost property."""
    caller = Caller(meridian, NOON).press(key, "3", day)
    assert spoken in caller.words()
    caller.press("1")
    assert caller.call.values["travel_date"] == "2026-12-01"
    assert isinstance(caller.closing, Record)
    caller.leave_message()
    assert caller.boxes == ["lost_property"]
    assert caller.goals == ["lost_property_reported"]
    assert caller.closing == Hangup()


def test_lost_property_without_a_date_still_takes_the_message(meridian: Flow) -> None:
    """A caller who cannot enter the date can say it."""
    caller = Caller(meridian, NOON).press("2", "3", "silence", "999", "silence").leave_message(hang_up=True)
    assert caller.boxes == ["lost_property"]


@both
def test_hours_offer_a_person_only_while_open(meridian: Flow, key: str, language: str) -> None:
    """What is closed is not offered."""
    person = ("To talk to one of us", "Para hablar con nosotros")
    assert any(words in Caller(meridian, NOON).press(key, "4").words() for words in person)
    closed = Caller(meridian, HOLIDAY).press(key, "4")
    assert not any(words in closed.words() for words in person)
    assert closed.goals == ["hours_told"]


@both
def test_a_person_in_office_hours(meridian: Flow, key: str, language: str) -> None:
    """Key 0, the notice, then the person."""
    caller = Caller(meridian, NOON).press(key, "0")
    assert caller.goals == ["asked_for_a_person"]
    assert [say.prompt.address for say in caller.heard] == ["notice.say", "connect.say"]
    assert isinstance(caller.closing, Enqueue)
    assert caller.closing.queue == "bookings"
    caller.talk()
    assert caller.closing == Hangup()


def test_the_agent_is_dialled_where_the_team_says(meridian: Flow) -> None:
    """An offer becomes a dialled leg at that address."""
    caller = Caller(meridian, NOON).press("1", "0")
    caller.take(Offered(caller.at, "offer", "luz", "client:luz"))
    assert isinstance(caller.closing, DialAgent)
    assert caller.closing.address == "client:luz"


@both
@pytest.mark.parametrize("exit_", ["nobody_in", "full"])
def test_nobody_in_takes_a_message(meridian: Flow, key: str, language: str, exit_: str) -> None:
    """Who is not let into the queue hears a short apology, and leaves a message for the office."""
    caller = Caller(meridian, NOON, let_in=exit_).press(key, "0")
    assert "nobody_free.say" in [say.prompt.address for say in caller.heard]
    assert isinstance(caller.closing, Record)
    caller.leave_message()
    assert caller.boxes == ["office"]
    assert caller.goals == ["asked_for_a_person", "message_left"]


@both
@pytest.mark.parametrize(
    ("exit_", "place"),
    [("timed_out", "message"), ("nobody_in", "message"), ("closed", "closed_now"), ("left", "main")],
)
def test_ways_out_of_the_queue(meridian: Flow, key: str, language: str, exit_: str, place: str) -> None:
    """A message where nobody came, the main menu for whoever would rather not wait."""
    caller = Caller(meridian, NOON).press(key, "0").let_go(exit_)
    assert caller.place == place
    assert not caller.call.ended


@both
def test_a_callback_ends_the_call(meridian: Flow, key: str, language: str) -> None:
    """The number is read out, and the caller can hang up."""
    caller = Caller(meridian, NOON).press(key, "0").let_go("callback_booked")
    assert [say.prompt.address for say in caller.heard] == ["goodbye.say"]
    assert caller.closing == Hangup()


@both
def test_a_person_outside_the_hours(meridian: Flow, key: str, language: str) -> None:
    """When the office opens, and a message if the caller wants."""
    caller = Caller(meridian, HOLIDAY).press(key, "0")
    assert ("Monday" if language == "en-US" else "lunes") in caller.words()
    caller.press("1").leave_message()
    assert caller.boxes == ["office"]


@both
def test_silence_comes_to_a_person(meridian: Flow, key: str, language: str) -> None:
    """Three times nothing at the main menu, each time with other words."""
    caller = Caller(meridian, NOON).press(key, "silence")
    first = caller.heard[0].words()
    caller.press("silence")
    assert caller.heard[0].words() != first
    caller.press("silence")
    assert isinstance(caller.closing, Enqueue)
    assert "asked_for_a_person" not in caller.goals


@both
def test_whoever_got_an_answer_and_says_nothing_is_let_go(meridian: Flow, key: str, language: str) -> None:
    """After an answer silence means that that was all."""
    caller = Caller(meridian, NOON).press(key, "1", "1033", "silence")
    assert isinstance(caller.closing, Gather)
    caller.press("silence")
    assert caller.closing == Hangup()
    assert caller.goals == ["departure_told"]
