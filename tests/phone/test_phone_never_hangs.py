"""Whatever it is served, the phone comes to an end."""

from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.phone import Callee, Ending, Exchange, Faults, ManualClock, PhoneCall, Script, transcript
from ivr.phone.acts import KEYS, Dialed, HangUp, Press, Silent, Speak, Wait
from ivr.phone.schema import ATTRIBUTES
from ivr.phone.transcript import lines
from ivr.phone.webhook import Fetch

MOST = 12
values = st.sampled_from(["", "0", "1", "2", "#", "*", "true", "false", "GET", "POST", "/voice", "//", "http://[", "x"])
texts = st.sampled_from(["", " ", "Hello.", "/voice", "+15005550199", "sip:a@b", "ana", "http://other.test/x", "&#8;"])


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    """An element of TwiML, often wrong: any attribute it has, any value, any child."""
    tag = draw(st.sampled_from([*sorted(set(ATTRIBUTES) - {"Response"}), "Redirect", "Gather", "Shout"]))
    names = draw(st.sets(st.sampled_from(sorted(ATTRIBUTES.get(tag, set()) | {"odd"})), max_size=3))
    attributes = "".join(f' {name}="{draw(values)}"' for name in sorted(names) if name != "odd" or draw(st.booleans()))
    inner = draw(texts) if tag not in ("Gather", "Hangup", "Record", "Pause") else ""
    if depth == 0 and tag in ("Gather", "Dial", "Enqueue"):
        inner += "".join(draw(st.lists(elements(depth=1), max_size=2)))
    return f"<{tag}{attributes}>{inner}</{tag}>"


good = st.sampled_from(
    [
        '<Gather numDigits="1"><Say>Press 1.</Say></Gather>',
        "<Redirect>/voice</Redirect>",
        '<Record action="/voice"/>',
        '<Dial action="/voice" answerOnBridge="true">+15005550199</Dial>',
        '<Pause length="999999999"/>',
        '<Play loop="0">a.wav</Play>',
        "<Say>Hello.</Say>",
        '<Enqueue action="/voice" waitUrl="/voice">bookings</Enqueue>',
        "<Leave/>",
        '<Dial action="/voice" timeout="9"><Queue url="/voice">bookings</Queue></Dial>',
        '<Dial><Number url="/voice" statusCallback="/s" statusCallbackEvent="initiated answered">+15005550199</Number>'
        "<Client>ana</Client></Dial>",
        '<Sms action="/voice">Hello.</Sms>',
        "<Start/>",
    ]
)
documents = st.lists(st.one_of(good, elements()), max_size=5).map(
    lambda verbs: f"<Response>{''.join(verbs)}</Response>"
)
bodies = st.one_of(documents.map(str.encode), st.binary(max_size=40))
answers = st.builds(
    httpx.Response,
    st.sampled_from([200, 200, 200, 200, 204, 302, 307, 404, 500]),
    headers=st.sampled_from(
        [
            {"Content-Type": "text/xml"},
            {"Content-Type": "text/xml"},
            {"Content-Type": "text/plain"},
            {"Content-Type": "text/xml", "Location": "/voice"},
            {"Location": "http://["},
        ]
    ),
    content=bodies,
)
fitting = st.one_of(
    st.builds(Wait, st.integers(0, 500)),
    st.builds(Press, st.text(KEYS, min_size=1, max_size=3), st.booleans()),
    st.builds(Silent),
    st.builds(HangUp, st.booleans()),
)


class Anybody(Script):
    """A caller who dials and records at random too."""

    def __init__(self, acts: list[Press | Silent | HangUp | Wait], dialed: list[Dialed], spoken: list[Speak]) -> None:
        super().__init__(acts)
        self._dialed, self._spoken = dialed, spoken

    def dial(self, dial: object) -> Dialed | HangUp:
        """How it goes; then the caller hangs up."""
        return self._dialed.pop() if self._dialed else HangUp()

    def record(self, record: object) -> Speak:
        """What is said; then nothing, hanging up."""
        return self._spoken.pop() if self._spoken else Speak(0, "hangup")


taking = st.builds(
    Dialed,
    st.sampled_from(["answered", "voicemail", "declined", "busy", "no-answer", "failed"]),
    st.integers(0, 99_999),
    st.booleans(),
    st.none() | st.integers(0, 99),
    st.sampled_from(["", "1", "12#"]),
)
callers = st.builds(
    Anybody,
    st.lists(fitting, max_size=20),
    st.lists(taking),
    st.lists(st.builds(Speak, st.integers(0, 99_999), st.sampled_from(["", "#", "hangup"]))),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(answers, min_size=1, max_size=6), callers, st.booleans())
def test_whatever_it_is_served_the_call_ends(served: list[httpx.Response], caller: Anybody, fallback: bool) -> None:
    """Any answers, in any order, for ever: the call ends or errors within its bound, and prints."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        one = served[len(asked) % len(served)]
        return httpx.Response(one.status_code, headers=one.headers, content=one.content)

    placed = PhoneCall(
        "http://line.test/voice",
        to="+15005550006",
        from_="+15005550100",
        fallback_url="http://line.test/fallback" if fallback else None,
        status_url="http://line.test/status",
        transport=httpx.MockTransport(answer),
        most_webhooks=MOST,
    )
    events = placed.run(caller)
    assert isinstance(events[-1], Ending)
    assert events[-1].webhooks <= MOST
    assert transcript(events).count("\n") >= sum(1 for event in events if lines(event))


odd = st.builds(
    Faults,
    webhooks_twice=st.booleans(),
    status_twice=st.booleans(),
    status_late=st.sampled_from([0, 3]),
    status_reversed=st.booleans(),
    recording_twice=st.booleans(),
    action_first=st.booleans(),
)


@pytest.mark.long
@settings(max_examples=200, deadline=None)
@given(
    st.lists(answers, min_size=1, max_size=6),
    st.lists(st.tuples(callers, st.integers(0, 100)), min_size=1, max_size=3),
    taking,
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 3), st.booleans()), max_size=4),
    odd,
)
def test_whatever_several_calls_are_served_all_of_them_end(
    served: list[httpx.Response],
    calling: list[tuple[Anybody, int]],
    agent: Dialed,
    meddling: list[tuple[int, int, bool]],
    faults: Faults,
) -> None:
    """Calls that share queues and a dialled phone, moved and ended from outside at any moment, all end."""
    count = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        one = served[count % len(served)]
        return httpx.Response(one.status_code, headers=one.headers, content=one.content)

    with Exchange(ManualClock(), transport=httpx.MockTransport(answer), faults=faults, most_webhooks=MOST) as exchange:
        exchange.line("+15005550006", "http://line.test/voice", status_url="http://line.test/status")
        exchange.party("+15005550199", lambda: Callee(agent))
        began = exchange.clock.now()
        placed = [
            exchange.call("+15005550006", "+15005550100", caller, at=began + timedelta(seconds=delay))
            for caller, delay in calling
        ]
        for seconds, which, ends in meddling:

            def meddle(which: int = which, ends: bool = ends) -> None:
                leg = list(exchange.legs.values())[which % len(exchange.legs)]
                leg.hang_up() if ends else leg.move(Fetch("http://line.test/voice"))

            exchange.after(seconds, meddle)
        exchange.run()
        assert all(leg.ending is not None for leg in exchange.legs.values())
        assert not any(queue.members for queue in exchange.queues.values())
        for leg in placed:
            assert isinstance(leg.events[-1], Ending)
            assert leg.events.count(leg.events[-1]) == 1
            assert transcript(leg.events)
