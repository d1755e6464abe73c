"""TwiML as the phone reads it: what it accepts, and the error that a carrier would log for the rest."""

import inspect

import pytest
from twilio.twiml import TwiML, lower_camel
from twilio.twiml import voice_response as library

from ivr.phone.events import CarrierError
from ivr.phone.not_run import OTHERS, OTHERS_HOLD, TAKES_OVER
from ivr.phone.parse import parse
from ivr.phone.schema import ATTRIBUTES, NOT_RUN
from ivr.phone.twiml import (
    Dial,
    Enqueue,
    Gather,
    Hangup,
    NotRun,
    Noun,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Sms,
    Told,
)

URL = "http://line.test/voice/CA1/3"


def verbs(text: str) -> tuple[object, ...]:
    """The verbs of a document, read as coming from URL."""
    return parse(f"<Response>{text}</Response>".encode(), URL).verbs


TEXTS = {
    "say": "message",
    "play": "url",
    "redirect": "url",
    "dial": "number",
    "sms": "message",
    "enqueue": "name",
    "number": "phone_number",
    "client": "identity",
    "sip": "sip_url",
    "queue": "name",
    "conference": "name",
    "sim": "sim_sid",
    "whats_app": "phone_number",
    "task": "body",
    "autopilot": "name",
    "room": "name",
}
OF_DIAL = ("number", "client", "sip", "queue", "conference", "sim", "whats_app", "application")
OF_OTHERS = {
    library.Connect: ("autopilot", "conversation", "conversation_relay", "room", "virtual_agent", "stream"),
    library.Start: ("siprec", "transcription", "recording"),
    library.Stream: ("parameter",),
    library.Enqueue: ("task",),
}
OF_RESPONSE = (
    *("say", "play", "pause", "gather", "record", "dial", "enqueue", "leave", "sms", "redirect", "hangup", "reject"),
    *("connect", "echo", "pay", "prompt", "refer", "start", "stop"),
)
METHODS = [
    *((library.VoiceResponse, name) for name in OF_RESPONSE),
    *((library.Dial, name) for name in OF_DIAL),
    *((parent, name) for parent, names in OF_OTHERS.items() for name in names),
]


@pytest.mark.parametrize(("parent", "name"), METHODS)
def test_the_attributes_are_those_of_the_carriers_own_library(parent: type, name: str) -> None:
    """Twilio's library is the oracle for the attributes that an element has, run by this carrier or not."""
    element = "".join(word.capitalize() for word in name.split("_"))
    names = set(inspect.signature(getattr(parent, name)).parameters) - {"self", "kwargs", TEXTS.get(name)}
    assert {lower_camel(one) for one in names} == (ATTRIBUTES | OTHERS)[element]


def test_no_verb_of_the_carriers_own_library_is_unknown() -> None:
    """Whatever its VoiceResponse can say is in the tables; Queue stands in a Dial."""
    shared = {name for name, _ in inspect.getmembers(TwiML, inspect.isfunction)}
    verbs = {name for name, _ in inspect.getmembers(library.VoiceResponse, inspect.isfunction)} - shared
    assert verbs == {*OF_RESPONSE, "queue"}


@pytest.mark.parametrize("element", sorted(set(OTHERS) - {"Parameter", "Task"}))
def test_what_is_known_and_not_run_is_told_from_what_is_unknown(element: str) -> None:
    """The verbs of it are there for the call to say so; what else there is stands in one of them, or in a Dial."""
    if element in NOT_RUN["Response"]:
        assert verbs(f"<{element}/>") == (NotRun(element, element in TAKES_OVER),)
    else:
        assert any(element in held for held in [*OTHERS_HOLD.values(), *NOT_RUN.values()])


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
        told = {"status_callback": "/agent/status", "status_callback_event": "answered completed"}
        dial.number("+15005550199", url="/agent/1/2", **told)
        dial.client("ana")
        dial.sip("sip:raj@example.com")
    answer.enqueue("bookings", action="7", wait_url="7/wait/0")
    answer.sms("Your ticket is here.", to="+15005550100", from_="+15005550006")
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
            nouns=(
                Noun(
                    "Number",
                    "+15005550199",
                    url="http://line.test/agent/1/2",
                    told=Told("http://line.test/agent/status", "POST", frozenset({"answered", "completed"})),
                ),
                Noun("Client", "client:ana"),
                Noun("Sip", "sip:raj@example.com"),
            ),
            action="http://line.test/voice/CA1/6",
            method="POST",
            timeout=30,
            time_limit=60,
            caller_id="+15005550006",
            answer_on_bridge=True,
        ),
        Enqueue("bookings", "http://line.test/voice/CA1/7", "POST", "http://line.test/voice/CA1/7/wait/0", "POST"),
        Sms("Your ticket is here.", "+15005550100", "+15005550006", None, "POST", None),
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
        (12200, "<Enqueue/>"),
        (12200, f"<Enqueue>{'a' * 65}</Enqueue>"),
        (12200, "<Connect><Shout/></Connect>"),
        (12200, '<Pay odd="1"/>'),
        (0, "<Dial><Conference>room</Conference></Dial>"),
        (0, '<Enqueue workflowSid="WW1"/>'),
        (13215, "<Dial><Queue>bookings</Queue><Number>+15005550199</Number></Dial>"),
        (13221, '<Dial><Number method="PUT">+15005550199</Number></Dial>'),
        (13222, '<Dial><Number sendDigits="x">+15005550199</Number></Dial>'),
        (12200, '<Dial><Number statusCallback="/s" statusCallbackEvent="gone">+15005550199</Number></Dial>'),
        (13213, '<Dial hangupOnStar="1">+15005550199</Dial>'),
        (14101, '<Sms to="ana">Hello.</Sms>'),
        (14102, '<Sms from="">Hello.</Sms>'),
        (14103, "<Sms/>"),
        (14103, f"<Sms>{'a' * 1601}</Sms>"),
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
