"""The carrier's REST calls against a little server that plays its API."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable, Iterator

import pytest
from log_carrier import ACCOUNT, TOKEN, LittleCarrier, little_carrier

from ivr.carrier import rest
from ivr.carrier.rest import Carrier, NoAnswer, NotDone, Refused

BASE = f"/2010-04-01/Accounts/{ACCOUNT}"
URL = "https://phone.example.com/voice/CA1/3"


@pytest.fixture
def little() -> Iterator[LittleCarrier]:
    """A little carrier that does as it is asked."""
    with little_carrier() as made:
        yield made


@pytest.fixture
def carrier(little: LittleCarrier) -> Iterator[Carrier]:
    """Our side of it."""
    made = Carrier(ACCOUNT, (TOKEN,), little.url)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("ask", "method", "path", "form"),
    [
        (
            lambda it: it.create_call(to="+15005550100", from_="+15005550006", url=URL, status_url=URL, ring=15),
            "POST",
            "/Calls.json",
            {"To": "+15005550100", "From": "+15005550006", "Url": URL, "StatusCallback": URL, "Timeout": "15"},
        ),
        (lambda it: it.update_call("CA1", url=URL), "POST", "/Calls/CA1.json", {"Url": URL}),
        (lambda it: it.update_call("CA1", twiml="<Response/>"), "POST", "/Calls/CA1.json", {"Twiml": "<Response/>"}),
        (lambda it: it.update_call("CA1", status="completed"), "POST", "/Calls/CA1.json", {"Status": "completed"}),
        (
            lambda it: it.move_member("QU1", "CA1", URL),
            "POST",
            "/Queues/QU1/Members/CA1.json",
            {"Url": URL, "Method": "POST"},
        ),
        (
            lambda it: it.send_message(to="+15005550100", from_="+15005550006", body="¡Hola!"),
            "POST",
            "/Messages.json",
            {"To": "+15005550100", "From": "+15005550006", "Body": "¡Hola!"},
        ),
        (lambda it: it.delete_recording("RE1"), "DELETE", "/Recordings/RE1.json", {}),
    ],
)
def test_what_is_asked(
    carrier: Carrier,
    little: LittleCarrier,
    ask: Callable[[Carrier], object],
    method: str,
    path: str,
    form: dict[str, str],
) -> None:
    """Each is one request to the host of the settings, with the account's name and token."""
    ask(carrier)
    (asked,) = little.asked
    assert (asked.method, asked.path, asked.form) == (method, BASE + path, form)
    assert base64.b64decode(asked.authorization.removeprefix("Basic ")).decode() == f"{ACCOUNT}:{TOKEN}"


def test_a_recording_is_fetched_with_credentials(carrier: Carrier, little: LittleCarrier) -> None:
    """Its address is asked for, and then its audio."""
    assert carrier.recording("RE1") == b"RIFF audio"
    assert [one.path for one in little.asked] == [f"{BASE}/Recordings/RE1.json", f"{BASE}/Recordings/RE1.wav"]


@pytest.mark.parametrize(
    ("status", "raised", "said"),
    [
        (400, Refused, "400, code 21211"),
        (404, Refused, "404, code 21211"),
        (429, NotDone, "429, code 21211"),
        (500, NoAnswer, "500, code 21211"),
        (503, NoAnswer, "503, code 21211"),
        (0, NoAnswer, "RemoteProtocolError"),
    ],
)
def test_how_it_can_fail(
    carrier: Carrier, little: LittleCarrier, status: int, raised: type[Exception], said: str
) -> None:
    """Certainly not done, never to be done, or nobody knows; and nothing of what it said about the caller."""
    little.status = lambda asked: status
    with pytest.raises(raised) as caught:
        carrier.send_message(to="+15005550123", from_="+15005550006", body="x")
    assert str(caught.value) == said
    assert type(caught.value) is raised


def test_a_time_out_may_have_been_done(little: LittleCarrier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited in vain does not know."""
    monkeypatch.setattr(rest, "TIMEOUT", 0.3)
    little.seconds = lambda asked: 1.0
    carrier = Carrier(ACCOUNT, (TOKEN,), little.url)
    with pytest.raises(NoAnswer, match="ReadTimeout"):
        carrier.send_message(to="+15005550123", from_="+15005550006", body="x")
    carrier.close()


def test_who_was_not_reached_did_nothing() -> None:
    """A port where nobody listens took nothing: it may be asked again."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        carrier = Carrier(ACCOUNT, (TOKEN,), f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(NotDone, match="ConnectError"):
            carrier.update_call("CA1", url=URL)
        carrier.close()


def test_what_is_deleted_already_is_deleted(carrier: Carrier, little: LittleCarrier) -> None:
    """Asking for it twice is the same as once; another refusal is one."""
    little.status = lambda asked: 404
    carrier.delete_recording("RE1")
    little.status = lambda asked: 403
    with pytest.raises(Refused):
        carrier.delete_recording("RE1")


def test_the_second_token_is_tried(little: LittleCarrier) -> None:
    """While a token is changed for another, either of the two may be the one that the carrier takes."""
    good = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    little.status = lambda asked: 200 if asked.authorization == f"Basic {good}" else 401
    carrier = Carrier(ACCOUNT, ("old", TOKEN), little.url)
    carrier.update_call("CA1", url=URL)
    assert carrier.recording("RE1") == b"RIFF audio"
    carrier.close()
    stranger = Carrier(ACCOUNT, ("old", "older"), little.url)
    for ask in (lambda: stranger.update_call("CA1", url=URL), lambda: stranger.recording("RE1")):
        with pytest.raises(Refused, match="401"):
            ask()
    stranger.close()
