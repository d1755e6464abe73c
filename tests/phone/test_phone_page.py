"""The page's server: who may use it, and what it fetches for the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import orjson
import pytest
from flask.testing import FlaskClient
from little_line import Line
from werkzeug.test import TestResponse

from ivr.phone import RealClock
from ivr.phone.events import Ending, Event
from ivr.phone.exchange import ACCOUNT, Exchange
from ivr.phone.page import Service, create_page
from ivr.phone.page.handset import Handset
from ivr.phone.page.owners import Owners, TakenError

HERE = "http://127.0.0.1:8002"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """A carrier in real time."""
    with Exchange(RealClock()) as made:
        made.start()
        yield made


@pytest.fixture
def client(exchange: Exchange) -> Iterator[FlaskClient]:
    """The page, in front of an application that does not answer."""
    service = Service(NOWHERE)
    yield create_page(exchange, service).test_client()
    service.close()


@pytest.fixture
def handset(exchange: Exchange) -> Iterator[Callable[..., Handset]]:
    """Phones without a browser; what they are told is collected by their tests."""
    service, owners, made = Service(NOWHERE), Owners(), []
    exchange.anyone(owners.at)

    def make(told: list[dict[str, object]]) -> Handset:
        phone = Handset(exchange, service, owners, lambda text: told.append(orjson.loads(text)))
        made.append(phone.__enter__())
        return phone

    yield make
    for phone in made:
        phone.__exit__()
    service.close()


def wire(client: FlaskClient, base: str, origin: str) -> TestResponse:
    """The beginning of a WebSocket."""
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": origin}
    return client.get("/wire", base_url=base, headers=headers)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8002", 200),
        ("localhost:8002", 200),
        ("[::1]:8002", 200),
        ("192.0.2.7:8002", 200),  # `--host 0.0.0.0`, from a phone in the same network
        ("rebound.example:8002", 403),
        ("localhost.rebound.example", 403),
        ("", 403),
    ],
)
def test_names_of_the_web_do_not_lead_here(client: FlaskClient, host: str, status: int) -> None:
    """A website that lets its name point to this machine gets nothing (DNS rebinding)."""
    with client.get("/", headers={"Host": host}) as answer:
        assert answer.status_code == status


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:8000", "null", ""])
def test_other_websites_open_no_wire(client: FlaskClient, origin: str) -> None:
    """Only the page itself becomes a phone; a script of another site or port is refused."""
    assert wire(client, HERE, origin).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Authorization": "Basic eDp5"}])
def test_other_websites_ask_nothing_of_the_carrier(client: FlaskClient, headers: dict[str, str]) -> None:
    """A form of another site reaches no REST call, and neither does who names another account."""
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    assert client.post(path, base_url=HERE, headers=headers, data={"To": "x"}).status_code in (401, 403)


def test_the_account_asks_the_carrier(client: FlaskClient) -> None:
    """The application's worker does what it would ask of the real carrier."""
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": "+15005550100", "From": "+15005550006", "Body": "Hello"}
    sent = client.post(path, base_url=HERE, auth=(ACCOUNT, "none"), data=form)
    assert sent.status_code == 201
    assert sent.json is not None
    assert sent.json["body"] == "Hello"


def test_a_strict_policy(client: FlaskClient) -> None:
    """Scripts and styles are the page's own files alone; nothing may frame it or be sent elsewhere."""
    with client.get("/", base_url=HERE) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_an_application_that_is_away(client: FlaskClient) -> None:
    """The page is told in words."""
    answer = client.get("/lines", base_url=HERE)
    assert answer.status_code == 502
    assert answer.json is not None
    assert answer.json["trouble"].startswith(f"Nothing answers at {NOWHERE}")


def test_the_page_fetches_nothing_for_others(client: FlaskClient) -> None:
    """A sound that no call played cannot be had: the page is no way into the network."""
    assert client.get("/sounds/http%3A%2F%2F127.0.0.1%2F", base_url=HERE).status_code == 404
    assert client.get("/static/../app.py", base_url=HERE).status_code == 404


def until(told: list[dict[str, object]], kind: str) -> dict[str, object]:
    """Waits until such a thing was told, and gives it."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for one in list(told):
            if one["kind"] == kind:
                return one
        time.sleep(0.02)
    raise AssertionError(f"no {kind} in {told}")


def test_nonsense_on_the_wire(handset: Callable[..., Handset]) -> None:
    """What the page never says does nothing, and the phone goes on."""
    told: list[dict[str, object]] = []
    phone = handset(told)
    for text in ("", "[", "null", "3", '{"do":"press"}', '{"do":"press","key":"12"}', '{"do":"call","to":1}', b"\xff"):
        phone.do(text)
    for act in ("press", "silence", "hang_up", "answer", "decline"):
        phone.do(orjson.dumps({"do": act, "key": "1"}))
    phone.do(orjson.dumps({"do": "own", "address": "client:ana"}))
    assert until(told, "owns")["address"] == "client:ana"
    assert [one["kind"] for one in told] == ["owns"]


@pytest.mark.parametrize("at", ["soon", "9999-12-31T23:59", "0001-01-01T00:00", "2026-13-01T00:00", 7])
def test_a_moment_that_makes_no_sense(handset: Callable[..., Handset], at: object) -> None:
    """The call is refused in words, and the next one is placed."""
    told: list[dict[str, object]] = []
    phone = handset(told)
    call = {"do": "call", "to": "+15005550006", "from": "", "zone": "America/Chicago"}
    phone.do(orjson.dumps({**call, "at": at}))
    assert "is no moment" in str(until(told, "refused")["text"])
    phone.do(orjson.dumps({**call, "at": "2026-12-25T03:00"}))
    assert until(told, "began")["at"] == "2026-12-25T09:00:00+00:00"
    assert until(told, "ended")["code"] == 11205


def test_one_number_rings_at_one_phone(handset: Callable[..., Handset]) -> None:
    """The first has it until it leaves; what cannot be dialled rings nowhere."""
    first, second = handset([]), handset([])
    owners = Owners()
    owners.take("+15005550100", first)
    with pytest.raises(TakenError, match="another tab"):
        owners.take("+15005550100", second)
    with pytest.raises(TakenError, match="Only a number"):
        owners.take("anonymous", second)
    owners.leave(first)
    owners.take("+15005550100", second)
    assert owners.at("+15005550100") is not None
    assert owners.at("client:nobody") is None


def test_a_phone_in_a_call_is_busy(handset: Callable[..., Handset]) -> None:
    """It takes one call; after its end it rings again."""
    phone, owners = handset([]), Owners()
    owners.take("client:ana", phone)
    taken = owners.at("client:ana")
    assert taken is not None
    assert owners.at("client:ana") is not taken
    heard: Callable[[Event], None] = taken.hear  # type: ignore[attr-defined]
    heard(Ending("caller"))
    assert owners.at("client:ana") is taken


def test_a_call_with_a_whisper_at_a_moment_of_its_own(exchange: Exchange, line: Line) -> None:
    """Silence spares the time-out, an agent takes the call, words go both ways, and all webhooks know the time."""
    gather = '<Gather action="/menu" timeout="60" actionOnEmptyResult="true"><Say>Press one.</Say></Gather>'
    line.at("/voice", gather).at("/menu", '<Dial action="/end"><Number url="/whisper">+15005550100</Number></Dial>')
    line.at("/whisper", '<Gather numDigits="1" action="/take"><Say>A caller waits.</Say></Gather><Hangup/>')
    line.at("/take", "").at("/end", "").at("/voice/status", "")
    service, owners = Service(line.base), Owners()
    exchange.anyone(owners.at)
    mine: list[dict[str, object]] = []
    theirs: list[dict[str, object]] = []
    with (
        Handset(exchange, service, owners, lambda text: mine.append(orjson.loads(text))) as caller,
        Handset(exchange, service, owners, lambda text: theirs.append(orjson.loads(text))) as agent,
    ):
        agent.do(orjson.dumps({"do": "own", "address": "+15005550100"}))
        until(theirs, "owns")
        call = {"do": "call", "to": "+15005550006", "from": "+15005550140", "at": "2026-12-25T03:00"}
        caller.do(orjson.dumps({**call, "zone": "America/Chicago"}))
        assert until(mine, "spoke")["text"] == "Press one."
        caller.do(b'{"do": "silence"}')
        assert until(theirs, "ringing")["from"] == "+15005550140"
        agent.do(b'{"do": "answer"}')
        assert until(theirs, "spoke")["text"] == "A caller waits."
        agent.do(b'{"do": "press", "key": "1"}')
        assert until(mine, "bridged")["party"] == "+15005550100"
        agent.do(b'{"do": "say", "text": "Hello!"}')
        assert until(mine, "message")["text"] == "Hello!"
        caller.do(b'{"do": "hang_up"}')
        until(theirs, "ended")
        until(mine, "ended")
    service.close()
    assert line.forms("/menu")[0]["Digits"] == ""
    assert {sent.path for sent in line.sent} >= {"/voice", "/menu", "/whisper", "/take", "/end", "/voice/status"}
    assert all(sent.headers["X-Touchtone-Now"].startswith("2026-12-25T09:00") for sent in line.sent)


def test_a_closed_wire_hangs_up(exchange: Exchange, line: Line) -> None:
    """The application is told that the call is over."""
    line.at("/voice", '<Gather timeout="60"><Say>Press one.</Say></Gather>').at("/voice/status", "")
    service = Service(line.base)
    told: list[dict[str, object]] = []
    with Handset(exchange, service, Owners(), lambda text: told.append(orjson.loads(text))) as caller:
        call = {"do": "call", "to": "+15005550006", "from": "", "at": None, "zone": "UTC"}
        caller.do(orjson.dumps(call))
        until(told, "spoke")
    end = time.monotonic() + 20
    while not line.forms("/voice/status"):
        assert time.monotonic() < end
        time.sleep(0.02)
    service.close()
    assert line.forms("/voice/status")[0]["CallStatus"] == "completed"
    assert all("X-Touchtone-Now" not in sent.headers for sent in line.sent)
