"""Any says at all make TwiML, and the checker that says so would complain."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import render
from twiml import check_twiml

from ivr.call.says import Dial, Gather, Hangup, Record, Redirect, Said, Say
from ivr.menu.words import Pause, Piece, Prompt, Value

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
