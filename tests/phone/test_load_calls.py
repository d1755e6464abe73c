"""`ivr.phone.load` against a line of known behaviour: what is sent, what is counted, how calls fail."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest
from loaded_line import HANG_UP, MENU, Came, LoadedLine, Reply, causes, loaded_line
from twilio.request_validator import RequestValidator

from ivr.phone.load import Plan, as_json, as_text, place

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def line() -> Iterator[LoadedLine]:
    """A line on a free port of this machine."""
    with loaded_line() as made:
        yield made


def test_calls_are_conversations(line: LoadedLine) -> None:
    """Each call goes from document to document by its keys, hangs up when they run out, and its end is told."""
    line.at["/voice"] = lambda _: Reply(MENU)
    tally = line.load("1 2")
    assert (tally.begun, tally.finished, tally.failed, tally.cut) == (4, 4, 0, 0)
    assert (tally.sent, tally.answered, tally.latency.count) == (16, 16, 16)
    for sid in {form["CallSid"] for form in line.forms("/voice")}:
        forms = [form for form in line.forms("/voice") if form["CallSid"] == sid]
        assert [form.get("Digits") for form in forms] == [None, "1", "2"]
        assert [form["CallStatus"] for form in forms] == ["ringing", "in-progress", "in-progress"]
    ends = line.forms("/voice/status")
    assert len(ends) == 4
    assert {(form["CallStatus"], form["SequenceNumber"]) for form in ends} == {("completed", "0")}


def test_webhooks_are_what_a_carrier_sends(line: LoadedLine) -> None:
    """The whole form, signed so that the carrier's own library takes it for genuine, by POST and by GET."""
    line.at["/voice"] = lambda _: Reply('<Response><Redirect method="GET">/next?a=1%2F2</Redirect></Response>')
    line.at["/next"] = lambda _: Reply()
    line.load(token=TOKEN, seconds=0.001)
    first, second, end = line.came
    validator = RequestValidator(TOKEN)
    for came in (first, end):
        assert validator.validate(f"{line.base}{came.path}", came.form, came.headers["X-Twilio-Signature"])
    assert second.method == "GET"
    assert second.form["CallSid"] == first.form["CallSid"]
    wanted = ["CallSid", "AccountSid", "From", "To", "Called", "CallStatus", "ApiVersion", "Direction", "FromCity"]
    assert [name for name in wanted if name not in first.form or name not in second.form] == []


def test_callers_differ_and_a_seed_repeats_them(line: LoadedLine) -> None:
    """Each # of the caller's number is a digit by chance, and the same seed gives the same callers; SIDs are new."""
    line.at["/voice"] = lambda _: Reply()
    line.load(from_="+1500555####", most_open=1)
    line.load(from_="+1500555####", most_open=1)
    callers = [form["From"] for form in line.forms("/voice")]
    assert len(set(callers)) > 1
    assert callers[:4] == callers[4:]
    assert len({form["CallSid"] for form in line.forms("/voice")}) == 8


def test_scripts_are_mixed_by_their_shares(line: LoadedLine) -> None:
    """A script with three times the shares is followed more often; one without a share never."""
    line.at["/voice"] = lambda _: Reply(MENU)
    tally = line.load("3x 1", "2", "0x 3", rate=200, seconds=0.2)
    assert tally.scripts["1"] > tally.scripts["2"]
    assert "3" not in tally.scripts
    assert tally.finished == 40


def test_the_loop_is_open(line: LoadedLine) -> None:
    """A line that answers nobody until all have called hears all of them: no call waits for another."""
    together = threading.Barrier(4)

    def answer(_: Came) -> Reply:
        together.wait(30)
        return Reply()

    line.at["/voice"] = answer
    tally = line.load()
    assert (tally.finished, tally.most_open, tally.held) == (4, 4, 0)


def test_a_latency_counts_from_when_the_webhook_was_due(line: LoadedLine) -> None:
    """Calls that had to wait for room took that long for their callers: no coordinated omission."""
    pause = threading.Event()

    def answer(_: Came) -> Reply:
        pause.wait(0.3)
        return Reply()

    line.at["/voice"] = answer
    tally = line.load(rate=4, seconds=1, most_open=1)
    assert tally.most_open == 1
    assert tally.finished == tally.begun >= 2
    assert tally.held >= 1
    assert tally.late.longest >= 0.05  # the second was due after a quarter of a second
    assert tally.latency.longest >= 0.35


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (Reply("trouble", 500), "HTTP 500"),
        (Reply("no", 403), "HTTP 403"),
        (Reply("<Response><Say>"), "error 12100"),
        (Reply("<Answer/>"), "error 12102"),
        (Reply("<Response><Shout/></Response>"), "error 12200"),
        (Reply(""), "error 11770"),
        (Reply("hello", 200, {"Content-Type": "text/plain"}), "error 12300"),
        (Reply("x" * 70_000), "error 11750"),
        (Reply("", 302, {"Location": "/voice"}), "error 11215"),
        (Reply("", None), "connection closed"),
        (Reply("<Response><Redirect>/voice</Redirect></Response>"), "went round"),
        (Reply("<Response><Redirect>http://192.0.2.1/voice</Redirect></Response>"), "another machine"),
        (Reply("<Response><Connect><Room>a</Room></Connect></Response>"), "not run"),
        (Reply("<Response><Record/></Response>"), "script"),
    ],
)
def test_failures_are_counted_by_cause(line: LoadedLine, reply: Reply, cause: str) -> None:
    """Each way to fail has its cause, with one example that names the call and the address; the end is still told."""
    line.at["/voice"] = lambda _: reply
    tally = line.load("busy", seconds=0.002, most_webhooks=20)
    assert (tally.begun, tally.finished, causes(tally)) == (2, 0, {cause: 2})
    assert tally.causes[cause].sid in {form["CallSid"] for form in line.forms("/voice")}
    assert len(line.forms("/voice/status")) == 2
    assert f"failed     2 calls: {cause}; such as CA" in as_text(line.plan(), tally)


def test_who_never_answers_is_a_time_out(line: LoadedLine) -> None:
    """A webhook without an answer in time fails its call, and its wait counts as a latency."""
    over = threading.Event()

    def answer(_: Came) -> Reply:
        over.wait(30)
        return Reply()

    line.at["/voice"] = answer
    try:
        tally = line.load(timeout=0.2)
    finally:
        over.set()
    assert causes(tally) == {"time-out": 4}
    assert tally.latency.longest >= 0.2


def test_a_port_that_nobody_has_refuses() -> None:
    """No service there: every call fails by that cause, and nothing hangs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/voice"
        tally = asyncio.run(place(Plan(url, to="+15005550006", rate=1000, seconds=0.003)))
    assert causes(tally) == {"connection refused": 3}
    assert tally.answered == 0


def test_a_failed_status_callback_fails_the_call(line: LoadedLine) -> None:
    """A call is fine only if the service also took note of its end."""
    line.at["/voice"] = lambda _: Reply()
    line.at["/voice/status"] = lambda _: Reply("", 503)
    assert causes(line.load()) == {"HTTP 503": 4}


def test_a_kept_connection_that_was_closed_is_no_failure(line: LoadedLine) -> None:
    """Such a webhook is sent again, on a new connection, and the report says so."""
    answered: list[Came] = []

    def closing(came: Came) -> Reply:
        answered.append(came)
        return Reply(status=None) if len(answered) == 2 else Reply(HANG_UP if came.form.get("Digits") else MENU)

    line.at["/voice"] = closing
    tally = line.load("1", seconds=0.001)
    assert (tally.finished, tally.again) == (1, 1)
    assert "1 sent again" in as_text(line.plan(), tally)


def test_keys_are_not_sent_again_after_a_redirect(line: LoadedLine) -> None:
    """ "After a 3xx on a Gather action, `Digits` is not sent again"; cookies are kept for the call."""
    menu = MENU.replace('action="/voice"', 'action="/moved"')
    line.at["/voice"] = lambda _: Reply(menu, 200, {"Set-Cookie": "call=mine; Path=/"})
    line.at["/moved"] = lambda _: Reply("", 302, {"Location": "/there"})
    line.at["/there"] = lambda _: Reply()
    tally = line.load("1", seconds=0.001)
    assert (tally.finished, tally.answered) == (1, 3)
    moved, there = line.came[1:3]
    assert (moved.form["Digits"], moved.headers["Cookie"]) == ("1", "call=mine")
    assert (there.method, there.form.get("Digits"), there.headers["Cookie"]) == ("GET", None, "call=mine")


def test_a_caller_in_a_queue_leaves_by_key_or_hangs_up(line: LoadedLine) -> None:
    """Wait documents come with the queue's parameters; a key works there; patience over, the action is told."""
    line.at["/voice"] = lambda _: Reply('<Response><Enqueue action="/out" waitUrl="/wait">agents</Enqueue></Response>')
    line.at["/wait"] = lambda _: Reply('<Response><Gather action="/key" timeout="1"/></Response>')
    line.at["/key"] = lambda _: Reply("<Response><Leave/></Response>")
    line.at["/out"] = lambda _: Reply()
    assert line.load("9", seconds=0.001).finished == 1
    assert line.forms("/wait")[0]["QueuePosition"] == "1"
    assert [form["QueueResult"] for form in line.forms("/out")] == ["leave"]
    line.at["/wait"] = lambda _: Reply("<Response><Pause/></Response>")
    assert line.load(seconds=0.001, patience=0.0).finished == 1
    assert [form["QueueResult"] for form in line.forms("/out")] == ["leave", "hangup"]


def test_a_service_behind_its_public_address_is_called_here(line: LoadedLine) -> None:
    """Documents and signatures have the public address; what is asked is the service on this machine."""
    public = "https://phone.example.com"
    line.at["/voice"] = lambda _: Reply(MENU.replace("/voice", f"{public}/next"))
    line.at["/next"] = lambda _: Reply()
    tally = line.load("1", token=TOKEN, public_url=public, seconds=0.001)
    assert tally.finished == 1
    for came in line.came:
        assert RequestValidator(TOKEN).validate(f"{public}{came.path}", came.form, came.headers["X-Twilio-Signature"])


def test_stopped_in_the_middle_all_callers_hang_up(line: LoadedLine) -> None:
    """No call begins any more, the open ones end as a caller ends them, and count as cut."""

    line.at["/voice"] = lambda _: Reply(MENU.replace("<Say>", "<Say>1 "))
    plan = line.plan("1 1", seconds=60, rate=20, think=600)
    stop = asyncio.Event()
    tally = asyncio.run(place(plan, stop=stop, watch=lambda *_: stop.set()))
    assert tally.stopped
    assert tally.begun == tally.cut > 0
    assert (tally.open, tally.failed) == (0, 0)
    assert len(line.forms("/voice/status")) == tally.begun
    assert "cut off at the end" in as_text(plan, tally)


def test_the_figures_have_their_names(line: LoadedLine) -> None:
    """What programs read: names that stay, and numbers that add up."""
    line.at["/voice"] = lambda came: Reply("", 500) if came.form["From"].endswith("1") else Reply()
    plan = line.plan(seconds=0.05, from_="+150055501#")
    found = as_json(plan, asyncio.run(place(plan)))
    calls, webhooks = found["calls"], found["webhooks"]
    assert isinstance(calls, dict)
    assert isinstance(webhooks, dict)
    assert calls["due"] == calls["begun"] == calls["finished"] + calls["failed"] == 50
    assert webhooks["answered"] == webhooks["sent"] == 100
    assert list(found["latency_ms"]) == list(found["late_ms"]) == ["p50", "p90", "p99", "p99.9", "max"]  # type: ignore[call-overload]
    (failure,) = found["failures"]  # type: ignore[misc]
    assert failure["cause"] == "HTTP 500"
    assert set(failure["example"]) == {"call_sid", "url", "text"}
