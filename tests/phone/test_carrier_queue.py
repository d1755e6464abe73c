"""Queues of the carrier, each rule with its own words."""

from collections.abc import Iterator

import pytest
from little_line import Line

from ivr.phone import Callee, Dialed, Exchange, Faults, Leg, ManualClock, Script, transcript
from ivr.phone.webhook import Fetch

FROM, TO, AGENT = "+15005550100", "+15005550006", "+15005550199"


@pytest.fixture
def exchange(line: Line) -> Iterator[Exchange]:
    """A carrier on which the line has a number that queues callers."""
    with Exchange(ManualClock()) as made:
        made.line(TO, line.base + "/voice")
        line.at("/voice", '<Enqueue action="/left" waitUrl="/wait">bookings</Enqueue>').at("/left", "<Hangup/>")
        line.at("/wait", '<Say>Please hold.</Say><Pause length="9"/>').at("/moved", "<Say>Hello.</Say>")
        yield made


def run(exchange: Exchange, script: str = "") -> Leg:
    """A call that a script makes, to its end."""
    leg = exchange.call(TO, FROM, Script.read(script))
    exchange.run()
    return leg


def heard(leg: Leg) -> str:
    """The transcript below its heading."""
    return transcript(leg.events).partition("\n\n")[2]


def results(line: Line) -> list[str]:
    """What Enqueue's action was told."""
    return [form["QueueResult"] for form in line.forms("/left")]


def test_the_wait_document_is_asked_for_again_when_it_runs_out(line: Line, exchange: Exchange) -> None:
    """ "It gets `QueuePosition QueueSid QueueTime AvgQueueTime CurrentQueueSize MaxQueueSize`, and is asked for again
    when it runs out."
    """
    leg = run(exchange, "wait:25 hangup")
    told = line.forms("/wait")
    assert [form["QueueTime"] for form in told] == ["0", "9", "19"]
    assert {form["QueueSid"] for form in told} == {exchange.queue("bookings").sid}
    assert [told[0][name] for name in ("QueuePosition", "CurrentQueueSize", "MaxQueueSize")] == ["1", "1", "1000"]
    assert heard(leg).startswith("queue  bookings\n> wait 25 s\nen-US  Please hold.\n")
    assert results(line) == ["hangup"]
    assert line.forms("/left")[0]["CallStatus"] == "completed"


def test_callers_wait_in_the_order_of_their_arrival(line: Line, exchange: Exchange) -> None:
    """Position and size; "AvgQueueTime averages those *now waiting*: no estimate"."""
    began = exchange.clock.now()
    exchange.call(TO, FROM, Script.read("wait:40 hangup"))
    exchange.call(TO, "+15005550101", Script.read("wait:40 hangup"), at=began)
    exchange.run()
    second = [form for form in line.forms("/wait") if form["From"] == "+15005550101"]
    assert [(form["QueuePosition"], form["CurrentQueueSize"]) for form in second[:2]] == [("2", "2")] * 2
    assert second[1]["AvgQueueTime"] == second[1]["QueueTime"]
    assert results(line) == ["hangup", "hangup"]


def test_a_wait_document_that_takes_no_time_does_not_spin(line: Line, exchange: Exchange) -> None:
    """An empty one is asked for once a second, and for no more than the bound of a call."""
    line.at("/wait", "")
    leg = run(exchange, "wait:5 hangup")
    assert len(line.forms("/wait")) == 5
    assert leg.ending is not None
    assert leg.ending.by == "caller"


def test_leave_goes_to_the_action_at_once(line: Line, exchange: Exchange) -> None:
    """ "`action` is requested at once on Leave"; without one the document goes on."""
    line.at("/wait", "<Pause length='5'/><Redirect>/wait2</Redirect>").at("/wait2", "<Leave/>")
    run(exchange)
    assert results(line) == ["leave"]
    assert line.forms("/left")[0]["QueueTime"] == "5"
    line.at("/voice", '<Enqueue waitUrl="/wait2">bookings</Enqueue><Say>You have left.</Say>')
    assert heard(run(exchange)) == "queue  bookings\nen-US  You have left.\nhangup by the line\n"


def test_a_gather_in_the_wait_document_works(line: Line, exchange: Exchange) -> None:
    """ "The wait document may hold Play, Say, Pause, Hangup, Redirect, Leave, Gather"."""
    line.at("/wait", '<Gather action="/key" numDigits="1"><Pause length="20"/></Gather>')
    line.at("/key", "<Say>Goodbye.</Say><Leave/>")
    leg = run(exchange, "wait:33 1")
    assert line.forms("/key")[0]["Digits"] == "1"
    assert heard(leg).endswith("> 1\nen-US  Goodbye.\nhangup by the line\n")
    assert results(line) == ["leave"]
    assert int(line.forms("/left")[0]["QueueTime"]) >= 33


@pytest.mark.parametrize("verb", ["<Record/>", "<Dial>+15005550101</Dial>", "<Enqueue>x</Enqueue>", "<Sms>x</Sms>"])
def test_a_wait_document_holds_nothing_else(line: Line, exchange: Exchange, verb: str) -> None:
    """Anything else is an error, and the end of the call."""
    line.at("/wait", verb)
    ending = run(exchange).ending
    assert ending is not None
    assert (ending.by, ending.code) == ("error", 12200)
    assert exchange.queue("bookings").members == []


def test_a_hangup_in_the_wait_document_ends_the_call(line: Line, exchange: Exchange) -> None:
    """The action is told, and its answer is heard by nobody."""
    line.at("/wait", "<Hangup/>").at("/left", "<Say>Too late.</Say>")
    assert heard(run(exchange)) == "queue  bookings\nhangup by the line\n"
    assert results(line) == ["hangup"]


def test_a_full_queue_takes_nobody(line: Line, exchange: Exchange) -> None:
    """ "default size 1000, at most 5000": `queue-full`."""
    exchange.queue("bookings").max_size = 1
    exchange.call(TO, FROM, Script.read("wait:9 hangup"))
    leg = exchange.call(TO, FROM, Script.read(""))
    exchange.run()
    assert results(line) == ["queue-full", "hangup"]
    assert heard(leg) == "hangup by the line\n"


@pytest.mark.parametrize("action_first", [False, True])
def test_a_member_moved_by_rest_causes_two_requests(line: Line, exchange: Exchange, action_first: bool) -> None:
    """ "the new URL is fetched, and Enqueue's action is called at once with `QueueResult=redirected`, in no documented
    order": a test chooses. The action's answer counts for nothing.
    """
    exchange.faults = Faults(action_first=action_first)
    line.at("/left", "<Say>Never heard.</Say>")
    leg = exchange.call(TO, FROM, Script.read(""))
    exchange.after(30, lambda: leg.move(Fetch(line.base + "/moved")))
    exchange.run()
    assert line.paths()[-2:] == (["/left", "/moved"] if action_first else ["/moved", "/left"])
    assert results(line) == ["redirected"]
    assert line.forms("/left")[0]["QueueTime"] == "30"
    assert heard(leg).endswith("en-US  Hello.\nhangup by the line\n")
    assert "Never heard" not in heard(leg)


def test_a_dial_takes_the_head_of_the_queue(line: Line, exchange: Exchange) -> None:
    """`<Dial><Queue>`: "`action` is requested […] after the bridge ends on Dial", with `bridged`."""
    exchange.line("+15005550007", line.base + "/agent")
    line.at("/agent", '<Dial action="/done"><Queue url="/about">bookings</Queue></Dial>').at("/done", "<Hangup/>")
    line.at("/about", "<Say>You are put through.</Say>")
    began = exchange.clock.now()
    caller = exchange.call(TO, FROM, Script.read(""))
    agent = exchange.call("+15005550007", AGENT, Script.read("answered:40"), at=began)
    exchange.run()
    assert results(line) == ["bridged"]
    (about,), (done,) = line.forms("/about"), line.forms("/done")
    assert (about["CallSid"], about["DequeingCallSid"]) == (caller.sid, agent.sid)
    assert (done["DialCallStatus"], done["DialBridged"], done["DialCallDuration"]) == ("completed", "true", "40")
    assert heard(caller).endswith("en-US  You are put through.\nhangup by the line\n")
    assert heard(agent) == "dial   bookings\n> answered 40 s\nhangup by the line\n"


def test_one_who_hangs_up_when_taken_is_gone(line: Line, exchange: Exchange) -> None:
    """Taken out of the queue and hanging up at the same moment: no talk, and the agent's Dial is over."""
    exchange.line("+15005550007", line.base + "/agent")
    line.at("/agent", '<Dial action="/done"><Queue>bookings</Queue></Dial>').at("/done", "<Hangup/>")
    caller = exchange.call(TO, FROM, Script.read(""))
    exchange.after(30, lambda: exchange.call("+15005550007", AGENT, Script.read("")) and None)
    exchange.after(30, caller.hang_up)
    exchange.run()
    assert caller.ending is not None
    assert (caller.ending.by, caller.ending.seconds) == ("caller", 30)
    assert line.forms("/done")[0]["DialBridged"] == "false"


def test_an_empty_queue_is_waited_for_until_the_time_out(line: Line, exchange: Exchange) -> None:
    """A Dial of a queue in which nobody waits is a `no-answer`; who comes in time is taken."""
    exchange.line("+15005550007", line.base + "/agent")
    line.at("/agent", '<Dial action="/done" timeout="20"><Queue>bookings</Queue></Dial>').at("/done", "<Hangup/>")
    agent = exchange.call("+15005550007", AGENT, Script.read(""))
    exchange.run()
    assert line.forms("/done")[0]["DialCallStatus"] == "no-answer"
    assert agent.ending is not None
    assert agent.ending.seconds == 20
    began = exchange.clock.now()
    exchange.call("+15005550007", AGENT, Script.read(""))
    exchange.call(TO, FROM, Script.read(""), at=began)
    exchange.run()
    assert line.forms("/done")[1]["DialBridged"] == "true"


def test_the_caller_may_hang_up_in_the_talk(line: Line, exchange: Exchange) -> None:
    """The agent's Dial ends, and its document goes on."""
    exchange.line("+15005550007", line.base + "/agent")
    line.at("/agent", '<Dial action="/done"><Queue>bookings</Queue></Dial>').at("/done", "<Say>Next.</Say>")
    exchange.call(TO, FROM, Script.read("wait:30 hangup"))
    agent = exchange.call("+15005550007", AGENT, Script.read("answered:90"))
    exchange.run()
    assert heard(agent).endswith("en-US  Next.\nhangup by the line\n")
    assert results(line) == ["bridged"]
    assert 25 <= int(line.forms("/done")[0]["DialCallDuration"]) <= 30


def test_the_agent_may_hang_up_in_the_talk(line: Line, exchange: Exchange) -> None:
    """The caller goes on with Enqueue's action, "after the bridge ends on Dial"."""
    exchange.line("+15005550007", line.base + "/agent")
    line.at("/agent", '<Dial action="/done"><Queue>bookings</Queue></Dial>').at("/done", "")
    line.at("/left", "<Say>How was it?</Say>")
    caller = exchange.call(TO, FROM, Script.read(""))
    exchange.call("+15005550007", AGENT, Script.read("answered:90 wait:20 hangup"))
    exchange.run()
    assert results(line) == ["bridged"]
    assert line.forms("/left")[0]["CallStatus"] == "in-progress"
    assert heard(caller).endswith("en-US  How was it?\nhangup by the line\n")
    assert line.forms("/done")[0]["CallStatus"] == "completed"


def test_an_agent_who_is_offered_a_caller(line: Line, exchange: Exchange) -> None:
    """The way of a queue without a conference: the caller's own leg moves to a Dial with a whisper, and back."""
    offer = f'<Dial action="/back" answerOnBridge="true" timeout="15" callerId="{TO}">'
    line.at("/offer", f'{offer}<Number url="/agent">{AGENT}</Number></Dial>').at("/take", "")
    line.at("/agent", '<Gather action="/take" numDigits="1"><Say>Bookings, press 1.</Say></Gather><Hangup/>')
    line.at("/back", '<Enqueue action="/left" waitUrl="/wait">bookings</Enqueue>', "<Hangup/>")
    takings = iter([Dialed("no-answer"), Dialed("answered", 60, after=4)])
    exchange.party(AGENT, lambda: Callee(next(takings)))
    leg = exchange.call(TO, FROM, Script.read(""))
    for moment in (20, 60):
        exchange.after(moment, lambda: leg.move(Fetch(line.base + "/offer")))
    exchange.run()
    assert [form["DialCallStatus"] for form in line.forms("/back")] == ["no-answer", "completed"]
    assert heard(leg).endswith(
        f"dial   {AGENT}\n> answered 60 s after 4 s\n  en-US  Bookings, press 1.\n  > 1\nhangup by the line\n"
    )
    assert leg.ending is not None
    assert leg.ending.seconds in (125, 126)
