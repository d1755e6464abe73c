"""Time on the carrier: by a manual clock nothing is waited for, by the real one everything is."""

import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from little_line import Answer, Line

from ivr.phone import Callee, Dialed, Exchange, LiveCaller, ManualClock, RealClock, Script, Silent, transcript
from ivr.phone.events import Answered, Bridged, Dialing, Ending, Event, Message, Played, Ringing, Spoke, Stopped
from ivr.phone.loop import Ask, Loop, Pass, Task, Waits

BEGAN = datetime(2026, 7, 1, 15, tzinfo=UTC)
FROM, TO, AGENT = "+15005550100", "+15005550006", "+15005550199"
XML = {"Content-Type": "text/xml"}


class TestManual:
    """Events in the order of their moments."""

    def test_several_calls_at_once_are_deterministic(self, line: Line) -> None:
        """Fifty calls in one hour, twice: the same requests at the same moments, in no time."""

        def run() -> list[tuple[str, str]]:
            line.sent.clear()
            line.at("/voice", '<Gather action="/menu" numDigits="1"><Say>Press one or two.</Say></Gather>')
            line.at("/menu", '<Pause length="600"/><Redirect>/end</Redirect>').at("/end", "")
            with Exchange(ManualClock(BEGAN)) as exchange:
                exchange.line(TO, line.base + "/voice")
                for number in range(50):
                    at = BEGAN + timedelta(seconds=number * 67 % 3600)
                    exchange.call(
                        TO, f"+1500555{number:04d}", Script.read("silence" if number % 7 == 0 else "1"), at=at
                    )
                exchange.run()
                assert all(leg.ending for leg in exchange.legs.values())
            return [(sent.path, sent.form["From"]) for sent in line.sent]

        assert run() == run()

    def test_a_day_passes_until_a_moment(self, line: Line) -> None:
        """`run(until)` stops there, whatever goes on; `every` is called on the clock and keeps no run going."""
        line.at("/voice", '<Pause length="7200"/>' * 13)
        clock = ManualClock(BEGAN)
        seen: list[datetime] = []
        with Exchange(clock) as exchange:
            exchange.line(TO, line.base + "/voice")
            leg = exchange.call(TO, FROM, Script.read(""))
            exchange.every(3600, lambda: seen.append(clock.now()))
            exchange.run(until=BEGAN + timedelta(hours=24))
            assert clock.now() == BEGAN + timedelta(hours=24)
            assert leg.ending is None
            assert seen == [BEGAN + timedelta(hours=hour) for hour in range(1, 25)]
            exchange.run()
            assert clock.now() == BEGAN + timedelta(hours=26)
            assert leg.ending is not None

    def test_what_is_called_without_time_passing_is_refused(self) -> None:
        """It would never come to an end."""
        with Exchange() as exchange, pytest.raises(ValueError, match="more than none"):
            exchange.every(0, lambda: None)

    def test_a_call_is_placed_at_its_moment(self, line: Line) -> None:
        """Its first event tells it."""
        line.at("/voice", "")
        with Exchange(ManualClock(BEGAN)) as exchange:
            exchange.line(TO, line.base + "/voice")
            leg = exchange.call(TO, FROM, Script.read(""), at=BEGAN + timedelta(hours=3))
            exchange.run()
        assert "at: 2026-07-01T18:00:00+00:00\n" in transcript(leg.events)

    def test_a_number_that_is_no_lines_cannot_be_called(self) -> None:
        """Only where a URL is given."""
        with Exchange() as exchange, pytest.raises(KeyError):
            exchange.call("+1", FROM, Script.read(""))

    def test_a_callers_mistake_comes_out_of_run(self, line: Line) -> None:
        """A script that does not fit is the test's own error."""
        line.at("/voice", "<Gather/>")
        with Exchange() as exchange:
            exchange.line(TO, line.base + "/voice")
            exchange.call(TO, FROM, Script.read("busy"))
            with pytest.raises(ValueError, match="does not fit"):
                exchange.run()

    def test_a_wait_lasts_over_many_prompts(self, line: Line) -> None:
        """`wait:20` is silence for so long, whatever is asked; then the next act is done at that moment."""
        line.at("/voice", '<Gather timeout="3"><Say>Press 1.</Say></Gather><Redirect/>')
        line.at("/voice", '<Gather action="/menu" numDigits="1" timeout="3"/><Redirect/>').at("/menu", "")
        clock = ManualClock(BEGAN)
        assert line.heard("wait:20 1", clock=clock) == "> wait 20 s\n> 1\nhangup by the line\n"
        assert clock.now() == BEGAN + timedelta(seconds=20)
        assert len(line.forms("/voice")) == 7

    def test_a_task_is_what_its_generator_waits_for(self) -> None:
        """Spans, signals that end them early or wait till they are awaited, answers, and interruptions."""
        loop = Loop(ManualClock(BEGAN))
        seen: list[object] = []

        def life() -> Waits:
            seen.append((yield Pass(5, (str,))))
            seen.append((yield Pass(5, (str,))))
            seen.append((yield Ask(lambda: "answer")))
            try:
                yield Ask(lambda: 1 // 0)
            except ZeroDivisionError:
                seen.append("divided")
            try:
                yield Pass(1000)
            except KeyError:
                seen.append(loop.now() - BEGAN)

        task = Task(loop, life())
        task.signal("early")
        loop.after(30, lambda: task.interrupt(KeyError()))
        loop.run()
        assert seen == ["early", None, "answer", "divided", timedelta(seconds=30)]
        assert task.over


class Heard:
    """What a live phone was told, and a way to wait for it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        """Told of an event."""
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, kind: type, count: int = 1) -> Event:
        """The so-manieth event of a kind, once it is there."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: [one for one in self.events if isinstance(one, kind)][count - 1 :], 10
            )
            assert found, f"no {kind.__name__} among {self.events}"
            return found[0]


class TestReal:
    """Phones in people's hands, by the real clock."""

    def test_a_live_call_from_dialling_to_a_talk(self, line: Line) -> None:
        """Keys cut sounds short, a second phone rings and is answered, and both hear each other."""
        line.at(
            "/voice", '<Gather action="/dial" numDigits="1"><Say>Press 1, and then wait for a while.</Say></Gather>'
        )
        line.at("/dial", f'<Dial action="/end"><Number url="/agent">{AGENT}</Number></Dial>').at("/end", "")
        line.at("/agent", '<Gather action="/take" numDigits="1"><Say>Press 1.</Say></Gather><Hangup/>').at("/take", "")
        mine, theirs = Heard(), Heard()
        me, them = LiveCaller(mine), LiveCaller(theirs)
        with Exchange(RealClock()) as exchange:
            exchange.line(TO, line.base + "/voice")
            exchange.party(AGENT, them)
            exchange.start()
            leg = exchange.call(TO, FROM, me)
            mine.wait(Spoke)
            me.press("1")
            assert mine.wait(Stopped) == Stopped(cut=True)
            mine.wait(Dialing)
            assert theirs.wait(Ringing) == Ringing(FROM, AGENT)
            them.answer()
            theirs.wait(Answered)
            theirs.wait(Spoke)
            them.heard()
            theirs.wait(Stopped)
            them.press("1")
            assert mine.wait(Bridged) == Bridged(AGENT)
            assert theirs.wait(Bridged) == Bridged(FROM)
            me.say("Hello?")
            assert theirs.wait(Message) == Message("Hello?")
            them.say("Meridian Coaches.")
            assert mine.wait(Message) == Message("Meridian Coaches.")
            them.hang_up()
            ending = mine.wait(Ending)
            assert isinstance(ending, Ending)
            assert (ending.by, leg.ending) == ("line", ending)
        assert line.forms("/end")[0]["DialBridged"] == "true"
        assert line.forms("/take")[0]["CallSid"] == them.leg.sid if them.leg else False

    def test_a_phone_in_use_is_busy(self, line: Line) -> None:
        """A live phone is on one call at a time."""
        line.at("/voice", "<Gather/>").at("/dial", f'<Dial action="/end">{AGENT}</Dial>').at("/end", "")
        theirs, mine = Heard(), Heard()
        them, me = LiveCaller(theirs), LiveCaller(mine)
        with Exchange(RealClock()) as exchange:
            exchange.party(AGENT, them)
            exchange.start()
            exchange.call(TO, AGENT, them, url=line.base + "/voice")
            theirs.wait(Answered)
            exchange.call(TO, FROM, me, url=line.base + "/dial")
            mine.wait(Ending)
            assert not [event for event in theirs.events if isinstance(event, Ringing | Ending)]
        assert line.forms("/end")[0]["DialCallStatus"] == "busy"

    def test_a_phone_may_decline_and_hang_up(self, line: Line) -> None:
        """Declining is busy; hanging up ends the call wherever it is; afterwards nothing counts."""
        line.at("/voice", f'<Dial action="/end" timeout="20">{AGENT}</Dial>').at("/end", '<Pause length="3600"/>')
        mine, theirs = Heard(), Heard()
        me, them = LiveCaller(mine), LiveCaller(theirs)
        me.press("1")
        me.hang_up()
        with Exchange(RealClock()) as exchange:
            exchange.line(TO, line.base + "/voice")
            exchange.party(AGENT, them)
            exchange.start()
            leg = exchange.call(TO, FROM, me)
            theirs.wait(Ringing)
            them.decline()
            theirs.wait(Ending)
            me.hang_up()
            assert isinstance(ending := mine.wait(Ending), Ending)
            me.press("1")
            me.say("Anybody?")
        assert ending.by == "caller"
        assert leg.events[-1] == ending
        assert [form["DialCallStatus"] for form in line.forms("/end")] in (["busy"], [])

    def test_a_phone_says_when_it_has_heard(self, line: Line) -> None:
        """The length of what is heard is what the device reports: two hours of music may be skipped."""
        line.at("/voice", '<Play loop="0">/a.mp3</Play><Say>Goodbye.</Say>')
        line.at("/a.mp3", Answer(b"\xff\xfb", headers={"Content-Type": "audio/mpeg"}))
        mine = Heard()
        me = LiveCaller()
        me.subscribe(mine)
        with Exchange(RealClock()) as exchange:
            exchange.line(TO, line.base + "/voice")
            exchange.start()
            exchange.call(TO, FROM, me)
            mine.wait(Played)
            me.heard()
            mine.wait(Spoke)
            me.heard()
            assert mine.wait(Ending)

    @pytest.mark.parametrize(("ends", "digits"), [("#", "#"), ("", ""), ("hangup", "hangup")])
    def test_a_phone_speaks_into_a_recording(self, line: Line, ends: str, digits: str) -> None:
        """A key ends it, or the device says that something was said; hanging up is told too."""
        line.at("/voice", '<Record action="/end"/>').at("/end", "")
        mine = Heard()
        me = LiveCaller(mine)
        with Exchange(RealClock()) as exchange:
            exchange.line(TO, line.base + "/voice")
            exchange.start()
            exchange.call(TO, FROM, me)
            mine.wait(Answered)
            me.speak(4, ends)
            mine.wait(Ending)
        (form,) = line.forms("/end")
        assert (form["RecordingDuration"], form["Digits"]) == ("4", digits)

    def test_one_slow_webhook_does_not_hold_the_other_legs(self) -> None:
        """Requests are made in a few threads."""
        released = threading.Event()

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/slow":
                released.wait(10)
            return httpx.Response(200, headers=XML, text="<Response/>")

        slow, quick = Heard(), Heard()
        with Exchange(RealClock(), transport=httpx.MockTransport(answer)) as exchange:
            exchange.start()
            exchange.call(TO, FROM, LiveCaller(slow), url="http://line.test/slow")
            exchange.call(TO, FROM, LiveCaller(quick), url="http://line.test/quick")
            quick.wait(Ending)
            assert not [event for event in slow.events if isinstance(event, Ending)]
            released.set()
            slow.wait(Ending)

    def test_a_script_takes_real_time_too(self, line: Line) -> None:
        """`run` by the real clock sleeps until the next event."""
        line.at("/voice", '<Pause length="1"/>')
        with Exchange(RealClock()) as exchange:
            exchange.line(TO, line.base + "/voice")
            before = time.monotonic()
            leg = exchange.call(TO, FROM, Script([Silent()]))
            exchange.run(until=exchange.clock.now() + timedelta(seconds=0.2))
            assert leg.ending is None
            exchange.run()
            assert leg.ending is not None
            assert time.monotonic() - before >= 1

    def test_a_failure_of_a_device_ends_nobody_else(self, line: Line, caplog: pytest.LogCaptureFixture) -> None:
        """It is logged, and the other calls go on."""
        line.at("/voice", '<Gather action="/end" numDigits="1"/>').at("/end", "")
        heard = Heard()
        me = LiveCaller(heard)
        with Exchange(RealClock()) as exchange:
            exchange.line(TO, line.base + "/voice")
            exchange.start()
            broken = exchange.call(TO, FROM, Script.read("busy"))
            exchange.call(TO, FROM, me)
            heard.wait(Answered)
            me.press("1")
            heard.wait(Ending)
            assert broken.ending is not None
        assert "does not fit" in caplog.text


def test_calls_that_are_over_are_forgotten_at_last(line: Line) -> None:
    """An exchange that runs for weeks keeps so many calls and no more; one that goes on is never forgotten."""
    line.at("/voice", "<Pause/>").at("/long", '<Pause length="3600"/>')
    with Exchange(ManualClock(BEGAN), most_kept=3) as exchange:
        exchange.line(TO, line.base + "/voice")
        long = exchange.call(TO, FROM, Script.read(""), url=line.base + "/long")
        for one in range(5):
            exchange.after(10 * one, lambda: exchange.call(TO, FROM, Script.read("")))
        exchange.run()
        assert len(exchange.legs) == 3
        assert long.sid in exchange.legs


def test_a_second_call_to_a_registered_phone(line: Line) -> None:
    """One device takes one call after the other in the same way."""
    line.at("/voice", f"<Dial>{AGENT}</Dial>")
    with Exchange(ManualClock(BEGAN)) as exchange:
        exchange.line(TO, line.base + "/voice")
        exchange.party(AGENT, Callee(Dialed("answered", 7)))
        legs = [exchange.call(TO, FROM, Script.read(""), at=BEGAN + timedelta(minutes=one)) for one in range(2)]
        exchange.run()
    assert [leg.ending.seconds for leg in legs if leg.ending] == [12, 12]
