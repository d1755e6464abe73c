"""Every call ends: the caps, and what happens at each."""

from __future__ import annotations

import pytest
from calling import Line, happened, heard, line

from ivr.call.engine import MORE_INPUTS

TROUBLE = "We seem to be having trouble. Let us try another way."
GOODBYE = "Thank you for calling. Goodbye. (hangup)"
VOICEMAIL = "Please leave a message after the tone. When you are done, press pound. (record)"
ROUND = """
main:
  menu:
    1 -> main: To go round
    2 -> bye: To end
  give_up: bye
  tries: 9
bye:
  say: Bye.
  go: hangup
"""
PERSON = """
person:
  say: Here is our own menu.
  menu:
    1 -> person: To go round here
    2 -> bye: To end here
  give_up: bye
  tries: 9
"""
TOP = 'operator: person\nlast_resort: "+15005550199"\n'


def test_tries_at_a_step() -> None:
    """`limits: tries` is for every menu and question that has no tries of its own."""
    for top, tries in (("", 3), ("limits: {tries: 1}", 1), ("limits: {tries: 5}", 5)):
        call = Line(line(ROUND.replace("  tries: 9\n", ""), top))
        call.take("start", *["silence"] * (tries - 1))
        assert happened(call.take("silence").events) == "no_input main, gave_up main, entered bye, ended line"


@pytest.mark.parametrize("errors", [1, 4, 6])
def test_errors_of_a_call(errors: int) -> None:
    """At each cap as many errors more: first a person, then the last resort, then the end."""
    top = TOP if errors == 6 else f"{TOP}limits: {{errors: {errors}}}"
    call = Line(line(ROUND + PERSON, top))
    call.take("start")
    bad = ["7", "silence"] * errors
    call.take(*bad[: errors - 1])
    turn = call.take("7")
    assert heard(turn) == f"{TROUBLE} Here is our own menu. To go round here, press 1. To end here, press 2. (1 key)"
    assert happened(turn.events) == "no_match 7, capped errors, entered person"
    call.take(*bad[: errors - 1])
    turn = call.take("7")
    assert heard(turn) == f"{TROUBLE} (dial +15005550199 from +12125550142)"
    assert heard(call.take("dialed failed")) == VOICEMAIL


def test_a_caller_who_presses_valid_keys_for_ever_ends() -> None:
    """After the cap on inputs a person, twenty inputs later the last resort, and so on until the end."""
    call = Line(line(ROUND + PERSON, TOP + "limits: {inputs: 30}"))
    call.take("start", *["1"] * 30)
    assert call.call.place == "main"
    assert happened(call.take("1").events) == "capped inputs, entered person"
    call.take(*["1"] * (MORE_INPUTS - 1))
    assert call.call.place == "person"
    assert happened(call.take("1").events) == "capped inputs, entered service.last_resort, dialing 0199"
    assert happened(call.take("dialed failed").events) == "dial_ended failed 60, entered service.voicemail"
    assert heard(call.take("silence")) == GOODBYE
    assert call.call.ended == "line"


@pytest.mark.parametrize("key", ["9", "1", "*", "#"])
def test_no_key_goes_on_for_ever(key: str) -> None:
    """Whatever one key does, pressed for ever it ends the call: repeat and back, too."""
    call = Line(line(ROUND + PERSON, TOP))
    call.take("start")
    for _ in range(250):
        call.take(key)
        if call.call.ended:
            break
        if call.call.place.startswith("service"):
            call.take("dialed failed" if call.call.place == "service.last_resort" else "silence")
    assert call.call.ended == "line"
    assert call.call.inputs <= 150 + 3 * MORE_INPUTS


LOOP = """
a:
  say: A.
  go: b
b:
  if: call.tries == 0
  then: a
  else: hangup
"""


@pytest.mark.parametrize("steps", [5, 50])
def test_a_loop_of_steps_ends(steps: int) -> None:
    """Steps without the caller are capped; a line whose operator loops as well ends all the same."""
    top = "operator: a\n" + (f"limits: {{steps: {steps}}}" if steps != 50 else "")
    call = Line(line(LOOP, top + '\nlast_resort: "+15005550199"'))
    turn = call.take("start")
    assert happened(turn.events).count("entered") == 2 * steps + 1
    assert happened(turn.events).endswith("capped steps, entered service.last_resort, dialing 0199")
    assert heard(turn).endswith(f"{TROUBLE} (dial +15005550199 from +12125550142)")


def test_a_loop_of_look_ups_ends() -> None:
    """The answers of look-ups, and the carrier's return after filler words, are not the caller's doing."""
    steps = """
    a:
      lookup: trip
      found: b
      not_found: hangup
      failed: a
    b:
      say: B.
      go: a
    """
    lookup = "lookups:\n  trip:\n    get: https://api.example.com/\n    gives: {to: text}\n"
    for top, inputs in ((lookup, ["found to=x"]), (lookup + "    filler: Wait.\n", ["silence", "failed"])):
        call = Line(line(steps, top + "limits: {steps: 10}"))
        call.take("start")
        for _ in range(20):
            if call.call.place != "a":
                break
            call.take(*inputs)
        assert call.call.place == "service.voicemail"
        assert happened(call.events).count("entered a") <= 10


def test_the_callers_doing_begins_the_count_of_steps_anew() -> None:
    """A caller may go round as often as the cap on inputs lets them, however few steps a turn may have."""
    call = Line(line(ROUND, "limits: {steps: 5}"))
    call.take("start", *["1"] * 100)
    assert call.call.place == "main"


def test_a_message_at_the_cap_is_not_lost() -> None:
    """The input that is one too many is not taken, but the fact in it is noted."""
    steps = (
        "again:\n  menu:\n    1 -> message: To leave one\n  give_up: hangup\nmessage:\n  voicemail: office\n  go: again"
    )
    keys = ["1", "silence", "1", "silence", "1"]
    call = Line(line(steps, "limits: {inputs: 5}"))
    call.take("start", *keys)
    turn = call.take("recorded https://x.test/RE1")
    assert happened(turn.events) == (
        "message_left office https://x.test/RE1 12, capped inputs, entered service.voicemail"
    )
    gone = Line(line(steps, "limits: {inputs: 5}"))
    gone.take("start", *keys)
    turn = gone.take("recorded https://x.test/RE1 gone")
    assert happened(turn.events) == "message_left office https://x.test/RE1 12, ended completed"


def test_a_dialled_leg_at_the_cap_is_noted() -> None:
    """A number that is always busy is not dialled for ever."""
    steps = """
    connect:
      dial: "+15005550100"
      answered: hangup
      busy: connect
      no_answer: connect
      failed: hangup
    """
    call = Line(line(steps, "limits: {inputs: 5}"))
    call.take("start", *["dialed busy"] * 5)
    assert happened(call.take("dialed busy").events) == "dial_ended busy 60, capped inputs, entered service.voicemail"


def test_inputs_that_nobody_awaits_count_as_well() -> None:
    """A carrier that sends keys for ever to a place that awaits none does not keep the call alive."""
    call = Line(line("message:\n  voicemail: office\n  go: hangup", "limits: {inputs: 5}"))
    call.take("start", *["5"] * (5 + 2 * MORE_INPUTS + 2))
    assert call.call.ended == "line"


def test_the_third_cap_says_goodbye_and_nothing_of_other_ways() -> None:
    """Who is not handed on is not told so."""
    call = Line(line(ROUND + PERSON, "operator: person\nlimits: {errors: 1, inputs: 5}"))
    assert heard(call.take("start", "silence")).startswith(f"{TROUBLE} Here is our own menu.")
    assert heard(call.take("silence")) == f"{TROUBLE} {VOICEMAIL}"
    call.take(*["5"] * (5 + 2 * MORE_INPUTS - 2))  # keys, where a recording is awaited
    assert call.call.place == "service.voicemail"
    assert heard(call.take("5")) == GOODBYE
