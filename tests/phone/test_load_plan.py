"""What a load may be, where a document leads, and how lengths of time are counted."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.phone.caller import Script
from ivr.phone.load import Plan, PlanError, read_mixed
from ivr.phone.load.conversation import follow
from ivr.phone.load.latency import Lengths
from ivr.phone.load.plan import is_loopback
from ivr.phone.parse import parse

URL = "http://127.0.0.1:8000/voice"


@given(st.lists(st.floats(0, 1000), min_size=1), st.floats(0.1, 100))
def test_percentiles_are_those_of_the_sorted_lengths(lengths: list[float], share: float) -> None:
    """Each percentile is the sorted list's to a thousandth and a microsecond, and the longest is exact."""
    seen = Lengths()
    for length in lengths:
        seen.add(length)
    place = max(0, math.ceil(len(lengths) * share / 100 - 1e-9) - 1)
    assert seen.percentile(share) == pytest.approx(sorted(lengths)[place], rel=1e-3, abs=2e-6)
    assert seen.percentile(100) == max(lengths)


def test_nothing_seen_has_no_lengths() -> None:
    """A load without an answer still has its report."""
    assert Lengths().percentile(99) == 0


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.0.2.1", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_name_alone(host: str, here: bool) -> None:
    """What merely looks like this machine is another one."""
    assert is_loopback(host) is here


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "http://phone.example.com/voice"}, "phone.example.com is another machine"),
        ({"url": "http://127.0.0.1@192.0.2.1/voice"}, "192.0.2.1 is another machine"),
        ({"status_url": "http://192.0.2.1/status"}, "192.0.2.1 is another machine"),
        ({"url": "ftp://127.0.0.1/voice"}, "is no address"),
        ({"url": "127.0.0.1:8000"}, "is no address"),
        ({"url": "http://127.0.0.1:99999/voice"}, "is no address"),
        ({"rate": 10_000.0, "seconds": 86_400.0}, "at most 10,000,000"),
        ({"rate": 0.0}, "needs calls"),
        ({"scripts": read_mixed(["1 wait:90 2"])}, "words take no time"),
    ],
)
def test_a_plan_that_cannot_or_may_not_be(options: dict[str, object], message: str) -> None:
    """It is refused before anything is sent, with what to do about it."""
    with pytest.raises(PlanError, match=message):
        Plan(**{"url": URL, "to": "+15005550006", "rate": 1.0, "seconds": 1.0, **options})  # type: ignore[arg-type]


def test_another_machine_can_be_asked_for() -> None:
    """Whoever says so may load it; its documents may lead anywhere then."""
    plan = Plan("https://phone.example.com/voice", to="+15005550006", rate=1, seconds=1, anywhere=True)
    assert plan.allows("https://other.example.com/")


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("https://phone.example.com/ivr/voice/CA1/2?s=x", "http://127.0.0.1:8000/voice/CA1/2?s=x"),
        ("https://phone.example.com/ivr", "http://127.0.0.1:8000"),
        ("https://phone.example.com/ivrs/voice", "https://phone.example.com/ivrs/voice"),
        ("https://phone.example.com.example.net/", "https://phone.example.com.example.net/"),
    ],
)
def test_the_public_address_stands_for_the_called_one(url: str, called: str) -> None:
    """What begins with it is asked for here, and nothing else is."""
    plan = Plan(URL, to="+15005550006", rate=1, seconds=1, public_url="https://phone.example.com/ivr")
    assert plan.called(url) == called
    if called.startswith("http://127"):
        assert plan.signed(called) == url


def test_scripts_are_read_with_their_shares() -> None:
    """The words of `ivr call --keys`, and how many shares; a word that nobody can do is an error."""
    found = read_mixed(["3x 1 2 #", "silence hangup", "0x 1"])
    assert [(one.name, one.share, len(one.acts)) for one in found] == [
        ("1 2 #", 3, 3),
        ("silence hangup", 1, 2),
        ("1", 0, 1),
    ]
    for text in ("shout", "3x shout", "x 1"):
        with pytest.raises(PlanError, match="nothing a caller can do"):
            read_mixed([text])
    with pytest.raises(PlanError, match="share above"):
        read_mixed(["0x 1"])


GATHER = '<Gather action="/key" numDigits="1"><Say>Hello.</Say></Gather>'
DIAL = '<Dial action="/dialed">+15005550150</Dial>'


@pytest.mark.parametrize(
    ("verbs", "keys", "leads"),
    [
        ("", "", "nothing"),
        ("<Hangup/>", "", "line"),
        ("<Redirect>/on</Redirect>", "", "/on"),
        (GATHER, "", "caller"),
        (GATHER, "5", "/key Digits=5"),
        (GATHER, "early:5", "/key Digits=5"),
        (GATHER, "hangup", "caller"),
        (GATHER, "silence", "nothing"),
        (GATHER + "<Redirect>/on</Redirect>", "silence", "/on"),
        (GATHER + "<Redirect>/on</Redirect>", "#", "/on"),
        (GATHER.replace("numDigits", 'actionOnEmptyResult="true" numDigits'), "silence", "/key Digits="),
        ("<Say>Long.</Say>" + GATHER, "early:7", "/key Digits=7"),
        ('<Record action="/said"/>', "speak:9", "/said RecordingDuration=9"),
        ('<Record action="/said"/>', "speak:9:#", "/said Digits=#"),
        ('<Record action="/said"/>', "speak:9:hangup", "caller /said Digits=hangup"),
        ('<Record action="/said"/><Redirect>/on</Redirect>', "silence", "/on"),
        (DIAL, "", "/dialed DialBridged=true"),
        (DIAL, "busy", "/dialed DialCallStatus=busy"),
        (DIAL, "voicemail", "/dialed DialBridged=false"),
        (DIAL, "declined", "/dialed DialCallStatus=completed"),
        (DIAL, "hangup", "caller /dialed DialCallStatus=canceled"),
        (DIAL, "answered:7:hangup", "caller /dialed DialCallDuration=7"),
        ("<Dial>+15005550150</Dial><Redirect>/on</Redirect>", "", "/on"),
        ("<Reject/>", "", "line failed"),
        ('<Reject reason="busy"/>', "", "line busy"),
        ("<Say>No.</Say><Reject/>", "", "line"),
        ('<Enqueue waitUrl="/wait">agents</Enqueue>', "", "agents"),
    ],
)
def test_where_a_document_leads(verbs: str, keys: str, leads: str) -> None:
    """The rules of a carrier: the next address with its parameter, or who ended the call, and the last word."""
    found = follow(parse(f"<Response>{verbs}</Response>".encode(), URL), Script.read(keys), answered=False)
    told = leads.split()
    if hasattr(found, "name"):
        assert found.name == leads
        return
    if hasattr(found, "by"):
        assert found.by == told.pop(0)
        if told and told[0] in ("busy", "failed"):
            assert found.status == told.pop(0)
        assert (found.farewell is not None) is bool(told)
        found = found.farewell
    if told and found is not None:
        assert found.url == f"http://127.0.0.1:8000{told[0]}"
        name, _, value = " ".join(told[1:]).partition("=")
        assert not name or found.params[name] == value
