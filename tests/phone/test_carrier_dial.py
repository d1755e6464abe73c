"""Dial with two legs: each rule of the carrier with its own words."""

from collections.abc import Iterator

import pytest
from little_line import Line

from ivr.phone import Callee, Dialed, Exchange, Leg, ManualClock, Script, transcript
from ivr.phone.events import Bridged, Turned, Unbridged

FROM, TO, AGENT, OTHER = "+15005550100", "+15005550006", "+15005550199", "+15005550198"
WHISPER = '<Gather action="/take" numDigits="1"><Say>Bookings. Press 1 to take it.</Say></Gather><Hangup/>'


@pytest.fixture
def exchange(line: Line) -> Iterator[Exchange]:
    """A carrier on which the line has its number."""
    with Exchange(ManualClock()) as made:
        made.line(TO, line.base + "/voice", status_url=line.base + "/status")
        line.at("/status", "")
        yield made


def dialing(line: Line, noun: str = f'<Number url="/agent">{AGENT}</Number>', attributes: str = "") -> None:
    """The line dials with a whisper, and hangs up after it."""
    line.at("/voice", f'<Dial action="/end" callerId="{TO}" {attributes}>{noun}</Dial>').at("/end", "<Hangup/>")
    line.at("/agent", WHISPER).at("/take", "")


def run(exchange: Exchange, script: str = "") -> Leg:
    """A call that a script makes, to its end."""
    leg = exchange.call(TO, FROM, Script.read(script))
    exchange.run()
    return leg


def heard(leg: Leg) -> str:
    """The transcript below its heading."""
    return transcript(leg.events).partition("\n\n")[2]


def test_a_whisper_that_is_accepted_bridges(line: Line, exchange: Exchange) -> None:
    """ "A whisper document that merely ends **bridges** […]; the accepting answer is an empty Response"."""
    dialing(line)
    exchange.party(AGENT, Callee(Dialed("answered", 45, after=12)))
    leg = run(exchange)
    assert heard(leg) == (
        f"dial   {AGENT}\n> answered 45 s after 12 s\n"
        "  en-US  Bookings. Press 1 to take it.\n  > 1\nhangup by the line\n"
    )
    (end,) = line.forms("/end")
    assert (end["DialCallStatus"], end["DialBridged"], end["DialCallDuration"]) == ("completed", "true", "45")
    assert end["CallStatus"] == "in-progress"  # "the agent ended it"
    assert [event.party for event in leg.events if isinstance(event, Bridged | Unbridged)] == [AGENT, AGENT]


def test_the_other_leg_has_its_own_sid(line: Line, exchange: Exchange) -> None:
    """ "That leg has its own CallSid and a `ParentCallSid`"."""
    dialing(line)
    exchange.party(AGENT, Callee())
    leg = run(exchange)
    (agent,), (end,) = line.forms("/agent"), line.forms("/end")
    assert agent["CallSid"] == end["DialCallSid"] != leg.sid
    assert agent["ParentCallSid"] == leg.sid
    assert "ParentCallSid" not in end
    assert (agent["From"], agent["To"], agent["Direction"]) == (TO, AGENT, "outbound-dial")
    assert agent["CallStatus"] == "in-progress"
    assert line.forms("/take")[0]["Digits"] == "1"


@pytest.mark.parametrize(
    ("rule", "taking", "status", "bridged"),
    [
        ("a voicemail took it: `completed` with `DialBridged=false`", Dialed("voicemail"), "completed", "false"),
        ("agent declined: `completed` with `DialBridged=false`", Dialed("declined"), "completed", "false"),
        ("the wrong key goes to the action, which hangs up", Dialed(press=""), "completed", "false"),
        ("`no-answer`, `busy`, `failed`", Dialed("no-answer"), "no-answer", "false"),
        ("`no-answer`: rings longer than `timeout`", Dialed(after=31), "no-answer", "false"),
        ("`no-answer`, `busy`, `failed`", Dialed("busy"), "busy", "false"),
        ("`no-answer`, `busy`, `failed`", Dialed("failed"), "failed", "false"),
    ],
)
def test_a_call_that_is_not_taken(
    line: Line, exchange: Exchange, rule: str, taking: Dialed, status: str, bridged: str
) -> None:
    """What the action is told of it. "Never judge by DialCallStatus"."""
    dialing(line)
    exchange.party(AGENT, Callee(taking))
    run(exchange)
    (end,) = line.forms("/end")
    assert (end["DialCallStatus"], end["DialBridged"]) == (status, bridged), rule
    assert bool(line.forms("/agent")) == taking.picks_up or taking.after == 31


def test_errors_in_a_whisper_hang_up_too(line: Line, exchange: Exchange) -> None:
    """ "after the Gather comes a Hangup; errors hang up too": the caller is not bridged to an error."""
    dialing(line)
    line.at("/agent", "<Shout/>")
    exchange.party(AGENT, Callee())
    leg = run(exchange)
    assert heard(leg).endswith("\n  error 12200 Response cannot hold Shout\nhangup by the line\n")
    assert line.forms("/end")[0]["DialBridged"] == "false"
    assert any(other.ending and other.ending.code == 12200 for other in exchange.legs.values() if other is not leg)


@pytest.mark.parametrize(
    ("code", "verb"),
    [
        (12200, "<Record/>"),
        (13201, "<Dial>+15005550101</Dial>"),
        (12200, "<Enqueue>bookings</Enqueue>"),
        (12200, "<Leave/>"),
        (12200, "<Connect/>"),
    ],
)
def test_what_a_whisper_may_hold(line: Line, exchange: Exchange, code: int, verb: str) -> None:
    """ "Say, Play, Gather, Hangup there make a whisper": anything else there is an error."""
    dialing(line)
    line.at("/agent", verb)
    exchange.party(AGENT, Callee())
    assert f"\n  error {code} " in heard(run(exchange))
    assert line.forms("/end")[0]["DialBridged"] == "false"


def test_a_caller_who_hangs_up_while_it_rings(line: Line, exchange: Exchange) -> None:
    """ "caller hung up while it rang: Dial's action with `canceled` and `CallStatus=completed`"."""
    noun = f'<Number url="/agent" statusCallback="/other">{AGENT}</Number>'
    dialing(line, noun)
    line.at("/other", "")
    exchange.party(AGENT, Callee(Dialed(after=20)))
    leg = run(exchange, "wait:7 hangup")
    assert heard(leg).endswith("> answered 30 s after 20 s\n> hangup\nhangup by the caller\n")
    (end,) = line.forms("/end")
    assert (end["DialCallStatus"], end["CallStatus"]) == ("canceled", "completed")
    assert leg.ending is not None
    assert leg.ending.seconds == 7
    assert line.forms("/other")[0]["CallStatus"] == "canceled"
    assert line.forms("/agent") == []


def test_a_caller_who_hangs_up_during_the_whisper(line: Line, exchange: Exchange) -> None:
    """The agent's phone is hung up too, and nobody is bridged."""
    dialing(line)
    exchange.party(AGENT, Callee(Dialed(after=5, press="")))
    run(exchange, "wait:7 hangup")
    (end,) = line.forms("/end")
    assert (end["DialCallStatus"], end["DialBridged"], end["CallStatus"]) == ("canceled", "false", "completed")


def test_the_first_pick_up_drops_the_others_before_any_whisper(line: Line, exchange: Exchange) -> None:
    """ "Several nouns in one Dial ring together, and the first pick-up, even a voicemail, drops the others"."""
    dialing(line, f'<Number url="/agent">{AGENT}</Number><Number url="/agent" statusCallback="/s">{OTHER}</Number>')
    line.at("/s", "")
    exchange.party(AGENT, Callee(Dialed("voicemail", after=4)))
    exchange.party(OTHER, Callee(Dialed(after=6)))
    run(exchange)
    assert [form["To"] for form in line.forms("/agent")] == [AGENT]
    assert line.forms("/end")[0]["DialBridged"] == "false"
    assert line.forms("/s")[0]["CallStatus"] == "canceled"


def test_one_after_the_other_where_the_dial_says_so(line: Line, exchange: Exchange) -> None:
    """`sequential="true"`: the next one rings when the one before was not to be had."""
    dialing(line, f"<Number>{AGENT}</Number><Number>{OTHER}</Number>", 'sequential="true" timeout="10"')
    exchange.party(AGENT, Callee(Dialed("no-answer")))
    exchange.party(OTHER, Callee(Dialed("answered", 20, after=3)))
    leg = run(exchange)
    assert line.forms("/end")[0]["DialCallStatus"] == "completed"
    assert leg.ending is not None
    assert leg.ending.seconds == 10 + 3 + 20


@pytest.mark.parametrize(("on_bridge", "status"), [("true", "ringing"), ("false", "in-progress")])
def test_the_caller_is_not_answered_before_the_bridge(
    line: Line, exchange: Exchange, on_bridge: str, status: str
) -> None:
    """ "`answerOnBridge`": till somebody takes it, the caller's own call still rings."""
    dialing(line, attributes=f'answerOnBridge="{on_bridge}"')
    exchange.party(AGENT, Callee(Dialed("declined")))
    run(exchange)
    assert line.forms("/end")[0]["CallStatus"] == status


def test_a_talk_is_cut_at_its_limit(line: Line, exchange: Exchange) -> None:
    """ "`timeLimit=14400`" or what the Dial says."""
    dialing(line, attributes='timeLimit="60"')
    exchange.party(AGENT, Callee(Dialed("answered", 90)))
    run(exchange)
    assert line.forms("/end")[0]["DialCallDuration"] == "60"


def test_the_callers_star_ends_the_talk_where_it_may(line: Line, exchange: Exchange) -> None:
    """`hangupOnStar`: the caller goes on with the action."""
    dialing(line, attributes='hangupOnStar="true"')
    exchange.party(AGENT, Callee(Dialed("answered", 90, after=5)))
    leg = run(exchange, "wait:20 *")
    (end,) = line.forms("/end")
    assert end["CallStatus"] == "in-progress"
    assert int(end["DialCallDuration"]) < 20
    assert heard(leg).endswith("hangup by the line\n")


def test_status_callbacks_of_a_noun(line: Line, exchange: Exchange) -> None:
    """`statusCallbackEvent` says which; "`SequenceNumber` from 0"."""
    events = "initiated ringing answered completed"
    dialing(line, f'<Number statusCallback="/s" statusCallbackEvent="{events}">{AGENT}</Number>')
    line.at("/s", "")
    exchange.party(AGENT, Callee(Dialed("answered", 9)))
    run(exchange)
    told = [(form["SequenceNumber"], form["CallStatus"]) for form in line.forms("/s")]
    assert told == [("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed")]


def test_clients_and_sip_addresses_ring_too(line: Line, exchange: Exchange) -> None:
    """`<Client url=…>` and `<Sip url=…>` run a document on the callee's side before bridging, as Number does."""
    dialing(line, '<Client url="/agent">ana</Client>')
    exchange.party("client:ana", Callee(Dialed("answered", 9)))
    run(exchange)
    dialing(line, '<Sip url="/agent">sip:raj@example.com</Sip>')
    exchange.party("sip:raj@example.com", Callee(Dialed("answered", 9)))
    run(exchange)
    assert [form["To"] for form in line.forms("/agent")] == ["client:ana", "sip:raj@example.com"]
    assert [form["DialBridged"] for form in line.forms("/end")] == ["true", "true"]


def test_whom_nobody_registered_the_caller_decides(line: Line, exchange: Exchange) -> None:
    """A script says how it goes; an exchange may have a phone for everybody."""
    dialing(line)
    assert "  > 2\n" in heard(run(exchange, "answered:9:press:2"))
    exchange.anyone(lambda address: Callee(Dialed("busy")) if address == AGENT else None)
    assert "> busy\n" in heard(run(exchange))


def test_each_turn_is_an_event(line: Line, exchange: Exchange) -> None:
    """For a page that shows them: URL, method, status, body, and what was wrong."""
    line.at("/voice", "<Redirect>/next</Redirect>").at("/next", "<Shout/>")
    leg = run(exchange)
    first, second = [event for event in leg.events if isinstance(event, Turned)]
    assert (first.url, first.method, first.status, first.error) == (line.base + "/voice", "POST", 200, "")
    assert "<Redirect>" in first.body
    assert (second.status, second.error) == (200, "12200 Response cannot hold Shout")


def test_a_document_for_somebody_else_is_not_mistaken(line: Line, exchange: Exchange) -> None:
    """A whisper may redirect and pause, and a Gather there is pressed once."""
    dialing(line)
    line.at("/agent", "<Pause/><Redirect>/more</Redirect>").at("/more", WHISPER)
    line.at("/take", WHISPER)
    exchange.party(AGENT, Callee(Dialed("answered", 9)))
    run(exchange)
    assert line.forms("/end")[0]["DialBridged"] == "false"
