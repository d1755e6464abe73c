"""Where a caller is called back who asks for it while they wait: the own number, another one, and no number at all."""

from __future__ import annotations

import pytest
from calling import NOON, Line, happened, heard, new_call, transcript
from test_call_queue import JOIN, JOINED, queue_line, waiting

from ivr.call import replay
from ivr.call.inputs import Waited
from ivr.call.queue_events import QueueExited
from ivr.call.queue_number import MOST_ENTRIES
from ivr.call.wants import BookCallback

FACTS = "callback=1 leave=* allow=US,MX"
OWN = "We will call you at 2 1 2, 5 5 5, 0 1 4 2. Press 1 to keep that, or enter another number and press pound."
ENTER = "Please enter the number where we can call you, and press pound."
CHECK = "You entered 3 1 2, 5 5 5, 0 1 9 9. If that is right, press 1. To enter it again, press 2."
STAY = "Please stay on the line."
WRONG = "Sorry, we cannot call that number."


def asked(**facts: bool) -> Line:
    """A caller who waits and has pressed the key for a callback."""
    call = waiting()
    call.take(Waited(NOON, 1, "1", callback="1", leave="*", allow="US MX", **facts))
    return call


def test_another_number_is_entered_checked_and_booked() -> None:
    """Read back, entered again by 2, confirmed by 1; the words at the end name the number that was confirmed."""
    transcript(
        queue_line(),
        f"""
        {JOIN}
        {JOINED}
        waited k=1 {FACTS} keys=1          | {OWN} (20 keys#, then 2)
        waited k=2 {FACTS} keys=2125550188 | You entered 2 1 2, 5 5 5, 0 1 8 8. If that is right, press 1. To enter it again, press 2. (1 key, then 3)
        waited k=3 {FACTS} keys=2          | {ENTER} (20 keys#, then 4)
        waited k=4 {FACTS} keys=3125550199 | {CHECK} (1 key, then 5)
        waited k=5 {FACTS} keys=1          | (book +13125550199 in bookings)
        released callback_booked           | We will call you back at 3 1 2, 5 5 5, 0 1 9 9. You keep your place in line. (leave) | queue_exited bookings callback_booked 1 0
        left leave                         | Bye. (hangup)
        """,  # noqa: E501
    )


def test_who_has_no_number_of_their_own_is_asked_for_one_at_once() -> None:
    """An anonymous caller hears of a callback without a number, and 1 is none."""
    call = waiting()
    offer = "waited k=1 callback=1 own=no allow=US"
    assert heard(call.take(offer)) == "To keep your place and be called back, press 1. (then 2)"
    assert heard(call.take("waited k=2 callback=1 own=no allow=US keys=1")) == f"{ENTER} (20 keys#, then 3)"
    turn = call.take("waited k=3 callback=1 own=no allow=US keys=1")
    assert (heard(turn), happened(turn.events)) == (f"{WRONG} {ENTER} (20 keys#, then 4)", "no_match None")


@pytest.mark.parametrize(
    ("keys", "allow", "number"),
    [
        ("3125550199", "US MX", "+13125550199"),
        ("13125550199", "US", "+13125550199"),
        ("8112345678", "US MX", "+528112345678"),  # none of the United States, so it is the other country's
        ("525512345678", "US MX", "+525512345678"),
        ("011525512345678", "US MX", "+525512345678"),
        ("525512345678", "US", None),
        ("9005551234", "US", None),  # premium
        ("911", "US", None),
        ("3125550199", "", None),
        ("**", "US", None),
        ("12345678901234567890", "US", None),
    ],
)
def test_only_numbers_that_may_be_called_are_taken(keys: str, allow: str, number: str | None) -> None:
    """Valid, of an allowed country in any way of writing it, not premium."""
    call = waiting()
    call.take(Waited(NOON, 1, "1", callback="1", own=False, allow=allow))
    turn = call.take(Waited(NOON, 2, keys, callback="1", own=False, allow=allow))
    assert heard(turn).startswith("You entered" if number else WRONG)
    if number:
        turn = call.take(Waited(NOON, 3, "1", callback="1", own=False, allow=allow))
        assert turn.want == BookCallback("bookings", number, "en-US")


@pytest.mark.parametrize(
    "ways",
    [
        ("keys=*",),
        ("", ""),
        ("keys=3125550199", "keys=*"),
        ("keys=3125550199", "", ""),
        ("keys=9", "keys=9", "keys=9"),
        ("keys=9", "", "keys=9"),
        ("keys=3125550199", "keys=2", "keys=3125550199", "keys=5", "keys=2"),
    ],
)
def test_who_enters_nothing_waits_on(ways: tuple[str, ...]) -> None:
    """The key to leave, silence twice, or as many misses as a line has tries: they wait, and nothing is booked."""
    call = asked()
    for k, keys in enumerate(ways, 2):
        turn = call.take(f"waited k={k} {FACTS} {keys}")
        assert heard(turn).endswith(f", then {k + 1})") or k == len(ways) + 1
    words = f"{WRONG} {STAY}" if ways[-1] == "keys=9" else STAY
    assert heard(turn) == f"{words} (then {len(ways) + 2})"
    k = len(ways) + 2
    assert heard(call.take(f"waited k={k} {FACTS}")) == f"(silence 0+10 s, then {k + 1})"


def test_the_key_asks_anew_but_not_for_ever() -> None:
    """Three times in one wait; after that it does nothing, and the caller waits for an agent."""
    call = waiting()
    k = 1
    for _ in range(MOST_ENTRIES):
        assert heard(call.take(f"waited k={k} {FACTS} keys=1")).startswith("We will call you at")
        assert heard(call.take(f"waited k={k + 1} {FACTS} keys=*")).startswith(STAY)
        k += 2
    assert heard(call.take(f"waited k={k} {FACTS} keys=1")) == f"(silence 0+10 s, then {k + 1})"


def test_an_agent_comes_first() -> None:
    """One who is offered while a number is entered: it is left, and who is not taken after all waits as before."""
    call = asked()
    assert heard(call.take(f"waited k=2 {FACTS} keys=3125550199 move=yes")) == "(leave)"
    assert heard(call.take("offered o1 ana")).startswith("(offer o1")
    call.take("dialed busy")
    assert heard(call.take(f"waited k=3 {FACTS}")) == "(silence 0+10 s, then 4)"


def test_a_number_is_in_no_record() -> None:
    """Of the keys the last four digits are kept, in events nothing; and the records give the events again."""
    call = asked()
    call.take(
        f"waited k=2 {FACTS} keys=9005551234", f"waited k=3 {FACTS} keys=3125550199", f"waited k=4 {FACTS} keys=1",
        "released callback_booked", "left leave",
    )  # fmt: skip
    assert not any(b"555" in record for record in call.records)
    assert [it.input.keys for it in call.loaded_records()[2:5]] == ["1", "1234", "0199"]  # type: ignore[union-attr]
    again = [event for turn in replay(call.flow, new_call(call.flow), call.loaded_records()) for event in turn.events]
    assert again == call.events
    assert any(isinstance(it, QueueExited) for it in again)


def test_what_a_lost_call_types_is_in_no_record_either() -> None:
    """A wait's webhook where nobody waits: that many keys are a number, or nobody knows what."""
    call = Line(queue_line())
    call.take("start", "released left", Waited(NOON, 2, "3125550199"))
    assert not any(b"3125550199" in record or b"0199" in record for record in call.records)
