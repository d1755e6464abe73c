"""TwiML as the phone reads it: what it accepts, and the error that a carrier would log for the rest."""

import inspect

import pytest
from twilio.twiml import TwiML, lower_camel
from twilio.twiml import voice_response as library

from ivr.phone.events import CarrierError
from ivr.phone.parse import parse
from ivr.phone.schema import ATTRIBUTES
from ivr.phone.twiml import Dial, Gather, Hangup, Pause, Play, Record, Redirect, Reject, Say

URL = "http://line.test/voice/CA1/3"


def verbs(text: str) -> tuple[object, ...]:
    """The verbs of a document, read as coming from URL."""
    return parse(f"<Response>{text}</Response>".encode(), URL).verbs


@pytest.mark.parametrize("element", sorted(set(ATTRIBUTES) - {"Response"}))
def test_the_attributes_are_those_of_the_carriers_own_library(element: str) -> None:
    """Twilio's library is the oracle for the attributes that an element has."""
    texts = {"Say": "message", "Play": "url", "Redirect": "url", "Dial": "number"}
    nouns = {"Number": "phone_number", "Client": "identity", "Sip": "sip_url"}
    parent = library.Dial if element in nouns else library.VoiceResponse
    names = set(inspect.signature(getattr(parent, element.lower())).parameters)
    names -= {"self", "kwargs", (texts | nouns).get(element)}
    assert {lower_camel(name) for name in names} == ATTRIBUTES[element]


def built() -> TwiML:
    """One document with everything that a line of ours may say, built by Twilio's library."""
    answer = library.VoiceResponse()
    answer.say("Hola", language="es-MX", voice="Polly.Mia")
    answer.play("/recordings/es-MX/meridian/welcome.wav", loop=0)
    with answer.gather(action="4", num_digits=4, finish_on_key="", timeout=9, action_on_empty_result=True) as ask:
        ask.say("Number?")
        ask.play(digits="1w2")
        ask.pause(length=2)
    answer.record(action="5", max_length=60, finish_on_key="#", recording_status_callback="/voice/recording")
    with answer.dial(action="6", caller_id="+15005550006", answer_on_bridge=True, time_limit=60) as dial:
        dial.number("+15005550199")
        dial.client("ana")
        dial.sip("sip:raj@example.com")
    answer.redirect("?again", method="GET")
    answer.hangup()
    answer.reject(reason="busy")
    return answer


def test_all_that_the_carriers_own_library_builds_is_read() -> None:
    """Every verb arrives with its values, its defaults and absolute URLs."""
    assert parse(str(built()).encode(), URL).verbs == (
        Say("Hola", "es-MX", 1, 0),
        Play("http://line.test/recordings/es-MX/meridian/welcome.wav", "", 1000),
        Gather(
            action="http://line.test/voice/CA1/4",
            method="POST",
            timeout=9,
            finish_on_key="",
            num_digits=4,
            action_on_empty_result=True,
            takes_keys=True,
            parts=(Say("Number?", "en-US", 1, 0), Play("", "1w2", 1), Pause(2)),
        ),
        Record(
            action="http://line.test/voice/CA1/5",
            method="POST",
            timeout=5,
            finish_on_key="#",
            max_length=60,
            callback="http://line.test/voice/recording",
            callback_method="POST",
        ),
        Dial(
            parties=("+15005550199", "client:ana", "sip:raj@example.com"),
            action="http://line.test/voice/CA1/6",
            method="POST",
            timeout=30,
            time_limit=60,
            caller_id="+15005550006",
            answer_on_bridge=True,
        ),
        Redirect("http://line.test/voice/CA1/3?again", "GET"),
        Hangup(),
        Reject("busy"),
    )


def test_markup_within_say_is_heard_as_its_words() -> None:
    """Speech markup is not read out; its breaks take their time."""
    (say,) = verbs('<Say>Bay <say-as interpret-as="digits">12</say-as>,<break time="1500ms"/>\n <s>now</s>.</Say>')
    assert say == Say("Bay 12, now.", "en-US", 1, 1.5)


def test_a_dial_may_hold_its_number_as_text() -> None:
    """`<Dial>+1…</Dial>` is short for one Number."""
    (dial,) = verbs("<Dial> +15005550199 </Dial>")
    assert isinstance(dial, Dial)
    assert dial.parties == ("+15005550199",)
    assert dial.action is None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (12200, "<Shout>Hello</Shout>"),
        (12200, "<say>Hello</say>"),
        (12200, '<Say lang="en-US">Hello</Say>'),
        (12200, '<Gather numdigits="1"/>'),
        (12200, "Hello"),
        (12200, "<Gather>Press 1.</Gather>"),
        (12200, "<Hangup>now</Hangup>"),
        (12200, "<Say>Hello <b>you</b></Say>"),
        (12200, '<Say>Hello <break length="1s"/></Say>'),
        (12200, "<Say>Hello <Pause/></Say>"),
        (12200, "<Enqueue>bookings</Enqueue>"),
        (12200, "<Play/>"),
        (12200, '<Play digits="1">a.wav</Play>'),
        (12200, '<Reject reason="tired"/>'),
        (12200, '<Gather actionOnEmptyResult="yes"/>'),
        (13210, '<Dial method="PUT">+15005550199</Dial>'),
        (13212, '<Dial timeout="0">+15005550199</Dial>'),
        (13215, "<Dial/>"),
        (13215, "<Dial><Say>Hello</Say></Dial>"),
        (13215, "<Dial><Client/></Dial>"),
        (13216, '<Dial timeLimit="-1">+15005550199</Dial>'),
        (13223, "<Dial>nobody</Dial>"),
        (13243, "<Dial><Sip>raj@example.com</Sip></Dial>"),
        (13310, '<Gather finishOnKey="##"/>'),
        (13310, '<Gather finishOnKey="a"/>'),
        (13312, '<Gather method="post"/>'),
        (13313, '<Gather timeout="soon"/>'),
        (13313, '<Gather timeout="1.5"/>'),
        (13314, '<Gather numDigits="0"/>'),
        (13320, "<Gather><Dial>+15005550199</Dial></Gather>"),
        (13326, '<Gather input="voice"/>'),
        (13410, '<Play loop="x">a.wav</Play>'),
        (13510, '<Say loop="-1">Hello</Say>'),
        (13520, "<Say> </Say>"),
        (13520, f"<Say>{'a' * 4097}</Say>"),
        (13520, f'<Say voice="Polly.Mia">{"a" * 3001}</Say>'),
        (13520, '<Say>Hello<break time="long"/></Say>'),
        (13610, '<Record method="PUT"/>'),
        (13611, '<Record timeout="0"/>'),
        (13612, '<Record maxLength="0"/>'),
        (13613, '<Record finishOnKey="x"/>'),
        (13616, '<Record playBeep="no"/>'),
        (13710, '<Redirect method="PUT">/x</Redirect>'),
        (13910, '<Pause length="0"/>'),
        (13910, '<Pause length="99999999999"/>'),
        (11100, "<Redirect>http://[/</Redirect>"),
    ],
)
def test_what_twiml_lacks_is_an_error_under_its_code(code: int, text: str) -> None:
    """Each mistake has the code under which a carrier would log it."""
    with pytest.raises(CarrierError) as raised:
        verbs(text)
    assert raised.value.code == code, raised.value.text


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (12100, b"<Response><Say>Hello</Response>"),
        (12100, b"Hello"),
        (12100, b"\x00\xff"),
        (12100, b"<Response><Say>\x08</Say></Response>"),
        (12100, b'<?xml version="1.0" encoding="klingon"?><Response/>'),
        (12102, b"<html/>"),
        (12102, b'<Response xmlns="http://www.w3.org/1999/xhtml"/>'),
    ],
)
def test_what_is_no_document_is_an_error_under_its_code(code: int, body: bytes) -> None:
    """12100 is what XML itself refuses, 12102 a root that is not Response."""
    with pytest.raises(CarrierError) as raised:
        parse(body, URL)
    assert raised.value.code == code, raised.value.text


def test_an_empty_response_has_no_verbs() -> None:
    """An empty Response is a document; it is up to the call what to make of it."""
    assert verbs("<!-- nothing -->") == ()
