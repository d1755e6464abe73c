"""What goes wrong between a carrier and an application: each rule with its own words."""

import itertools
from datetime import UTC, datetime

import httpx
import pytest
from little_line import Answer, Line

from ivr.phone import Exchange, Faults, ManualClock, Script, transcript
from ivr.phone.twiml import Told
from ivr.phone.webhook import PRETENDED, Fetch

XML = {"Content-Type": "text/xml"}
TOKEN = "I-Twilio-Idempotency-Token"
ALL = frozenset({"initiated", "ringing", "answered", "completed"})


def slow(seconds: float, body: str = "<Response/>") -> Answer:
    """An answer that is pretended to have taken so long."""
    return Answer(body, headers={**XML, PRETENDED: str(seconds)})


class TestTime:
    """ "15 s for a response, hard", on the carrier's own clock."""

    @pytest.mark.parametrize(
        ("seconds", "by"), [(14.9, "line"), (15, "error"), (3600, "error"), (-1, "line"), (float("nan"), "line")]
    )
    def test_an_answer_that_takes_too_long_is_none(self, line: Line, seconds: float, by: str) -> None:
        """By a manual clock nothing waits really: the answer's header says how long it took."""
        clock = ManualClock(datetime(2026, 7, 1, 15, tzinfo=UTC))
        placed = line.at("/voice", slow(seconds)).call(clock=clock)
        assert placed.ending is not None
        assert placed.ending.by == by
        assert placed.ending.code == (11200 if by == "error" else None)
        assert placed.ending.seconds == (min(int(seconds), 15) if seconds > 0 else 0)

    def test_then_the_fallback_is_called(self, line: Line) -> None:
        """ "After a failed fetch or broken TwiML the fallback URL is called with `ErrorCode` and `ErrorUrl`"."""
        line.at("/voice", slow(20)).at("/fallback", "<Say>One moment.</Say>")
        heard = line.heard(fallback_url=line.base + "/fallback")
        assert heard.splitlines()[0].startswith("warning 11200 no answer within 15 s")
        assert heard.endswith("en-US  One moment.\nhangup by the line\n")
        assert line.forms("/fallback")[0]["ErrorUrl"] == line.base + "/voice"

    def test_a_caller_may_hang_up_meanwhile(self, line: Line) -> None:
        """The call is over at once; what the answer says is heard by nobody."""
        line.at("/voice", slow(10, "<Response><Say>Too late.</Say></Response>"))
        with Exchange() as exchange:
            leg = exchange.call("+1", "+15005550100", Script.read(""), url=line.base + "/voice")
            exchange.after(4, leg.hang_up)
            exchange.run()
        assert leg.ending is not None
        assert (leg.ending.by, leg.ending.seconds) == ("caller", 4)
        assert "Too late" not in transcript(leg.events)


class TestRetries:
    """ "By default one retry on a connection failure (`rc=1`, `rp=ct`); with connection overrides in the URL's fragment
    up to five, on 4xx/5xx/timeouts too. Retries carry `I-Twilio-Idempotency-Token`."
    """

    @pytest.mark.parametrize(
        ("fragment", "answers", "tries", "by"),
        [
            ("", [500], 1, "error"),
            ("#rp=5xx", [500, 200], 2, "line"),
            ("#rc=3&rp=5xx", [500, 503, 500, 200], 4, "line"),
            ("#rc=3&rp=4xx", [500], 1, "error"),
            ("#rc=5&rp=4xx,5xx", [404, 500, 404, 500, 404, 404], 6, "error"),
            ("#rc=2&rp=all", [404, 200], 2, "line"),
            ("#rc=0&rp=all", [404], 1, "error"),
            ("#rc=6", [], 0, "error"),
            ("#rc=12", [], 0, "error"),
            ("#rp=always", [], 0, "error"),
        ],
    )
    def test_the_fragment_says_how_often_and_upon_what(
        self, line: Line, fragment: str, answers: list[int], tries: int, by: str
    ) -> None:
        """It is neither sent nor signed; a fragment that makes no sense is a broken URL (11100)."""
        line.at("/voice", *[Answer("<Response/>", status, XML) for status in answers or [200]])
        placed = line.call(path="/voice" + fragment)
        assert placed.ending is not None
        assert (len(line.sent), placed.ending.by) == (tries, by)
        if tries:
            assert all("#" not in sent.url for sent in line.sent)
            tokens = [sent.headers[TOKEN] for sent in line.sent]
            assert tokens[0] is None
            assert len(set(tokens[1:])) <= 1
            assert None not in tokens[1:]
        else:
            assert placed.ending.code == 11100

    def test_a_time_out_is_tried_again_where_that_is_said(self, line: Line) -> None:
        """Each try has its own 15 s."""
        line.at("/voice", slow(20), "<Say>Hello.</Say>")
        placed = line.call(path="/voice#rc=1&rp=rt")
        assert transcript(placed.events).endswith("en-US  Hello.\nhangup by the line\n")
        assert placed.ending is not None
        assert placed.ending.seconds >= 15

    def test_an_action_url_keeps_its_fragment(self, line: Line) -> None:
        """The overrides count for every URL of a document."""
        line.at("/voice", "<Redirect>/next#rc=2&amp;rp=5xx</Redirect>").at(
            "/next", Answer("", 500), Answer("", 502), Answer("<Response/>", headers=XML)
        )
        assert line.heard() == "hangup by the line\n"
        assert line.paths() == ["/voice", "/next", "/next", "/next"]


class TestWebhooks:
    """Doubled webhooks."""

    def test_each_document_may_be_asked_for_twice(self, line: Line) -> None:
        """The first answer is lost, the second one counts and "carries `I-Twilio-Idempotency-Token`"."""
        line.at("/voice", "<Say>Lost.</Say>", '<Gather action="/menu" numDigits="1"/>').at("/menu", "<Hangup/>")
        assert line.heard("1", faults=Faults(webhooks_twice=True)) == "> 1\nhangup by the line\n"
        assert line.paths() == ["/voice", "/voice", "/menu", "/menu"]
        assert [bool(sent.headers[TOKEN]) for sent in line.sent] == [False, True, False, True]
        assert line.sent[2].form == line.sent[3].form


class TestStatus:
    """ "Status callbacks: `SequenceNumber` from 0, **no guarantee of order**, may repeat, may come after or before the
    last action webhook".
    """

    def told(self, line: Line, faults: Faults) -> list[tuple[str, str]]:
        """What the status URL is told of a created call."""
        line.at("/call", "<Pause/>").at("/status", "")
        with Exchange(faults=faults) as exchange:
            exchange.anyone(lambda _: Script.read(""))
            told = Told(line.base + "/status", "POST", ALL)
            exchange.create("+15005550142", "+15005550006", Fetch(line.base + "/call"), told=told)
            exchange.run()
        return [(form["SequenceNumber"], form["CallStatus"]) for form in line.forms("/status")]

    IN_ORDER = (("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed"))

    def test_in_order(self, line: Line) -> None:
        """Where nothing goes wrong."""
        assert self.told(line, Faults()) == list(self.IN_ORDER)
        assert line.paths()[-1] == "/status"

    def test_twice(self, line: Line) -> None:
        """Each of them again, with the same number."""
        assert self.told(line, Faults(status_twice=True)) == list(
            itertools.chain(*zip(*[self.IN_ORDER] * 2, strict=True))
        )

    def test_out_of_order(self, line: Line) -> None:
        """The last comes first; each says what was true when it was meant to be sent."""
        assert self.told(line, Faults(status_reversed=True)) == list(reversed(self.IN_ORDER))

    def test_late(self, line: Line) -> None:
        """All of them after the document that the call ended with."""
        assert self.told(line, Faults(status_late=60)) == list(self.IN_ORDER)
        assert line.paths() == ["/call", *["/status"] * 4]

    def test_what_fails_after_the_end_is_in_the_log(self, line: Line) -> None:
        """No call is there to be told of it."""
        line.at("/voice", "")
        with Exchange(faults=Faults(status_late=5)) as exchange:
            exchange.line("+1", line.base + "/voice", status_url=line.base + "/nowhere")
            exchange.call("+1", "+15005550100", Script.read(""))
            exchange.run()
            assert [error.code for error in exchange.log] == [11200]


class TestRecordings:
    """ "The file may not exist yet: wait for `recordingStatusCallback`"."""

    def test_late_and_twice(self, line: Line) -> None:
        """As late as a test says, and again."""
        line.at("/voice", '<Record action="/end" recordingStatusCallback="/ready"/>').at("/end", "").at("/ready", "")
        clock = ManualClock(datetime(2026, 7, 1, 15, tzinfo=UTC))
        placed = line.call("speak:5:#", clock=clock, faults=Faults(recording_after=3600, recording_twice=True))
        assert placed.ending is not None
        assert placed.ending.seconds == 5
        assert clock.now().hour == 16
        first, second = line.forms("/ready")
        assert first == second
        assert first["CallStatus"] == "completed"


def test_a_transport_may_stand_in_for_the_network() -> None:
    """For what no setting foresees."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=XML, text="<Response><Hangup/></Response>"))
    with Exchange(transport=transport) as exchange:
        exchange.line("+1", "http://line.test/voice")
        leg = exchange.call("+1", "+15005550100", Script.read(""))
        exchange.run()
    assert leg.ending is not None
    assert leg.ending.by == "line"
