"""Secret digits are in the secrets of the call until their look-up is done, and nowhere else."""

from __future__ import annotations

import pytest
from calling import Line, happened, heard, line

from ivr.call.inputs import Hidden, Pressed
from ivr.call.wire import dump_call

PIN = "73194628"
CARD = "5294718360472154"
STEPS = """
main:
  menu:
    1 -> card: To pay
  extension: {digits: 8, save: extension, go: main}
  give_up: hangup
  tries: 9
card:
  ask: Card number?
  digits: 12-19
  luhn: yes
  secret: yes
  save: card
  go: pin
  tries: 9
pin:
  ask: PIN?
  type: pin
  save: pin
  go: number
  tries: 9
number:
  ask: Booking?
  digits: 3
  save: booking
  go: check
  tries: 9
check:
  lookup: pay
  found: main
  not_found: card
  failed: main
"""
PAY = """
limits: {errors: 50}
lookups:
  pay:
    post: https://api.example.com/
    body: {card: <card>, pin: <pin>, booking: <booking>}
    gives: {status: text}
"""


def play(*inputs: str) -> Line:
    """A call on the line with secrets."""
    call = Line(line(STEPS, PAY))
    call.take("start", *inputs)
    return call


def traces(call: Line) -> str:
    """All that is stored, logged or shown of the call."""
    states = [dump_call(turn.call).decode() + repr(turn.call) for turn in call.turns]
    said = [heard(turn) for turn in call.turns if not turn.want] + [repr(turn) for turn in call.turns]
    return " ".join([*states, *said, *(record.decode() for record in call.records), repr(call.events)])


WAYS = [
    ("entered at once", ["1", CARD, PIN, "123", "found status=ok"]),
    ("wrong card first", ["1", CARD[:-1] + "5", CARD, PIN, "123", "found status=ok"]),
    ("too short", ["1", CARD[:8], PIN[:3], "silence", CARD, PIN[:3], PIN, "123", "failed"]),
    ("cleared", ["1", CARD + "*", CARD, PIN[:4] + "*" + PIN[4:], "123", "not_found"]),
    ("a star and the rest", ["1", "12*" + CARD, PIN[:3] + "*" + PIN[:4], PIN[4:], "123", "failed"]),
    ("a star, the rest and silence", ["1", CARD, PIN[:2] + "*" + PIN[:5], "silence", "123", "failed"]),
    ("two stars", ["1", CARD + "**", "1", CARD, PIN + "**"]),
    ("hung up", ["1", CARD, PIN, "hangup"]),
    ("trouble", ["1", CARD, PIN, "trouble"]),
    ("typed too early", [PIN + "1", "1", CARD]),
    ("typed too late", ["1", CARD, PIN, PIN[:3] + "4", CARD[:5], "123", "found", CARD[:6]]),
    ("cleared at the wrong question", ["1", CARD, PIN, PIN[:4] + "*1", "23", "found"]),
    ("to nobody", ["1", CARD, PIN, "123", PIN, "found", "hangup", PIN]),
]


@pytest.mark.parametrize(("way", "inputs"), WAYS, ids=[way for way, _ in WAYS])
def test_secret_digits_are_nowhere(way: str, inputs: list[str]) -> None:
    """No four digits on end of a card or PIN are in a record, an event, a state, a prompt or any repr."""
    shown = traces(play(*inputs))
    for secret in (PIN, CARD):
        for start in range(len(secret) - 3):
            assert secret[start : start + 4] not in shown


def test_a_secret_is_given_to_its_look_up_and_then_gone() -> None:
    """The look-up gets the value; after its answer, whatever that is, the call has it no more."""
    for answer in ("found status=ok", "not_found", "failed"):
        call = play("1", CARD, PIN, "123")
        want = call.turns[-1].want
        assert want
        assert dict(want.values) == {"card": CARD, "pin": PIN, "booking": "123"}
        assert "card" in repr(want)
        assert CARD not in repr(want)
        assert call.call.secrets == {"card": CARD, "pin": PIN}
        call.take(answer)
        assert call.call.secrets == {}


def test_a_secret_typed_after_a_star_is_kept_like_any_answer() -> None:
    """What stays of it is among the secrets, so that its caller is served as well as any other."""
    call = play("1", CARD, "12*73194")
    assert call.call.secrets == {"card": CARD, "<typed>": "73194"}
    assert call.call.typed == ""
    assert heard(call.turns[-1]) == "(3 keys#)"
    assert happened(call.take("62").events) == "answered pin None, entered number"
    assert call.call.secrets == {"card": CARD, "pin": "7319462"}
    assert play("1", CARD, "12*73194", "silence").call.secrets == {"card": CARD, "pin": "73194"}


def test_the_log_has_the_length_and_the_verdict() -> None:
    """A secret answer is an event without its value, and an input without its keys."""
    call = play("1", CARD, "12")
    assert call.turns[2].input == Hidden(call.at, 16, "valid")
    assert happened(call.turns[2].events) == "answered card None, entered pin"
    assert call.turns[3].input == Hidden(call.at, 2, "no_match")
    assert happened(call.turns[3].events) == "no_match None"


def test_several_keys_in_vain_are_not_kept_on_a_line_with_secrets() -> None:
    """They may be a PIN typed too early or too late; one key is kept, and so are all on a line without secrets."""
    call = play("731946")
    assert happened(call.turns[-1].events) == "no_match None"
    assert call.turns[-1].input == Hidden(call.at, 6, "no_match")
    assert happened(call.take("7").events) == "no_match 7"
    open_line = Line(line(STEPS.replace("secret: yes", "secret: no").replace("type: pin", "digits: 4"), PAY))
    assert happened(open_line.take("start", "731946").events) == "no_match 731946"


def test_what_was_cleared_is_not_kept() -> None:
    """On any line: the log has the answer, and stars for what the caller took back."""
    call = play("1", CARD, PIN)
    call.take("7*1", "23")
    assert [turn.input for turn in call.turns[-2:]] == [Pressed(call.at, "**1"), Pressed(call.at, "23")]
    assert call.call.values == {"booking": "123"}


def test_keys_at_the_cap_are_not_kept() -> None:
    """The input that is one too many is judged by nobody, so it may be a secret answer."""
    call = Line(line(STEPS, PAY.replace("errors: 50", "errors: 50, inputs: 5")))
    call.take("start", "1", *["12"] * 4)
    assert call.take(CARD).input == Pressed(call.at, "")
    assert CARD not in traces(call)
