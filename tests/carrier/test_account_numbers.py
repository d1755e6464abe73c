"""The numbers of the carrier's account: what is wrong with them in words, and asking for them over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.carrier.account import AccountNumber, Hook
from ivr.carrier.rest import Carrier, NoAnswer, NotDone, Refused
from ivr.menu import Flow, load
from ivr.phone import Exchange, ManualClock, RestServer
from ivr.phone.exchange import ACCOUNT
from ivr.switchboard.account_numbers import set_numbers, trouble_of
from ivr.switchboard.apology import static_document
from ivr.switchboard.hosted import amiss
from ivr.switchboard.numbers import Number, answers, faults, joined, wanted

TOKEN = "t" * 32
BASE = "https://phone.example.com"
VOICE, FALLBACK, STATUS = f"{BASE}/voice", f"{BASE}/voice/fallback", f"{BASE}/voice/status"
SHOULD = wanted(BASE, None, "shop")
RIGHT = AccountNumber("PN1", "+15005550006", "Shop", Hook(VOICE), Hook(FALLBACK), Hook(STATUS))

LINE = """\
line: Corner Shop
numbers: [{numbers}]
timezone: America/Chicago
languages: [en-US]
start: bye
steps:
  bye: {{say: Goodbye., go: hangup}}
"""


def flow(name: str, *numbers: str) -> Flow:
    """A line that answers these numbers."""
    text = LINE.format(numbers=", ".join(f'"{it}"' for it in numbers))
    return load({f"{name}.yaml": text.encode()}).flows[name]


# What is wrong


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"voice": Hook("https://PHONE.example.com:443/voice#rc=3&rp=all")}, []),
        ({"voice": Hook("https://me:secret@phone.example.com/voice?a=b")}, []),
        ({"voice": Hook()}, ["no address is set, so callers reach nobody"]),
        (
            {"voice": Hook("http://phone.example.com/voice")},
            ["http instead of https, so what callers enter can be read"],
        ),
        ({"voice": Hook("https://old.example.com/voice", "GET")}, ["another host, old.example.com, is called"]),
        ({"voice": Hook("https://phone.example.com:8443/voice")}, ["port 8443 instead of 443"]),
        ({"voice": Hook(f"{VOICE}/")}, ["the path is /voice/ instead of /voice"]),
        ({"voice": Hook(BASE)}, ["the path is / instead of /voice"]),
        ({"voice": Hook(VOICE, "GET")}, ["GET instead of POST: the service takes POST alone"]),
        ({"voice": Hook("phone.example.com/voice")}, ["it is no address of the web"]),
        ({"voice": Hook("https://phone.example.com:x/voice")}, ["it is no address of the web"]),
        ({"voice": Hook("https://[phone/voice")}, ["it is no address of the web"]),
        ({"fallback": Hook()}, ["no address is set, so callers hear the carrier's own error"]),
        (
            {"fallback": Hook("https://files.example.com/shop.xml")},
            ["another host, files.example.com, is called; if the"],
        ),
        ({"fallback": Hook(VOICE)}, ["the path is /voice instead of /voice/fallback"]),
        ({"status": Hook()}, ["no address is set, so nobody tells the service that a caller has hung up"]),
        ({"status": Hook("http://phone.example.com/", "GET")}, ["http instead", "the path is /", "GET instead"]),
        ({"trunk": "TK1"}, ["the SIP trunk TK1 has its calls"]),
        ({"application": "AP1"}, ["the application AP1 has its calls"]),
        ({"fax": True}, ["it is set to receive faxes"]),
        ({"speaks": False}, ["the carrier says that it takes no calls"]),
    ],
)
def test_what_is_wrong_is_told_in_words(changed: dict[str, object], told: list[str]) -> None:
    """Each way in which a number can be set otherwise than it should be, and ways that make no difference."""
    found = [it.words for it in faults(replace(RIGHT, **changed), SHOULD)]  # type: ignore[arg-type]
    assert [words[: len(begins)] for words, begins in zip(found, told, strict=True)] == told


def test_a_hosted_document_is_the_fallback_and_is_asked_for_by_get() -> None:
    """With IVR_FALLBACK_URL each line has the address of its own file there; the desk has no document."""
    should = wanted(BASE, "https://files.example.com/f", "shop")
    assert should.fallback == Hook("https://files.example.com/f/shop.xml", "GET")
    assert wanted(BASE, "https://files.example.com/f", "service.desk").fallback == Hook(FALLBACK)
    (fault,) = faults(RIGHT, should)
    assert (fault.about, fault.lost) == ("fallback", False)
    hosted = replace(RIGHT, fallback=Hook("https://files.example.com/f/shop.xml"))
    assert [it.words for it in faults(hosted, should)] == ["POST instead of GET: files are asked for by GET"]


def test_a_hosted_document_is_looked_at() -> None:
    """Whether it is there, of a type that carriers read, and that of the live version."""
    document = static_document(flow("good", "+15005550006"))
    names = ("good", "old", "plain", "gone")
    app = Flask("files")
    said = {
        "good": (document, "application/xml"),
        "old": ("<Response/>", "text/xml"),
        "plain": (document, "text/plain"),
    }

    @app.get("/f/<name>.xml")
    def file(name: str) -> Response:
        return Response(said[name][0], mimetype=said[name][1]) if name in said else Response(status=404)

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        found = amiss(f"http://127.0.0.1:{server.port}/f", dict.fromkeys(names, document))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert found == {
        "old": "the document there is not that of the live version",
        "plain": "the host calls the document text/plain, where carriers want text/xml",
        "gone": "there is no document: the host answers 404",
    }
    assert amiss(f"http://127.0.0.1:{server.port}/f", {"good": document})["good"].startswith("the document cannot be")


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_request(self, *_: object) -> None:
        """Nothing."""


def test_addresses_are_shown_without_what_is_secret_in_them() -> None:
    """Names, passwords and what is asked stay hidden; how often to try again does not."""
    shown = [
        ("", "none"),
        (VOICE, f"POST {VOICE}"),
        ("https://me:secret@old.example.com/voice?token=secret#rc=3", "POST https://…@old.example.com/voice?…#rc=3"),
        ("https://[phone/voice", "POST an address that cannot be read"),
    ]
    assert [(url, str(Hook(url))) for url, _ in shown] == shown


# Which number is whose


def test_numbers_of_menus_and_of_the_account_are_joined() -> None:
    """The desk and what is live come before what a file alone says; nothing is said that is not known."""
    live, draft = flow("shop", "+15005550006", "+15005550007", "sip:shop@example.com"), flow("new", "+15005550008")
    both = flow("other", "+15005550006")
    whose = answers([live], [live, draft, both], ["+15005550400"])
    assert whose["+15005550006"].also == ("other",)
    held = [RIGHT, replace(RIGHT, number="+15005550008", voice=Hook()), replace(RIGHT, number="+15005550009")]
    found = joined(whose, held, lambda line: wanted(BASE, None, line))
    assert {it.number: it.state for it in found} == {
        "+15005550006": "right",
        "+15005550007": "missing",
        "+15005550008": "draft",
        "+15005550009": "other",
        "+15005550400": "missing",
        "sip:shop@example.com": "unlisted",
    }
    assert [it.number for it in found if it.here] == ["+15005550009"]
    assert {it.state for it in joined(whose, None, None)} == {"unknown", "draft", "unlisted"}
    assert {it.state for it in joined(whose, held, None)} == {"unknown", "missing", "draft", "other", "unlisted"}


# Asking the carrier


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """A carrier with nothing set."""
    with Exchange(ManualClock(), auth_token=TOKEN) as made:
        yield made


@pytest.fixture
def rest(exchange: Exchange) -> Iterator[RestServer]:
    """Its API."""
    with RestServer(exchange) as server:
        yield server


@pytest.fixture
def carrier(rest: RestServer) -> Iterator[Carrier]:
    """Our side of it."""
    made = Carrier(ACCOUNT, (TOKEN,), rest.url)
    yield made
    made.close()


def test_all_numbers_are_listed_page_by_page_up_to_a_bound(exchange: Exchange, carrier: Carrier) -> None:
    """A large account is more than one page; no more is read than was asked for."""
    for place in range(1205):
        exchange.line(f"+1500{place:07}", VOICE)
    assert len({it.number for it in carrier.numbers(5000)}) == 1205
    assert len(carrier.numbers(1001)) == 1001
    assert len(carrier.numbers(7)) == 7


def test_only_the_addresses_that_are_given_are_set(exchange: Exchange, carrier: Carrier) -> None:
    """The others stay, and so does what has the number's calls, unless it is taken over."""
    line = exchange.line("+15005550006", "https://old.example.com/voice#rc=3", status_url=STATUS)
    line.voice_method, line.trunk = "GET", "TK1"
    (number,) = carrier.numbers(10)
    assert (number.voice, number.fallback, number.trunk) == (
        Hook("https://old.example.com/voice#rc=3", "GET"), Hook(), "TK1",
    )  # fmt: skip
    now = carrier.set_number(number.sid, {"fallback": Hook("https://files.example.com/shop.xml", "GET")})
    assert (now.voice, now.fallback) == (number.voice, Hook("https://files.example.com/shop.xml", "GET"))
    assert (line.trunk, line.status_url) == ("TK1", STATUS)
    assert carrier.set_number(number.sid, {"voice": Hook(VOICE)}, take_over=True).trunk == ""
    assert (line.voice_url, line.voice_method) == (VOICE, "POST")


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, Refused, "the carrier does not take the credentials (401, code 20401)"),
        (404, Refused, "the carrier does not know it (404, code 20404)"),
        (400, Refused, "the carrier refused it (400, code 20400)"),
        (429, NotDone, "the carrier has no time for so many requests (429, code 20429)"),
        (503, NoAnswer, "the carrier did not answer as it should (503, code 20503)"),
    ],
)
def test_a_list_that_is_refused(
    rest: RestServer, carrier: Carrier, status: int, kind: type[Exception], words: str
) -> None:
    """The library tells trouble with a list in another way than with a single thing; it means the same."""
    rest.answer_next(status)
    with pytest.raises(kind) as raised:
        carrier.numbers(10)
    assert trouble_of(raised.value).startswith(words)  # type: ignore[arg-type]


def test_what_fails_keeps_no_other_number_from_being_set(
    exchange: Exchange, rest: RestServer, carrier: Carrier
) -> None:
    """Each has an outcome of its own; what may have been done is noted, what was not is not."""
    for place in range(4):
        exchange.line(f"+1500555000{place}", "https://old.example.com/voice")
    whose = answers([flow("shop", *(f"+1500555000{place}" for place in range(4)))], [], [])
    found = joined(whose, carrier.numbers(10), lambda line: wanted(BASE, None, line))
    noted: list[str] = []

    def note(done: object, was: Number) -> None:
        noted.append(was.number)

    rest.answer_next(400, 503, 429, where="IncomingPhoneNumbers/")
    done = set_numbers(carrier, found, note)
    assert [it.came for it in done] == ["not set", "nobody knows", "not set", "set"]
    assert noted == ["+15005550001", "+15005550003"]
    assert [it.voice_url for it in exchange.lines.values()] == ["https://old.example.com/voice"] * 3 + [VOICE]
    assert [it.came for it in set_numbers(carrier, found, note, patience=-1)] == ["not set"] * 4
