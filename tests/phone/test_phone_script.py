"""The words for what a caller can do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from little_line import Line

from ivr.phone import Dialed, HangUp, PhoneCall, Press, Script, Silent, Speak
from ivr.phone.acts import KEYS, Act, Wait, read_act, read_script
from ivr.phone.transcript import words

keys = st.text(KEYS, min_size=1, max_size=20)
seconds = st.integers(0, 99_999)
acts = st.one_of(
    st.builds(Press, keys, st.booleans()),
    st.builds(Silent),
    st.builds(HangUp, st.booleans()),
    st.builds(Speak, seconds, st.sampled_from(["", "hangup", *KEYS])),
    st.builds(Wait, seconds),
    st.builds(Dialed, st.just("answered"), seconds, st.booleans(), st.none() | seconds, st.text(KEYS, max_size=3)),
    st.builds(
        Dialed, st.sampled_from(["voicemail", "declined", "busy", "no-answer", "failed"]), after=st.none() | seconds
    ),
)


@pytest.mark.parametrize(
    ("token", "act"),
    [
        ("1", Press("1")),
        ("42#", Press("42#")),
        ("*", Press("*")),
        ("early:0", Press("0", early=True)),
        ("silence", Silent()),
        ("hangup", HangUp()),
        ("early:hangup", HangUp(early=True)),
        ("speak", Speak(5)),
        ("speak:12", Speak(12)),
        ("speak:12:#", Speak(12, "#")),
        ("speak:#", Speak(5, "#")),
        ("speak:12:hangup", Speak(12, "hangup")),
        ("speak:hangup", Speak(5, "hangup")),
        ("answered", Dialed("answered", 30)),
        ("answered:45", Dialed("answered", 45)),
        ("answered:45:hangup", Dialed("answered", 45, hangs_up=True)),
        ("answered:hangup", Dialed("answered", 30, hangs_up=True)),
        ("wait:90", Wait(90)),
        ("answered:45:after:12", Dialed("answered", 45, after=12)),
        ("answered:after:12", Dialed("answered", 30, after=12)),
        ("answered:45:hangup:after:12:press:2", Dialed("answered", 45, hangs_up=True, after=12, press="2")),
        ("answered:press:nothing", Dialed("answered", 30, press="")),
        ("voicemail", Dialed("voicemail")),
        ("declined:after:3", Dialed("declined", after=3)),
        ("busy", Dialed("busy")),
        ("no-answer", Dialed("no-answer")),
        ("failed", Dialed("failed")),
    ],
)
def test_each_token_is_one_act(token: str, act: Act) -> None:
    """The words of a script, and what they mean."""
    assert read_act(token) == act


@given(acts)
def test_what_a_transcript_prints_is_read_back(act: Act) -> None:
    """So that a call pasted is a test."""
    assert read_act(words(act)) == act


def test_a_script_is_tokens_with_white_space_between() -> None:
    """Any white space parts them."""
    assert read_script(" 1\n2#\tsilence ") == [Press("1"), Press("2#"), Silent()]
    assert read_script("") == []


@pytest.mark.parametrize(
    "token", ["x", "12x", "hang-up", "speak:", "speak:x", "speak:5:5:5", "early:", "early:busy", "busy:3", "\uff11"]
)
def test_an_unknown_token_is_refused_with_what_is_allowed(token: str) -> None:
    """The message names the token and lists the words there are."""
    with pytest.raises(ValueError, match="busy, no-answer, ") as raised:
        Script.read(f"1 {token}")
    assert repr(token) in str(raised.value)


@pytest.mark.parametrize(("verb", "token"), [("Gather", "busy"), ("Gather", "speak:5"), ("Record", "answered")])
def test_a_token_that_does_not_fit_its_place_is_refused(line: Line, verb: str, token: str) -> None:
    """The message names the place, for it is the script that is wrong."""
    line.at("/voice", f"<{verb}/>")
    with pytest.raises(ValueError, match=r"does not fit a (prompt for keys|recording)"):
        line.call(token)


def test_a_dial_leaves_what_is_meant_for_the_next_prompt(line: Line) -> None:
    """Where the next token is none of a Dial's, the call is answered and talks for 30 s."""
    line.at("/voice", '<Dial>+15005550199</Dial><Gather numDigits="1" action="/end"/>').at("/end", "")
    assert "> answered 30 s\n> 1\n" in line.heard("1")


def test_a_script_tells_what_was_not_done(line: Line) -> None:
    """What is left when the line hangs up."""
    line.at("/voice", '<Gather numDigits="1" action="/end"/>').at("/end", "")
    script = Script.read("1 2 silence")
    PhoneCall(line.base + "/voice", to="+1", from_="+1").run(script)
    assert script.left == (Press("2"), Silent())
