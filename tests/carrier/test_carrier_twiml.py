"""A turn's says as TwiML: against what Twilio's own classes build."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.twiml import voice_response as library
from twilio.twiml.voice_response import VoiceResponse
from twiml import check_twiml

from ivr.call.says import Dial, Gather, Hangup, Record, Redirect, Said, Say
from ivr.carrier.markup import cut
from ivr.carrier.profile import TWILIO, Profile
from ivr.carrier.twiml import Renderer, document, empty, farewell, redirect
from ivr.menu import Flow, load
from ivr.menu.words import Pause, Piece, Prompt, Text, Value, parse

BASE = "https://phone.example.com"
ACTION = f"{BASE}/voice/CA1/3"

FILE = b"""\
line: Test
numbers: ["+15005550006"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]
start: main
steps:
  main:
    say:
      en-US: Welcome <call.from as phone> & co.
      es-MX: Hola <call.from as phone> & co.
    menu:
      1 -> message:
        en-US: To leave a message
        es-MX: Para dejar un mensaje
    give_up: message
  message:
    voicemail: box
    go: hangup
"""


def small_line() -> Flow:
    """A small line that checks."""
    menus = load({"test.yaml": FILE})
    assert not menus.errors
    return menus.flows["test"]


FLOW = small_line()


def prompt(*texts: str | Text, address: str = "step.say", language: str = "en-US") -> Prompt:
    """A prompt of one language, each text as in a menu file or in pieces."""
    return Prompt(address, {language: tuple(parse(text) if isinstance(text, str) else text for text in texts)})


def say(text: str | Text, *values: str, held: bool = False, language: str = "en-US") -> Say:
    """A Say of one text."""
    return Say(prompt(text, language=language), 0, language, values, not held)


def render(*says: Said, base: str = BASE, sid: str = "CA1", profile: Profile = TWILIO) -> str:
    """The document of the says in turn 3."""
    return Renderer(FLOW, {}, profile).render(says, base=base, sid=sid, turn=3)


def gather(response: VoiceResponse, digits: int = 1, wait: int = 5, finish: str = "") -> library.Gather:
    """The library's Gather in a response."""
    made = library.Gather(
        input="dtmf", num_digits=digits, timeout=wait, finish_on_key=finish, action=ACTION, method="POST"
    )
    response.append(made)
    return made


def again(response: VoiceResponse) -> None:
    """The library's Redirect to the action."""
    response.redirect(ACTION, method="POST")


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


def test_a_line_s_own_prompts_are_rendered_once_and_for_all() -> None:
    """What was rendered when the line was compiled is what a prompt of no line gives on the spot."""
    made = Renderer(FLOW, {})
    for each in FLOW.prompts():
        copy = Prompt(each.address, each.texts)
        for language, texts in each.texts.items():
            for variant in range(len(texts)):
                given = [Say(one, variant, language, ("<1>", "2")) for one in (each, copy)]
                own, other = (made.render([one, Redirect()], base=BASE, sid="CA1", turn=1) for one in given)
                assert own == other
                assert f'language="{language}"' in own
                assert check_twiml(own) == []


def test_recorded_texts_are_played() -> None:
    """A text with a recording is played from its absolute address; its other texts and languages are spoken."""
    texts = {"en-US": (parse("Hello<pause 1s>there."), parse("Again.")), "es-MX": (parse("Hola."),)}
    greeting = Prompt("main.say", texts)
    made = Renderer(FLOW, {("main.say", 0, "en-US"): "en-US/a&b/main.say.wav"})
    spoken = [Say(greeting, 0, "en-US"), Say(greeting, 1, "en-US"), Say(greeting, 0, "es-MX")]
    response = VoiceResponse()
    nested = gather(response)
    nested.play(f"{BASE}/recordings/en-US/a&b/main.say.wav")
    nested.say("Again.", language="en-US")
    nested.say("Hola.", language="es-MX")
    again(response)
    assert made.render([*spoken, Gather(1, "", 5)], base=BASE, sid="CA1", turn=3) == response.to_xml()
    assert check_twiml(response.to_xml()) == []


def test_a_text_with_values_is_never_played() -> None:
    """No recording holds a value: such a text is spoken even where somebody recorded it."""
    made = Renderer(FLOW, {("step.say", 0, "en-US"): "x.wav"})
    xml = made.render([say("Bay <a.bay>.", "4"), Hangup()], base=BASE, sid="CA1", turn=3)
    assert ">Bay 4.<" in xml
    assert "Play" not in xml


def test_the_base_and_the_sid_are_encoded() -> None:
    """Whatever the host header and the SID were, the document is XML, and the SID one segment of the path."""
    for closing in (Gather(1, "", 5), Record(9, 1), Dial("+15005550199", "", 9), Redirect()):
        xml = render(closing, base='http://a"b<c>&\x01d', sid='v3:a/b?"&<')
        addresses = [node.get("action") or node.text for node in ET.fromstring(xml)]
        assert set(addresses) == {'http://a"b<c>&d/voice/v3%3Aa%2Fb%3F%22%26%3C/3'}


def test_a_carrier_without_pauses_hears_two_sentences() -> None:
    """Where the carrier has no Pause, the words before and after it are two Says."""
    xml = render(say("One.<pause 2s>Two."), Redirect(), profile=Profile("Somleng", ("X",), None, 3000, 64_000, False))
    assert [(node.tag, node.text) for node in ET.fromstring(xml)][:2] == [("Say", "One."), ("Say", "Two.")]


def test_values_cannot_lengthen_a_say_beyond_the_limit() -> None:
    """A Say that values make too long ends after a whole word, at the limit at most."""
    xml = render(say("<a.b> <a.b>", "word " * 599, "word " * 50), Redirect())
    text = ET.fromstring(xml)[0].text or ""
    assert 2990 < len(text) <= 3000
    assert set(text.split()) == {"word"}
    assert check_twiml(xml) == []


@pytest.mark.parametrize(
    ("text", "longest", "kept"),
    [
        ("one two", 7, "one two"),
        ("one two", 6, "one"),
        ("one two", 3, "one"),
        ("one two", 4, "one"),
        ("onetwo", 3, "one"),
        (" onetwo", 3, " on"),
        ("", 3, ""),
    ],
)
def test_cut(text: str, longest: int, kept: str) -> None:
    """Text is cut after a whole word; a word that alone is too long is broken."""
    assert cut(text, longest) == kept


def test_the_last_words_of_a_long_turn_are_kept() -> None:
    """Where a document would be too large the earliest words are left out, and what must be heard stays held."""
    long = say("é & <a.b>" * 100, *["☎" * 10] * 100, held=True)
    xml = render(*[long] * 100, say("Press 1."), Gather(1, "", 5))
    verbs = [node.tag for node in ET.fromstring(xml)]
    assert 50_000 < len(xml.encode()) <= 64_000
    assert verbs == ["Say"] * (len(verbs) - 2) + ["Gather", "Redirect"]
    assert xml.count("<Gather") == xml.count(">Press 1.</Say></Gather>") == 1
    assert check_twiml(xml) == []


def test_documents_that_need_no_call() -> None:
    """Redirect, farewell and the empty document are the library's, too."""
    response = VoiceResponse()
    assert empty() == document() == response.to_xml()
    response.redirect("https://x.example/?a=1&b=2", method="POST")
    assert redirect("https://x.example/?a=1&b=2") == response.to_xml()
    response = VoiceResponse()
    response.say("Goodbye & <thanks>", language="en-US")
    response.hangup()
    assert farewell("Goodbye & <thanks>\x00", "en-US") == response.to_xml()
    assert farewell(" ", "en-US") == document("<Hangup />")
    assert check_twiml(farewell("word " * 2000, "en-US")) == []


any_text = st.text(st.characters(), max_size=40)
pieces: st.SearchStrategy[Piece] = st.one_of(
    any_text,
    st.builds(Value, st.just("a.b")),
    st.builds(Pause, st.floats(0.1, 10)),
)


def _say(text: tuple[Piece, ...], values: tuple[str, ...], language: str, interruptible: bool) -> Say:
    return Say(Prompt("a.say", {language: (text,)}), 0, language, values, interruptible)


spoken = st.builds(
    _say,
    st.lists(pieces, min_size=1, max_size=6).map(tuple),
    st.lists(any_text | st.text("word &", max_size=4000), max_size=4).map(tuple),
    st.sampled_from(["en-US", "es-MX", 'x"&<']),
    st.booleans(),
)
seconds = st.floats(0.1, 3600)
closings: st.SearchStrategy[Said] = st.one_of(
    st.builds(Gather, st.integers(1, 64), st.sampled_from(["", "#"]), seconds),
    st.builds(Record, seconds, seconds),
    st.builds(
        Dial,
        st.text("0123456789", min_size=1).map("+{}".format) | st.just("sip:x@example.com") | st.just("client:x"),
        any_text.filter(lambda text: (text.isprintable() and text.strip()) or not text),
        seconds,
        st.none() | st.text("0123456789*#w"),
    ),
    st.builds(Redirect),
    st.builds(Hangup),
)


@settings(deadline=None)
@given(st.lists(spoken, max_size=8), closings, st.text(st.characters(max_codepoint=126, min_codepoint=33), min_size=1))
def test_any_says_are_twiml(says: list[Said], closing: Said, sid: str) -> None:
    """Whatever the words, values and numbers, the document has only what TwiML has, in its places."""
    assert check_twiml(render(*says, closing, sid=sid)) == []


@settings(deadline=None)
@given(any_text.filter(lambda text: "\r" not in text))
def test_what_is_said_is_what_is_heard(text: str) -> None:
    """A parser reads each text as it was, but for the characters that XML forbids."""
    xml = render(_say((text,), (), "en-US", True), Redirect())
    heard = "".join(sign for sign in text if not _forbidden(sign)).strip()
    said = ET.fromstring(xml).find("Say")
    assert (said.text if said is not None else "") == heard


def _forbidden(sign: str) -> bool:
    """Whether XML 1.0 has no such character."""
    return (sign < " " and sign not in "\t\n\r") or "\ud800" <= sign <= "\udfff" or sign in "\ufffe\uffff"


WRONG = [
    ("<Response><Shout>x</Shout></Response>", "cannot stand"),
    ('<Response><Say loudness="9">x</Say></Response>', "no attribute"),
    ("<Response><Say>x<Play>y</Play></Say></Response>", "cannot stand"),
    ("<Response><Gather><Hangup/></Gather><Hangup/></Response>", "cannot stand"),
    ("<Response><Gather>1</Gather><Hangup/></Response>", "holds text"),
    ("<Response><Say> </Say></Response>", "empty"),
    ("<Response>words</Response>", "holds text"),
    ("<Response><Hangup/><Say>x</Say></Response>", "dead"),
    ("<Response><Gather/></Response>", "silence"),
    ('<Response><Gather timeout="1.5"/><Hangup/></Response>', "whole number"),
    ('<Response><Gather action="/voice"/><Hangup/></Response>', "absolute"),
    ('<Response><Redirect method="PUT">https://x.example</Redirect></Response>', "neither"),
    ("<Response><Dial/></Response>", "nobody"),
    ("<Response><Say>x</Response>", "not XML"),
    ("<Say>x</Say>", "root"),
    ("<Response><Say>" + "x" * 3001 + "</Say></Response>", "too much"),
]


@pytest.mark.parametrize(("body", "complaint"), WRONG)
def test_the_checker_complains(body: str, complaint: str) -> None:
    """What is no TwiML has its complaint, so that no complaint means something."""
    complaints = check_twiml('<?xml version="1.0" encoding="UTF-8"?>' + body)
    assert len(complaints) == 1
    assert complaint in complaints[0]
