"""The words of a document: recorded, filled in, cut, left out."""

import xml.etree.ElementTree as ET

import pytest
from said import BASE, FLOW, again, gather, render, say
from twilio.twiml.voice_response import VoiceResponse
from twiml import check_twiml

from ivr.call.says import Dial, Gather, Hangup, Record, Redirect, Say
from ivr.carrier.markup import cut
from ivr.carrier.profile import Profile
from ivr.carrier.twiml import Renderer, document, empty, farewell, redirect
from ivr.menu.words import Prompt, parse


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
