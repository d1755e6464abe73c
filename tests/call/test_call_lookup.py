"""Look-ups: what is wanted, and what becomes of the answer."""

from __future__ import annotations

import pytest
from calling import Line, heard, line, transcript

from ivr.call.events import LookedUp
from ivr.call.inputs import Told

TRIP = """
question:
  ask: Booking?
  digits: 3
  save: booking
  no_match:
    - No such booking.
    - None either.
  go: find
  tries: 9
find:
  say: One moment.
  lookup: trip
  found: told
  not_found: question
  failed: sorry
told:
  say: It goes to <trip.to> for <trip.due>.
  go: question
sorry:
  say: We cannot look.
  go: hangup
"""
TRIPS = """
lookups:
  trip:
    get: https://api.example.com/<booking>
    gives: {to: text, due: money}
"""


def test_a_look_up_is_wanted_and_told() -> None:
    """What is found can be spoken; nothing found is an error and asks with the words of no_match; failed leads on."""
    transcript(
        line(TRIP, TRIPS),
        """
        start     | Booking? (3 keys#)
        123       | One moment. (look up trip: booking=123)
        not_found | No such booking. Booking? (3 keys#) | looked_up trip not_found, entered question
        124       | One moment. (look up trip: booking=124)
        found to=Rome due=12.50 | It goes to Rome for 12.50 US dollars. Booking? (3 keys#)
        1         | None either. Booking? (3 keys#)
        125       |
        failed    | We cannot look. (hangup) | looked_up trip failed, entered sorry, ended line
        """,
    )


def test_nothing_found_again_and_again_ends() -> None:
    """Each time counts as an error of the call, so that asking again cannot go round for ever."""
    call = Line(line(TRIP, TRIPS))
    call.take("start")
    for _ in range(5):
        call.take("123", "not_found")
    call.take("124")
    assert heard(call.take("not_found")) == (
        "We seem to be having trouble. Let us try another way. "
        "Please leave a message after the tone. When you are done, press pound. (record)"
    )


def test_a_look_up_begins_with_nothing_of_the_last_one() -> None:
    """What an earlier look-up found is gone when the next finds nothing; only declared fields are kept."""
    call = Line(line(TRIP, TRIPS))
    call.take("start", "123", "found to=Rome due=1.00 password=x", "124")
    assert call.call.values == {"booking": "124", "trip.to": "Rome", "trip.due": "1.00"}
    call.take("not_found")
    assert call.call.values == {"booking": "124"}


def test_a_slow_look_up_says_its_filler_words_first() -> None:
    """The filler is said, the carrier comes again, and then the look-up runs; each time the caller comes to it."""
    transcript(
        line(TRIP, TRIPS + "    filler: Let me look.\n"),
        """
        start     |
        123       | One moment. Let me look. (redirect)
        silence   | (look up trip: booking=123)
        not_found | No such booking. Booking? (3 keys#)
        124       | One moment. Let me look. (redirect)
        """,
    )


def test_after_nothing_found_the_next_place_says_so_once() -> None:
    """A menu says it, too; words on the way to the question say it themselves; a rescued caller does not hear it."""
    to_menu = TRIP.replace("not_found: question", "not_found: main") + (
        "main:\n  menu:\n    1 -> question: To ask again\n  no_match: Not on this menu.\n  give_up: hangup\n"
    )
    call = Line(line(to_menu, TRIPS))
    assert heard(call.take("start", "123", "not_found")) == (
        "Sorry, that doesn't seem to be right. To ask again, press 1. (1 key)"
    )
    assert heard(call.take("1")) == "Booking? (3 keys#)"
    to_words = TRIP.replace("not_found: question", "not_found: none") + "none:\n  say: None.\n  go: question\n"
    assert heard(Line(line(to_words, TRIPS)).take("start", "123", "not_found")) == "None. Booking? (3 keys#)"
    rescued = TRIP + "person:\n  menu:\n    1 -> question: To ask again\n  give_up: hangup\n"
    call = Line(line(rescued, TRIPS + "limits: {errors: 1}\noperator: person\n"))
    assert heard(call.take("start", "123", "not_found")) == (
        "We seem to be having trouble. Let us try another way. To ask again, press 1. (1 key)"
    )


@pytest.mark.parametrize("to", ["back", "repeat"])
def test_nothing_found_may_lead_back(to: str) -> None:
    """`back` and `repeat` lead to the question, which says that there was no match."""
    call = Line(line(TRIP.replace("not_found: question", f"not_found: {to}"), TRIPS))
    assert heard(call.take("start", "123", "not_found")) == "No such booking. Booking? (3 keys#)"


def test_a_failure_says_why_to_those_who_run_the_line() -> None:
    """The reason of a failed look-up is in its event."""
    call = Line(line(TRIP, TRIPS))
    call.take("start", "123")
    turn = call.take(Told(call.at, "failed", why="HTTP 500"))
    assert turn.events[0] == LookedUp("find", "trip", "failed", "HTTP 500")
