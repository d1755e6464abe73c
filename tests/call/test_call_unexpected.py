"""What comes when nobody awaits it: inputs out of order, facts after the end, trouble of our own."""

from __future__ import annotations

import pytest
from calling import Line, happened, heard, line, read_input

from ivr.call import step
from ivr.call.inputs import Hidden, Pressed
from ivr.call.says import Hangup

PLACES = """
main:
  menu:
    1 -> question: To answer
    2 -> message: To speak
    3 -> connect: To talk
    4 -> pin: To prove it
  give_up: hangup
question:
  ask: Number?
  digits: 4
  confirm: yes
  save: number
  go: hangup
message:
  voicemail: office
  go: hangup
connect:
  dial: "+15005550100"
  answered: hangup
  busy: hangup
  no_answer: hangup
  failed: hangup
pin:
  ask: PIN?
  type: pin
  save: pin
  go: find
find:
  say: One moment.
  lookup: trip
  found: hangup
  not_found: hangup
  failed: hangup
"""
TRIP = """
lookups:
  trip:
    post: https://api.example.com/
    body: {pin: <pin>}
    gives: {to: text}
"""
MAIN = "To answer, press 1. To speak, press 2. To talk, press 3. To prove it, press 4. (1 key)"
CONFIRM = "You entered 1 2 3 4. To keep it, press 1. To enter it again, press 2. (1 key)"
VOICEMAIL = "Please leave a message after the tone. When you are done, press pound. (record)"


def at(*inputs: str) -> Line:
    """A call that came this far."""
    call = Line(line(PLACES, TRIP))
    call.take("start", *inputs)
    return call


AWAITED = {
    (): ("silence", "1"),
    ("1",): ("silence", "1"),
    ("1", "1234"): ("silence", "1"),
    ("2",): ("silence", "recorded https://x.test/1"),
    ("3",): ("dialed busy",),
    ("4",): ("silence", "1"),
    ("4", "9876"): ("found", "not_found", "failed", "silence"),
}
EVERY = ("start", "silence", "1", "found", "not_found", "failed", "recorded https://x.test/1", "dialed busy")
PRESENTED = {
    (): MAIN,
    ("1",): "Number? (4 keys#)",
    ("1", "1234"): CONFIRM,
    ("2",): VOICEMAIL,
    ("3",): "(dial +15005550100 from +12125550142)",
    ("4",): "PIN? When you are done, press pound. (8 keys#)",
    ("4", "9876"): "One moment. (look up trip: pin=9876)",
}


@pytest.mark.parametrize(
    ("place", "entry"), [(place, entry) for place in AWAITED for entry in EVERY if entry not in AWAITED[place]]
)
def test_what_is_not_awaited_moves_nobody(place: tuple[str, ...], entry: str) -> None:
    """It is noted with its kind alone, and the place presents itself again; no try and no error is counted."""
    call = at(*place)
    before = call.call
    turn = call.take(entry)
    assert heard(turn) == PRESENTED[place]
    assert happened(turn.events[:1]) == f"unexpected {read_input(entry).kind}"
    assert (call.call.place, call.call.misses, call.call.errors) == (before.place, before.misses, before.errors)
    assert call.call.values == before.values
    if isinstance(turn.input, Pressed):
        assert turn.input.keys == ""


def test_the_log_keeps_no_keys_that_nobody_awaited() -> None:
    """They may belong to a secret answer."""
    call = at("2")
    call.take("4711")
    assert b"4711" not in b"".join(call.records)


def test_hidden_keys_are_taken_where_keys_are() -> None:
    """What the log hid takes the same way again: a replayed input is no match at a menu, and nothing elsewhere."""
    assert happened(at().take(Hidden(Line(line(PLACES, TRIP)).at, 4, "no_match")).events) == "no_match None"
    assert happened(at("1").take(Hidden(Line(line(PLACES, TRIP)).at, 4, "zero")).events[0:1]) == "chose 0 operator"


def test_the_end_is_the_end() -> None:
    """After it every input of the caller gets a hang-up and is noted; a second hang-up is nothing new."""
    call = at("1")
    turn = call.take("hangup")
    assert (turn.says, happened(turn.events)) == ((), "ended completed")
    assert call.take("hangup").events == ()
    for entry in ("start", "silence", "1234", "found", "recorded https://x.test/1", "dialed busy", "trouble"):
        turn = call.take(entry)
        assert turn.says == (Hangup(),)
        assert happened(turn.events) == f"unexpected {read_input(entry).kind}"
    assert call.call.ended == "completed"


def test_facts_after_the_end_are_noted() -> None:
    """`completed` may come before the message or the dialled leg that it ended."""
    call = at("2", "hangup")
    assert happened(call.take("recorded https://x.test/1 gone").events) == "message_left office https://x.test/1 12"
    assert call.take("audio https://x.test/1").says == ()
    assert happened(call.turns[-1].events) == "audio_ready https://x.test/1 12"
    call = at("3", "hangup")
    assert happened(call.take("dialed answered gone").events) == "dial_ended answered 60"
    assert [event.kind for event in call.events].count("ended") == 1


def test_a_hang_up_forgets_what_was_secret() -> None:
    """Nothing of an answer is kept for a call that is over."""
    call = at("4", "9876")
    assert call.call.secrets
    call.take("hangup")
    assert call.call.secrets == {}


def test_audio_that_is_ready_changes_nothing_else() -> None:
    """A mere fact says nothing, so that the carrier's reply to it is empty, and the call stays where it is."""
    call = at("1")
    turn = call.take("audio https://x.test/1")
    assert (turn.says, turn.want) == ((), None)
    assert (call.call.place, call.call.inputs) == ("question", 1)


def test_an_input_before_the_beginning_ends() -> None:
    """A call that never started has no place to present."""
    assert Line(line(PLACES, TRIP)).take("1").says == (Hangup(),)


SORRY = "We are sorry, something went wrong on our side."


@pytest.mark.parametrize("place", AWAITED)
def test_trouble_anywhere_is_an_apology_and_a_person(place: tuple[str, ...]) -> None:
    """Wherever something of ours raised, the caller hears so and goes to the operator, the last resort, the end."""
    call = Line(line(PLACES, TRIP + 'operator: message\nlast_resort: "+15005550199"\n'))
    call.take("start", *place)
    turn = call.take("trouble")
    assert heard(turn) == f"{SORRY} {VOICEMAIL}"
    assert happened(turn.events) == "rescued ValueError, entered message"
    assert heard(call.take("trouble")) == f"{SORRY} (dial +15005550199 from +12125550142)"
    assert heard(call.take("trouble")) == f"{SORRY} Thank you for calling. Goodbye. (hangup)"
    assert call.call.ended == "line"


def test_trouble_before_the_beginning_is_told_in_the_first_language() -> None:
    """Even the first webhook of a call may fail."""
    assert heard(Line(line(PLACES, TRIP)).take("trouble")) == f"{SORRY} {VOICEMAIL}"


def test_the_call_that_was_given_stays_as_it_was() -> None:
    """`step` copies: whoever saves a call decides which one is saved."""
    call = at("1").call
    twin = call.copy()
    turn = step(line(PLACES, TRIP), call, read_input("1234"))
    assert call == twin
    assert turn.call != call
