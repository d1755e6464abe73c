"""Whatever it is served, the phone comes to an end."""

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.phone import Ending, PhoneCall, Script, transcript
from ivr.phone.acts import KEYS, Dialed, HangUp, Press, Silent, Speak
from ivr.phone.schema import ATTRIBUTES

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
    if depth == 0 and tag in ("Gather", "Dial"):
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
    st.builds(Press, st.text(KEYS, min_size=1, max_size=3), st.booleans()),
    st.builds(Silent),
    st.builds(HangUp, st.booleans()),
)


class Anybody(Script):
    """A caller who dials and records at random too."""

    def __init__(self, acts: list[Press | Silent | HangUp], dialed: list[Dialed], spoken: list[Speak]) -> None:
        super().__init__(acts)
        self._dialed, self._spoken = dialed, spoken

    def dial(self, dial: object) -> Dialed | HangUp:
        """How it goes; then the caller hangs up."""
        return self._dialed.pop() if self._dialed else HangUp()

    def record(self, record: object) -> Speak:
        """What is said; then nothing, hanging up."""
        return self._spoken.pop() if self._spoken else Speak(0, "hangup")


callers = st.builds(
    Anybody,
    st.lists(fitting, max_size=20),
    st.lists(st.builds(Dialed, st.sampled_from(["answered", "busy", "no-answer", "failed"]))),
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
    assert transcript(events).count("\n") >= len(events)
