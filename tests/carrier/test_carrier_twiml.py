"""A turn's says as TwiML: against what Twilio's own classes build."""

from collections.abc import Callable

import pytest
from said import ACTION, BASE, again, gather, render, say
from twilio.twiml import voice_response as library
from twilio.twiml.voice_response import VoiceResponse
from twiml import check_twiml

from ivr.call.says import Dial, Gather, Hangup, Record, Redirect, Said


def menu_with_notice(response: VoiceResponse) -> None:
    """What must be heard out stands before the Gather, and what comes after it inside."""
    response.say("Welcome.", language="en-US")
    response.say("A notice.", language="en-US")
    made = gather(response)
    made.say("For x, press 1.", language="en-US")
    made.pause(length=2)
    made.say("Or wait.", language="en-US")
    again(response)


def all_held(response: VoiceResponse) -> None:
    """A Gather in which nothing is left to say."""
    response.say("A notice.", language="en-US")
    gather(response, 4, 4, "#")
    again(response)


def values(response: VoiceResponse) -> None:
    """Values are put in, escaped."""
    made = gather(response)
    made.say("The coach to <Austin> & co. leaves at 8 AM.", language="en-US")
    made.say('Sale de "Austin".', language="es-MX")
    again(response)


def pauses(response: VoiceResponse) -> None:
    """Pauses at either end, beside another, and beside a value that is empty."""
    response.pause(length=1)
    response.say("One", language="en-US")
    response.pause(length=2)
    response.pause(length=10)
    response.say("two", language="en-US")
    response.pause(length=1)
    again(response)


def record(response: VoiceResponse) -> None:
    """A Record and, for an empty recording, a Redirect."""
    response.say("After the tone.", language="en-US")
    response.record(
        action=ACTION,
        method="POST",
        max_length=120,
        timeout=5,
        play_beep=True,
        finish_on_key="#",
        recording_status_callback=f"{BASE}/voice/recording",
        recording_status_callback_method="POST",
    )
    again(response)


def shortest_record(response: VoiceResponse) -> None:
    """Twilio's maxLength is greater than 1."""
    response.record(
        action=ACTION,
        method="POST",
        max_length=2,
        timeout=1,
        play_beep=True,
        finish_on_key="#",
        recording_status_callback=f"{BASE}/voice/recording",
        recording_status_callback_method="POST",
    )
    again(response)


def dial(response: VoiceResponse, caller_id: str | None = "+15005550006") -> library.Dial:
    """A Dial without a noun."""
    made = library.Dial(action=ACTION, method="POST", timeout=30, caller_id=caller_id, answer_on_bridge=True)
    response.append(made)
    return made


TABLE: list[tuple[str, tuple[Said, ...], Callable[[VoiceResponse], object]]] = [
    ("nothing", (), lambda response: None),
    ("hang up", (Hangup(),), lambda response: response.hangup()),
    (
        "goodbye",
        (say("Thank you. Goodbye."), Hangup()),
        lambda response: (response.say("Thank you. Goodbye.", language="en-US"), response.hangup()),
    ),
    (
        "come again",
        (say("One moment."), Redirect()),
        lambda response: (response.say("One moment.", language="en-US"), again(response)),
    ),
    ("just keys", (Gather(1, "", 5.0),), lambda response: (gather(response), again(response))),
    (
        "what must be heard out",
        (
            say("Welcome."),
            say("A notice.", held=True),
            say("For x, press 1.<pause 1.2s>Or wait."),
            Gather(1, "", 4.5),
        ),
        menu_with_notice,
    ),
    ("all must be heard out", (say("A notice.", held=True), Gather(4, "#", 3.1)), all_held),
    (
        "values",
        (
            say("The coach to <a.to> & co. leaves at <a.at>.", "<Austin>", "8 AM"),
            say("Sale de <a.to>.", '"Austin"', language="es-MX"),
            Gather(1, "", 5),
        ),
        values,
    ),
    (
        "pauses",
        (say("<pause 0.1s>One<pause 2s> <pause 10s><a.b><pause 1s>", "two"), Redirect()),
        pauses,
    ),
    (
        "pauses alone",
        (say("<pause 3s>"), say("<a.b><pause 1s>", " "), Redirect()),
        lambda response: (response.pause(length=3), response.pause(length=1), again(response)),
    ),
    ("record", (say("After the tone."), Record(120.0, 4.2)), record),
    ("shortest record", (Record(0.5, 0.2),), shortest_record),
    (
        "dial",
        (Dial("+15005550199", "+15005550006", 30.0, None),),
        lambda response: dial(response).number("+15005550199"),
    ),
    (
        "dial and send digits",
        (Dial("+15005550199", "+15005550006", 29.5, "ww1#"),),
        lambda response: dial(response).number("+15005550199", send_digits="ww1#"),
    ),
    (
        "dial without a caller ID",
        (Dial("+15005550199", "", 30.0),),
        lambda response: dial(response, None).number("+15005550199"),
    ),
    (
        "dial SIP",
        (Dial('sip:ana@example.com?x=1&y="2"', 'A "quoted" <caller>', 30.0, "1"),),
        lambda response: dial(response, 'A "quoted" <caller>').sip('sip:ana@example.com?x=1&y="2"'),
    ),
    (
        "dial a client",
        (Dial("client:ana.ruiz", "+15005550006", 30.0, "1"),),
        lambda response: dial(response).client("ana.ruiz"),
    ),
]


@pytest.mark.parametrize(("says", "build"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_we_send_what_the_library_builds(says: tuple[Said, ...], build: Callable[[VoiceResponse], object]) -> None:
    """The document is byte for byte the library's, and right."""
    response = VoiceResponse()
    build(response)
    assert render(*says) == response.to_xml()
    assert check_twiml(response.to_xml()) == []
