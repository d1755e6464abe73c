"""A webhook's form as a caller and an input."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twiml import check_twiml

from ivr.call.inputs import Dialed, HungUp, Pressed, Recorded, RecordingReady, Silent
from ivr.carrier.forms import BadForm, Caller, action_input, caller, pairs, recording_input, status_input
from ivr.carrier.twiml import empty, redirect
from ivr.carrier.urls import action_url

AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
SID = "CA0123456789abcdef0123456789abcdef"
URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1"


def form(text: str) -> dict[str, str]:
    """`"A=1 B=2"` as a form."""
    return dict(pair.split("=", 1) for pair in text.split())


CALLERS = [
    ("From=+15005550001 To=+15005550006 CallStatus=ringing", "+15005550001", "+15005550006", False),
    ("From=client:ana To=+15005550006 CallStatus=in-progress", "client:ana", "+15005550006", False),
    ("From=sip:ana@example.com To=sip:line@example.com", "sip:ana@example.com", "sip:line@example.com", False),
    ("From=anonymous CallStatus=completed", "anonymous", "", True),
    ("From=unknown CallStatus=busy", "unknown", "", True),
    ("From= CallStatus=failed", "", "", True),
    ("CallStatus=no-answer", "", "", True),
    ("CallStatus=canceled", "", "", True),
    ("CallStatus=queued", "", "", False),
    ("CallStatus=COMPLETED", "", "", False),
    ("CallStatus=something-new FutureParameter=1 Direction=inbound", "", "", False),
    ("", "", "", False),
]


@pytest.mark.parametrize(("text", "from_", "to", "over"), CALLERS)
def test_who_calls(text: str, from_: str, to: str, over: bool) -> None:
    """What is unknown is ignored, what is missing is empty, and an ended CallStatus is a call that is over."""
    assert caller({"CallSid": SID} | form(text)) == Caller(SID, from_, to, over)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  Mom's\tphone \r\n", "Mom's phone"),
        ("a\x00b\x08c\x1b[31m\ud800\uffff", "abc[31m"),
        ("\x85\xa0\u2028x\u200b\u202ey", "xy"),
        ("José Núñez ☎", "José Núñez ☎"),
        ("x" * 10_000, "x" * 256),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_odd_callers_are_kept_as_clean_text(raw: str, kept: str) -> None:
    """A raw From is one bounded line without control characters; what is text stays as it is."""
    assert caller({"CallSid": SID, "From": raw, "To": raw}) == Caller(SID, kept, kept, False)


@pytest.mark.parametrize("sid", ["", " ", "x" * 129, "a\nb", "a\x00", "CAé", "\x7f", ".", "..", "\u2028"])
def test_what_names_no_call_is_refused(sid: str) -> None:
    """A CallSid that is missing, too long or no printable ASCII is refused in plain words that do not repeat it."""
    with pytest.raises(BadForm, match=r"^CallSid [a-z]") as caught:
        caller({"CallSid": sid})
    assert len(sid) < 3 or sid not in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_no_call_sid_is_refused() -> None:
    """A form without a CallSid is refused."""
    with pytest.raises(BadForm, match="CallSid is missing"):
        caller({"From": "+15005550001"})


@pytest.mark.parametrize("sid", [SID, "v3:abc-DEF_123", "a/b?c=d&e#f%20", "x" * 128, "...", "<&>\"'"])
def test_sids_are_opaque(sid: str) -> None:
    """Any printable SID names a call, and makes one segment of an action's path."""
    assert caller({"CallSid": sid}).sid == sid
    url = action_url("https://phone.example.com", sid, 7)
    assert url == f"https://phone.example.com/voice/{quote(sid, safe='')}/7"
    assert check_twiml(redirect(url)) == []


def dialed(outcome: str, seconds: int = 0, hung_up: bool = False) -> Dialed:
    """A dialled leg that is over."""
    return Dialed(AT, outcome, seconds, hung_up)  # type: ignore[arg-type]


ACTIONS = [
    ("", Silent(AT)),
    ("CallStatus=in-progress", Silent(AT)),
    ("CallStatus=something-new", Silent(AT)),
    ("Digits=", Silent(AT)),
    ("Digits=1", Pressed(AT, "1")),
    ("Digits=0417 FinishedOnKey=#", Pressed(AT, "0417")),
    ("Digits=*#9", Pressed(AT, "*#9")),
    ("Digits=1a2,+3", Pressed(AT, "123")),
    ("Digits=١٢", Silent(AT)),
    ("Digits=hangup", Silent(AT)),
    ("Digits=" + "7" * 500, Pressed(AT, "7" * 64)),
    ("Digits=1 SpeechResult=one Confidence=0.9", Pressed(AT, "1")),
    ("CallStatus=completed", HungUp(AT, "completed")),
    ("CallStatus=canceled Digits=1", HungUp(AT, "canceled")),
    ("CallStatus=failed", HungUp(AT, "failed")),
    # A dialled leg that is over
    ("DialCallStatus=completed DialBridged=true DialCallDuration=42", dialed("answered", 42)),
    ("DialCallStatus=completed DialCallDuration=42 CallStatus=in-progress", dialed("answered", 42)),
    ("DialCallStatus=answered", dialed("answered")),
    ("DialCallStatus=completed DialBridged=false DialCallDuration=9", dialed("no_answer", 9)),
    ("DialCallStatus=answered DialBridged=False", dialed("no_answer")),
    ("DialCallStatus=busy DialBridged=false", dialed("busy")),
    ("DialCallStatus=no-answer", dialed("no_answer")),
    ("DialCallStatus=failed", dialed("failed")),
    ("DialCallStatus=canceled CallStatus=completed", dialed("no_answer", hung_up=True)),
    ("DialCallStatus=completed DialBridged=true CallStatus=completed", dialed("answered", hung_up=True)),
    ("DialCallStatus=something-new", dialed("failed")),
    ("DialCallStatus=", dialed("failed")),
    ("DialCallStatus=completed DialCallDuration=-1", dialed("answered")),
    ("DialCallStatus=completed DialCallDuration=1.5", dialed("answered")),
    ("DialCallStatus=completed DialCallDuration=²", dialed("answered")),
    ("DialCallStatus=completed DialCallDuration=" + "9" * 5000, dialed("answered")),
    ("DialCallStatus=completed Digits=1", dialed("answered")),
    (f"DialCallStatus=completed RecordingUrl={URL}", dialed("answered")),
    # A recording that was made
    (f"RecordingUrl={URL} RecordingDuration=7 Digits=#", Recorded(AT, URL, 7)),
    (f"RecordingUrl={URL} Digits=hangup", Recorded(AT, URL, 0, True)),
    (f"RecordingUrl={URL} CallStatus=completed RecordingDuration=x", Recorded(AT, URL, 0, True)),
    ("RecordingUrl= CallStatus=in-progress", Silent(AT)),
    ("RecordingUrl=javascript:alert(1)", Silent(AT)),
    ("RecordingUrl=https://x/\x00y", Silent(AT)),
    ("RecordingUrl=https://x/" + "y" * 3000 + " CallStatus=completed", HungUp(AT, "completed")),
]


@pytest.mark.parametrize(("text", "expected"), ACTIONS)
def test_what_an_action_means(text: str, expected: object) -> None:
    """The form of an action URL is the input that the table says."""
    assert action_input(form(text), AT) == expected


STATUSES = [
    ("completed", HungUp(AT, "completed")),
    ("busy", HungUp(AT, "busy")),
    ("failed", HungUp(AT, "failed")),
    ("no-answer", HungUp(AT, "no-answer")),
    ("canceled", HungUp(AT, "canceled")),
    ("queued", None),
    ("ringing", None),
    ("in-progress", None),
    ("something-new", None),
    ("", None),
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
def test_what_a_status_means(status: str, expected: HungUp | None) -> None:
    """A status that ends the call is a hang-up with the carrier's word; any other is nothing."""
    assert status_input({"CallStatus": status, "SequenceNumber": "2"}, AT) == expected


RECORDINGS = [
    (f"RecordingUrl={URL} RecordingStatus=completed RecordingDuration=12", RecordingReady(AT, URL, 12)),
    (f"RecordingUrl={URL}", RecordingReady(AT, URL, 0)),
    (f"RecordingUrl={URL} RecordingStatus=in-progress", None),
    (f"RecordingUrl={URL} RecordingStatus=absent", None),
    (f"RecordingUrl={URL} RecordingStatus=failed", None),
    ("RecordingStatus=completed", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), RECORDINGS)
def test_what_a_recording_status_means(text: str, expected: RecordingReady | None) -> None:
    """The audio exists where the status is completed or not named, and there is an address to fetch it from."""
    assert recording_input(form(text), AT) == expected


NAMES = ["CallSid", "From", "To", "CallStatus", "Digits", "DialCallStatus", "DialCallDuration", "DialBridged"]
NAMES += ["RecordingUrl", "RecordingDuration", "RecordingStatus", "Other"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.text(st.characters())))
def test_no_form_raises(values: dict[str, str]) -> None:
    """Whatever a form holds, it is read without an error, but for a CallSid that names no call."""
    action_input(values, AT)
    status_input(values, AT)
    recording_input(values, AT)
    try:
        who = caller(values)
    except BadForm:
        return
    assert who.caller.isprintable()
    assert who.to.isprintable()


@given(st.text("ab&=+%2041FfE9;é\0 ").map(str.encode) | st.binary())
def test_a_body_is_parted_as_pythons_own_parser_parts_it(body: bytes) -> None:
    """Names and values as `parse_qsl` gives them, blank ones kept; none of a body that is no text."""
    try:
        expected = parse_qsl(body.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        expected = []
    assert list(pairs(body)) == expected


def test_a_callback_is_answered_with_an_empty_document() -> None:
    """ "An empty body is 11770": what answers a status callback is a document all the same."""
    assert check_twiml(empty()) == []
