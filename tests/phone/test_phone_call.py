"""Whole calls against a line over HTTP: what is heard, what is told, and how they end."""

import struct
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from little_line import Answer, Line, response

from ivr.phone import (
    Dialed,
    Exchange,
    HangUp,
    ManualClock,
    PhoneCall,
    Press,
    RealClock,
    Script,
    Silent,
    Speak,
    transcript,
)
from ivr.phone.caller import Caller
from ivr.phone.events import Rejected
from ivr.phone.twiml import Dial, Gather, Pause, Play, Record, Say

BEGAN = datetime(2026, 7, 1, 15, tzinfo=UTC)


def wav(seconds: float) -> bytes:
    """So many seconds of silence, 8 kHz, 16 bits, with a chunk that players skip."""
    data = bytes(round(seconds * 8000) * 2)
    chunks = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def audio(seconds: float) -> Answer:
    """A WAV file as a line would serve it."""
    return Answer(wav(seconds), headers={"Content-Type": "audio/wav"})


def test_a_call_looks_like_this(line: Line) -> None:
    """The transcript, from the heading to the end, with everything that can be heard and done."""
    line.at(
        "/voice",
        '<Gather action="/menu" numDigits="1"><Say>Thank you for calling Meridian Coaches.</Say>'
        '<Say language="en-US">For English, press 1.</Say><Say language="es-MX">Para español, oprima 2.</Say></Gather>',
    )
    line.at("/menu", "<Gather><Say>To hear the next departures, press 1.</Say></Gather><Redirect>/hold</Redirect>")
    line.at(
        "/hold",
        "<Play>/music/hold.wav</Play><Play>/recordings/en-US/meridian/main.wav</Play><Pause/>"
        '<Play digits="1w"/><Redirect>/dial</Redirect>',
    )
    line.at("/dial", '<Dial action="/message">+15005550100</Dial>').at("/message", '<Record action="/end"/>')
    line.at("/end", '<Say language="fr">Au revoir.</Say>')
    line.at("/music/hold.wav", audio(1)).at("/recordings/en-US/meridian/main.wav", audio(1))
    placed = line.call(
        "1 silence answered speak",
        header={"line": "meridian.yaml"},
        clock=ManualClock(BEGAN),
        zone=ZoneInfo("America/Chicago"),
    )
    assert transcript(placed.events) == (
        "line: meridian.yaml\n"
        "from: +15005550100\n"
        "to: +15005550006\n"
        "at: 2026-07-01T10:00:00-05:00\n"
        "\n"
        "en-US  Thank you for calling Meridian Coaches.\n"
        "en-US  For English, press 1.\n"
        "es-MX  Para español, oprima 2.\n"
        "> 1\n"
        "en-US  To hear the next departures, press 1.\n"
        "> silence\n"
        "play   hold.wav\n"
        "play   en-US/meridian/main.wav\n"
        "pause  1 s\n"
        "play   digits 1w\n"
        "dial   +15005550100\n"
        "> answered 30 s\n"
        "record\n"
        "> speak 5 s\n"
        "fr     Au revoir.\n"
        "hangup by the line\n"
    )
    assert placed.ending is not None
    assert placed.ending.webhooks == 6


@pytest.mark.parametrize("verbs", ["", "<Say>Bye.</Say>", "<Hangup/><Say>Too late.</Say>", "<Pause/>"])
def test_a_document_that_runs_out_ends_the_call(line: Line, verbs: str) -> None:
    """An empty Response, the last verb, and Hangup all end the call; verbs behind it are dead."""
    line.at("/voice", verbs)
    assert line.heard().endswith("hangup by the line\n")
    assert "Too late" not in line.heard()


def test_verbs_behind_a_redirect_are_dead(line: Line) -> None:
    """ "Verbs after Redirect, Record with action, Dial with action, Enqueue with action are dead"."""
    line.at("/voice", '<Redirect method="GET">/next</Redirect><Say>Dead.</Say>').at("/next", "<Hangup/>")
    assert line.heard() == "hangup by the line\n"
    assert line.sent[-1].method == "GET"


def test_when_the_script_runs_out_the_caller_hangs_up(line: Line) -> None:
    """At the first prompt that waits in vain, nothing more is asked of the line."""
    line.at("/voice", "<Gather><Say>Press 1.</Say></Gather><Say>Dead.</Say>")
    assert line.heard() == "en-US  Press 1.\n> hangup\nhangup by the caller\n"
    assert line.heard("early:hangup") == "> early hangup\nhangup by the caller\n"
    line.at("/voice", "<Say>Hello.</Say><Say>Dead.</Say>")
    assert line.heard("early:hangup") == "> early hangup\nhangup by the caller\n"
    assert line.paths() == ["/voice"] * 3


class TestTime:
    """How long things take, by a clock that never sleeps."""

    @pytest.mark.parametrize(
        ("verbs", "keys", "seconds"),
        [
            ("<Say>one two three four five</Say>", "", 2),
            ('<Say loop="2">one two three four five<break time="3s"/></Say>', "", 10),
            ('<Pause length="90"/>', "", 90),
            ("<Play>/a.wav</Play>", "", 2.5),
            ('<Play loop="4">/a.wav</Play>', "", 10),
            ("<Play>/a.mp3</Play>", "", 1),
            ('<Play digits="1w2w"/>', "", 1),
            ('<Gather timeout="9"/>', "silence", 9),
            ('<Gather timeout="9"/>', "#", 0),
            ('<Gather timeout="9" action="/end"/>', "12", 9.5),
            ('<Gather timeout="9" action="/end"/>', "12#", 0.5),
            ('<Record timeout="4" action="/end"/>', "speak:20", 24),
            ('<Record timeout="4" action="/end"/>', "speak:20:#", 20),
            ('<Record timeout="4" action="/end" maxLength="10"/>', "speak:20", 10),
            ('<Record timeout="4"/>', "silence", 4),
            ("<Dial>+15005550199</Dial>", "answered:60", 65),
            ('<Dial timeLimit="20">+15005550199</Dial>', "answered:60", 25),
            ('<Dial timeout="12">+15005550199</Dial>', "no-answer", 12),
            ("<Dial>+15005550199</Dial>", "busy", 2),
            ("<Dial>+15005550199</Dial>", "failed", 0),
            ('<Pause length="999999999"/>' * 500, "", 14_400 * 500),
        ],
    )
    def test_listening_takes_its_time(self, line: Line, verbs: str, keys: str, seconds: float) -> None:
        """150 words a minute, a WAV as long as its header says (else 1 s), waits as long as they are."""
        line.at("/voice", verbs).at("/end", "<Hangup/>").at("/a.wav", audio(2.5))
        line.at("/a.mp3", Answer(b"\xff\xfb", headers={"Content-Type": "audio/mpeg"}))
        clock = ManualClock(BEGAN)
        placed = line.call(keys, clock=clock)
        assert clock.now() - BEGAN == timedelta(seconds=seconds)
        assert placed.ending is not None
        assert placed.ending.seconds == int(seconds)

    def test_a_manual_clock_stands_until_moved(self) -> None:
        """It wants a time zone, tells UTC, and starts at the machine's present where nothing is said."""
        clock = ManualClock(datetime(2026, 7, 1, 10, tzinfo=ZoneInfo("America/Chicago")))
        clock.advance(3600)
        assert clock.now() == BEGAN + timedelta(hours=1)
        assert clock.now().tzinfo is UTC
        assert abs(ManualClock().now() - RealClock().now()) < timedelta(seconds=5)
        with pytest.raises(ValueError, match="time zone"):
            ManualClock(datetime(2026, 7, 1, 10))  # noqa: DTZ001 (that is the point)

    def test_the_real_clock_sleeps(self) -> None:
        """Letting time pass on it takes that time."""
        clock = RealClock()
        before = clock.now()
        clock.advance(0.01)
        assert clock.now() - before >= timedelta(seconds=0.01)


class TestPlay:
    """Audio is fetched as a carrier fetches it."""

    def test_play_fetches_carry_no_parameters(self, line: Line) -> None:
        """ "Play fetches do not carry the call's parameters, and are not form posts"; one is enough a call."""
        line.at("/voice", "<Play>/a.wav</Play><Play>/a.wav</Play>").at("/a.wav", audio(1))
        assert line.heard() == "play   a.wav\nplay   a.wav\nhangup by the line\n"
        assert [(sent.method, sent.url, sent.form) for sent in line.sent[1:]] == [("GET", line.base + "/a.wav", {})]

    @pytest.mark.parametrize(
        ("code", "answer"), [(11200, Answer("", 404)), (13420, Answer("hello", headers={"Content-Type": "text/plain"}))]
    )
    def test_audio_that_cannot_be_had_is_a_warning(self, line: Line, code: int, answer: Answer) -> None:
        """A carrier logs it and goes on with the next verb."""
        line.at("/voice", "<Play>/a.wav</Play><Say>Hello.</Say>").at("/a.wav", answer)
        heard = line.heard().splitlines()
        assert heard[0] == "play   a.wav"
        assert heard[1].startswith(f"warning {code} ")
        assert heard[2:] == ["en-US  Hello.", "hangup by the line"]


class TestRecord:
    """ "Action: `RecordingUrl RecordingDuration Digits` (`hangup` when the caller hung up)"."""

    @pytest.mark.parametrize(
        ("attributes", "keys", "duration", "digits"),
        [
            ("", "speak:12", "12", ""),
            ("", "speak", "5", ""),
            ("", "speak:12:#", "12", "#"),
            ('finishOnKey="*"', "speak:12:#", "12", ""),
            ('maxLength="10"', "speak:12:#", "10", ""),
            ("", "speak:12:hangup", "12", "hangup"),
            ("", "hangup", "0", "hangup"),
        ],
    )
    def test_the_action_is_told_of_the_recording(
        self, line: Line, attributes: str, keys: str, duration: str, digits: str
    ) -> None:
        """How long it is and what ended it; a caller who hung up hears no more of the answer."""
        line.at("/voice", f'<Record action="/end" {attributes}/><Say>Dead.</Say>').at("/end", "<Say>Thanks.</Say>")
        heard = line.heard(keys)
        (form,) = line.forms("/end")
        assert (form["RecordingDuration"], form["Digits"]) == (duration, digits)
        assert form["RecordingUrl"].startswith("https://")
        assert "Dead" not in heard
        gone = digits == "hangup"
        assert form["CallStatus"] == ("completed" if gone else "in-progress")
        assert heard.endswith("hangup by the caller\n" if gone else "en-US  Thanks.\nhangup by the line\n")

    @pytest.mark.parametrize("keys", ["silence", "#", "speak:0"])
    def test_an_empty_recording_goes_on_to_the_next_verb(self, line: Line, keys: str) -> None:
        """Nothing was said, so the action is not requested."""
        line.at("/voice", '<Record action="/end"/><Say>Nothing heard.</Say>')
        assert line.heard(keys).endswith("en-US  Nothing heard.\nhangup by the line\n")
        assert line.paths() == ["/voice"]

    @pytest.mark.parametrize("keys", ["speak:7", "speak:7:hangup"])
    def test_the_recording_is_there_later(self, line: Line, keys: str) -> None:
        """ "The file may not exist yet: wait for `recordingStatusCallback`", which may come after the end."""
        line.at("/voice", '<Record action="/end" recordingStatusCallback="/ready"/>').at("/end", "<Hangup/>")
        line.at("/ready", Answer("", 204)).at("/status", "")
        line.call(keys, status_url=line.base + "/status")
        assert line.paths() == ["/voice", "/end", "/status", "/ready"]
        (action,), (ready,) = line.forms("/end"), line.forms("/ready")
        assert ready["RecordingStatus"] == "completed"
        assert ready["RecordingUrl"] == action["RecordingUrl"]
        assert ready["RecordingDuration"] == "7"


class TestDial:
    """ "Action: `DialCallStatus`, `DialCallSid`, `DialCallDuration` (may be missing), `DialBridged`"."""

    @pytest.mark.parametrize(
        ("keys", "status", "bridged", "duration", "call_status", "by"),
        [
            ("answered", "completed", "true", "30", "in-progress", "line"),
            ("answered:45", "completed", "true", "45", "in-progress", "line"),
            ("answered:45:hangup", "completed", "true", "45", "completed", "caller"),
            ("busy", "busy", "false", None, "in-progress", "line"),
            ("no-answer", "no-answer", "false", None, "in-progress", "line"),
            ("failed", "failed", "false", None, "in-progress", "line"),
            ("hangup", "canceled", "false", None, "completed", "caller"),
            ("", "completed", "true", "30", "in-progress", "line"),
        ],
    )
    def test_the_action_is_told_how_it_went(
        self, line: Line, keys: str, status: str, bridged: str, duration: str | None, call_status: str, by: str
    ) -> None:
        """ "end of the talk: `CallStatus=in-progress`: the agent ended it; `completed`: the caller did"."""
        line.at("/voice", '<Dial action="/end">+15005550199</Dial><Say>Dead.</Say>').at("/end", "<Hangup/>")
        assert line.heard(keys).endswith(f"hangup by the {by}\n")
        (form,) = line.forms("/end")
        assert form["DialCallSid"].startswith("CA")
        assert form["DialCallStatus"] == status
        assert form["DialBridged"] == bridged
        assert form.get("DialCallDuration") == duration
        assert form["CallStatus"] == call_status

    def test_without_an_action_the_next_verb_follows(self, line: Line) -> None:
        """After the talk, or in vain, the document goes on; not for a caller who hung up."""
        line.at("/voice", "<Dial>+15005550199</Dial><Say>Goodbye.</Say>")
        for keys in ("answered", "busy"):
            assert line.heard(keys).endswith("en-US  Goodbye.\nhangup by the line\n")
        assert line.heard("answered:5:hangup").endswith("> answered 5 s hangup\nhangup by the caller\n")
        assert line.heard("hangup").endswith("> hangup\nhangup by the caller\n")
        assert set(line.paths()) == {"/voice"}

    def test_a_line_that_answers_on_the_bridge_rings_till_then(self, line: Line) -> None:
        """With `answerOnBridge` the call is in progress only when somebody took it."""
        line.at("/voice", '<Dial answerOnBridge="true" action="/end">+15005550199</Dial>').at("/end", "<Hangup/>")
        line.call("busy")
        line.call("answered")
        assert [form["CallStatus"] for form in line.forms("/end")] == ["ringing", "in-progress"]

    def test_several_parties_ring_together(self, line: Line) -> None:
        """ "Several nouns in one Dial ring together"."""
        line.at("/voice", "<Dial><Number>+15005550199</Number><Client>ana</Client><Sip>sip:raj@h</Sip></Dial>")
        assert line.heard("busy").startswith("dial   +15005550199, client:ana, sip:raj@h\n> busy\n")

    @pytest.mark.parametrize("from_", ["anonymous", "", "unknown"])
    def test_an_anonymous_caller_cannot_be_put_through_without_a_caller_id(self, line: Line, from_: str) -> None:
        """ "Set `callerId`: anonymous callers otherwise fail (13214)"."""
        line.at("/voice", '<Dial action="/end">+15005550199</Dial>').at("/end", "<Hangup/>")
        assert "\nwarning 13214 " in line.heard("answered", from_=from_)
        assert line.forms("/end")[0]["DialCallStatus"] == "failed"
        line.at("/voice", '<Dial action="/end" callerId="+15005550006">+15005550199</Dial>')
        assert "> answered 30 s\n" in line.heard("answered", from_=from_)


class TestReject:
    """ "Only a `<Reject>` as the *first* verb avoids answering"."""

    @pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "failed")])
    def test_a_reject_that_comes_first_refuses_the_call(self, line: Line, reason: str, status: str) -> None:
        """The caller hears that it was refused, and the last CallStatus says so."""
        line.at("/voice", f'<Reject reason="{reason}"/>').at("/status", "")
        placed = line.call(status_url=line.base + "/status")
        assert transcript(placed.events).endswith(f"\n\nreject {reason}\nhangup by the line\n")
        assert line.forms("/status")[0]["CallStatus"] == status

    @pytest.mark.parametrize("first", ["<Say>Hello.</Say><Reject/>", "<Say>Hello.</Say><Redirect>/late</Redirect>"])
    def test_later_it_hangs_up(self, line: Line, first: str) -> None:
        """A call that was answered cannot be refused any more."""
        line.at("/voice", first).at("/late", "<Reject/>").at("/status", "")
        placed = line.call(status_url=line.base + "/status")
        assert not any(isinstance(event, Rejected) for event in placed.events)
        assert line.forms("/status")[0]["CallStatus"] == "completed"


class TestEnds:
    """What the application is told when a call is over, and what becomes of errors."""

    @pytest.mark.parametrize("keys", ["1", "hangup"])
    def test_the_end_is_told_to_the_status_url(self, line: Line, keys: str) -> None:
        """CallStatus, "`SequenceNumber` from 0", and how long the call took."""
        line.at("/voice", '<Pause length="9"/><Gather numDigits="1" action="/end"/>').at("/end", "").at("/status", "")
        line.call(keys, status_url=line.base + "/status", clock=ManualClock(BEGAN))
        form = line.sent[-1].form
        assert form["CallStatus"] == "completed"
        assert form["SequenceNumber"] == "0"
        assert form["CallDuration"] == "9"

    @pytest.mark.parametrize(("code", "answer"), [(11770, Answer("")), (11200, Answer("", 500))])
    def test_a_status_callback_that_fails_is_a_warning(self, line: Line, code: int, answer: Answer) -> None:
        """ "an empty body 11770 (answer status callbacks with `<Response/>` or 204)"."""
        line.at("/voice", "").at("/status", answer)
        heard = line.heard(status_url=line.base + "/status")
        assert heard.startswith(f"warning {code} ")
        assert heard.endswith("\nhangup by the line\n")

    def test_broken_twiml_goes_to_the_fallback(self, line: Line) -> None:
        """ "After a failed fetch or broken TwiML the fallback URL is called with `ErrorCode` and `ErrorUrl`"."""
        line.at("/voice", '<Gather action="/menu" numDigits="1"/>').at("/menu", Answer("", 500), response("<Shout/>"))
        line.at("/fallback", "<Say>One moment.</Say><Redirect>/menu</Redirect>", "<Hangup/>")
        heard = line.heard("1", fallback_url=line.base + "/fallback").splitlines()
        assert [one.split(" ")[:2] for one in heard if one.startswith("warning")] == [
            ["warning", "11200"],
            ["warning", "12200"],
        ]
        assert heard[2] == "en-US  One moment."
        assert heard[-1] == "hangup by the line"
        told = [(form["ErrorCode"], form["ErrorUrl"]) for form in line.forms("/fallback")]
        assert told == [("11200", line.base + "/menu"), ("12200", line.base + "/menu")]

    def test_a_fallback_that_fails_ends_the_call(self, line: Line) -> None:
        """The carrier has nowhere left to go."""
        line.at("/voice", Answer("", 500)).at("/fallback", Answer("hello", headers={"Content-Type": "text/plain"}))
        heard = line.heard(fallback_url=line.base + "/fallback").splitlines()
        assert heard[0].startswith("warning 11200 ")
        assert heard[1].startswith("error 12300 ")
        assert len(heard) == 2

    def test_a_call_that_goes_round_is_stopped(self, line: Line) -> None:
        """So many webhooks and no more, fallback or not; 500 where nothing is said."""
        line.at("/voice", "<Redirect/>").at("/status", "")
        placed = line.call(most_webhooks=7, fallback_url=line.base + "/fallback", status_url=line.base + "/status")
        assert placed.ending is not None
        assert (placed.ending.by, placed.ending.code, placed.ending.webhooks) == ("error", 0, 7)
        assert line.paths() == ["/voice"] * 7 + ["/status"]
        line.sent.clear()
        placed = line.call()
        assert placed.ending is not None
        assert placed.ending.webhooks == len(line.sent) == 500

    def test_a_call_is_placed_once(self, line: Line) -> None:
        """A second run would not be the same call."""
        placed = line.at("/voice", "").call()
        with pytest.raises(RuntimeError, match="once"):
            placed.run(Script())


class Impatience(ManualClock):
    """A clock on which Ctrl-C is pressed while time first passes."""

    def advance(self, seconds: float) -> None:
        """Interrupts once."""
        if not hasattr(self, "pressed"):
            self.pressed = True
            raise KeyboardInterrupt
        super().advance(seconds)


class TestCallers:
    """Whoever has the four methods of a Caller can hold the phone."""

    def test_a_test_can_be_the_caller(self, line: Line) -> None:
        """The caller sees what it is asked, as data, and decides by it."""

        class Tester:
            def early(self, part: Say | Play | Pause) -> Press | HangUp | None:
                return Press("9", early=True) if isinstance(part, Say) and "boring" in part.text else None

            def gather(self, gather: Gather) -> Press | Silent | HangUp:
                return Press("12345"[: gather.num_digits])

            def dial(self, dial: Dial) -> Dialed | HangUp:
                return Dialed("busy" if dial.parties == ("+15005550199",) else "answered")

            def record(self, record: Record) -> Speak | Press | Silent | HangUp:
                return Speak(record.max_length + 1)

        line.at("/voice", '<Gather action="/a" numDigits="3"/>')
        line.at("/a", '<Gather action="/b" numDigits="1"><Say>Very boring.</Say></Gather>')
        line.at("/b", '<Dial>+15005550199</Dial><Record action="/c" maxLength="3"/>').at("/c", "<Hangup/>")
        caller: Caller = Tester()
        heard: list[object] = []
        placed = PhoneCall(line.base + "/voice", to="+1", from_="+15005550100", hear=heard.append)
        events = placed.run(caller)
        assert heard == events == placed.events
        assert events[-1] == placed.ending
        assert transcript(events).partition("\n\n")[2] == (
            "> 123\n> early 9\ndial   +15005550199\n> busy\nrecord\n> speak 4 s\nhangup by the line\n"
        )

    def test_ctrl_c_hangs_up_while_something_is_heard(self, line: Line) -> None:
        """Not only where the caller is asked; the end is told as ever."""
        line.at("/voice", '<Say>A long story.</Say><Pause length="60"/>').at("/status", "")
        placed = PhoneCall(
            line.base + "/voice",
            to="+1",
            from_="+1",
            clock=Impatience(),
            ctrl_c_hangs_up=True,
            status_url=line.base + "/status",
        )
        assert transcript(placed.run(Script())).endswith("\n\nen-US  A long story.\nhangup by the caller\n")
        assert line.paths() == ["/voice", "/status"]

    def test_a_closed_exchange_places_no_call(self, line: Line) -> None:
        """It is said, and nothing is waited for."""
        with Exchange() as exchange:
            placed = PhoneCall(line.base + "/voice", to="+1", from_="+1", exchange=exchange)
        with pytest.raises(RuntimeError, match="closed"):
            placed.run(Script())

    @pytest.mark.parametrize("hangs_up", [True, False])
    def test_ctrl_c_hangs_up_where_a_person_calls(self, line: Line, hangs_up: bool) -> None:
        """Elsewhere it stays what it is: a wish to stop the program."""

        class Impatient(Script):
            def gather(self, gather: Gather) -> Press | Silent | HangUp:
                raise KeyboardInterrupt

        line.at("/voice", "<Gather/>").at("/status", "")
        placed = PhoneCall(
            line.base + "/voice", to="+1", from_="+1", ctrl_c_hangs_up=hangs_up, status_url=line.base + "/status"
        )
        if hangs_up:
            assert transcript(placed.run(Impatient())).endswith("\n\nhangup by the caller\n")
            assert line.paths() == ["/voice", "/status"]
        else:
            with pytest.raises(KeyboardInterrupt):
                placed.run(Impatient())
