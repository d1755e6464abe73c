"""What the phone sends over HTTP, and what it makes of the answers."""

import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from little_line import Answer, Line, response
from twilio.request_validator import RequestValidator

from ivr.phone import Ending, webhook
from ivr.phone.audio import wav_seconds
from ivr.phone.signature import sign

TOKEN = "0123456789abcdef"
XML = {"Content-Type": "text/xml"}


def test_every_request_carries_what_a_carriers_does(line: Line) -> None:
    """ "Every request: `CallSid AccountSid From To CallStatus ApiVersion Direction`", form-encoded."""
    line.at("/voice", "<Hangup/>")
    placed = line.call(parameters={"ForwardedFrom": "+15005550111"}, from_="anonymous")
    (sent,) = line.sent
    assert sent.method == "POST"
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent.form == {
        "CallSid": placed.sid,
        "AccountSid": "AC00000000000000000000000000000000",
        "From": "anonymous",
        "To": "+15005550006",
        "CallStatus": "ringing",
        "ApiVersion": "2010-04-01",
        "Direction": "inbound",
        "ForwardedFrom": "+15005550111",
    }


def test_each_request_is_signed_as_the_carriers_own_validator_wants_it(line: Line) -> None:
    """Posts, GETs with a query, audio, callbacks: Twilio's validator accepts the signature of each."""
    line.at("/voice", '<Gather action="/menu?a=1&amp;b=%C3%B1" method="GET" numDigits="1"/>')
    line.at("/menu", "<Play>/recordings/a.wav</Play><Redirect>/end?x=1</Redirect>").at("/end", "<Hangup/>")
    line.call("1", auth_token=TOKEN, from_="Zoë & co", path="/voice?s=ü#rc=2", status_url=line.base + "/status")
    validator = RequestValidator(TOKEN)
    assert line.paths() == ["/voice", "/menu", "/recordings/a.wav", "/end", "/status"]
    for sent in line.sent:
        assert "#" not in sent.url
        assert validator.validate(sent.url, sent.form, sent.headers["X-Twilio-Signature"]), sent.url


def test_without_a_token_nothing_is_signed(line: Line) -> None:
    """A phone that was given no token sends no signature at all."""
    line.at("/voice", "<Hangup/>").call()
    assert "X-Twilio-Signature" not in line.sent[0].headers


@given(st.dictionaries(st.text(), st.text()), st.sampled_from(["http://h:8000/v?a=1", "https://h/v", "https://h/"]))
def test_a_signature_is_the_one_of_the_carriers_own_validator(form: dict[str, str], url: str) -> None:
    """For any form, the signature is what Twilio's own code computes."""
    form = {name: value.encode(errors="replace").decode() for name, value in form.items() if name.isascii()}
    assert sign(TOKEN, url, form) == RequestValidator(TOKEN).compute_signature(url, form)


def test_over_https_the_port_is_not_signed() -> None:
    """ "Over HTTPS the port is dropped for voice, over HTTP kept"."""
    assert sign(TOKEN, "https://line.test:8443/voice", {}) == sign(TOKEN, "https://line.test/voice", {})
    assert sign(TOKEN, "http://line.test:8000/voice", {}) != sign(TOKEN, "http://line.test/voice", {})


def test_cookies_are_kept_for_the_call(line: Line) -> None:
    """ "Cookies are kept for the call", and forgotten with it."""
    answer = response("<Redirect>/next</Redirect>")
    line.at("/voice", Answer(answer.body, headers={**XML, "Set-Cookie": "place=main"})).at("/next", "<Hangup/>")
    line.call()
    line.call()
    assert [sent.headers["Cookie"] for sent in line.sent] == [None, "place=main", None, "place=main"]


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml; charset=utf-8", "Text/HTML"])
def test_three_content_types_are_read_as_twiml(line: Line, content_type: str) -> None:
    """ "`text/xml`, `application/xml`, `text/html` are read as TwiML"."""
    line.at("/voice", Answer("<Response><Say>Hello.</Say></Response>", headers={"Content-Type": content_type}))
    assert line.heard() == "en-US  Hello.\nhangup by the line\n"


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (12300, Answer("<Response/>", headers={"Content-Type": "text/plain"})),
        (12300, Answer("<Response/>", headers={})),
        (11770, Answer("", headers=XML)),
        (11770, Answer(" \n", headers=XML)),
        (11770, Answer("", 204)),
        (11750, Answer(f"<Response><!--{'a' * 65536}--></Response>", headers=XML)),
        (12100, Answer("<Response>", headers=XML)),
        (12200, Answer("<Response><Shout/></Response>", headers=XML)),
        (11200, Answer("<Response/>", 404)),
        (11200, Answer("<Response/>", 500)),
        (11200, Answer("<Response/>", 304)),
        (11215, Answer("", 302, {"Location": "/voice"})),
        (11100, Answer("", 302, {"Location": "http://[/"})),
        (11100, Answer("", 302, {"Location": "ftp://line.test/voice"})),
        (11200, Answer("not gzip", headers={**XML, "Content-Encoding": "gzip"})),
    ],
)
def test_an_answer_that_is_no_twiml_ends_the_call_with_the_carriers_error(
    line: Line, code: int, answer: Answer
) -> None:
    """Each has the code that a carrier would log, and the transcript ends with it."""
    line.at("/voice", answer)
    heard = line.heard()
    assert heard.startswith(f"error {code} ")
    assert heard.count("\n") == 1


def test_64_kb_are_not_too_much(line: Line) -> None:
    """ "Body limit 64 kB": exactly so many bytes are read."""
    line.at("/voice", Answer("<Response/>".ljust(65536), headers=XML))
    assert line.heard() == "hangup by the line\n"


@pytest.mark.parametrize(("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_digits_are_not_sent_again_after_a_redirect(line: Line, status: int, method: str) -> None:
    """ "after a 3xx on a Gather action, `Digits` is not sent again"; the common parameters are."""
    line.at("/voice", '<Gather action="/menu" numDigits="1"/>')
    line.at("/menu", Answer("", status, {"Location": "/elsewhere"})).at("/elsewhere", "<Hangup/>")
    placed = line.call("1", auth_token=TOKEN)
    last = line.sent[-1]
    assert line.forms("/menu")[0]["Digits"] == "1"
    assert last.method == method
    assert f"CallSid={placed.sid}" in last.url or last.form["CallSid"] == placed.sid
    assert "Digits" not in last.url
    assert "Digits" not in last.form
    assert RequestValidator(TOKEN).validate(last.url, last.form, last.headers["X-Twilio-Signature"])


def test_ten_redirects_are_followed_and_not_one_more(line: Line) -> None:
    """ "At most 10 HTTP redirects"; the document's own URL is then the last one."""
    hop = Answer("", 302, {"Location": "/voice"})
    line.at("/voice", *[hop] * 9, Answer("", 302, {"Location": "/end"})).at("/end", "<Gather/>", "<Hangup/>")
    assert line.heard("1#") == "> 1#\nhangup by the line\n"
    assert line.paths() == ["/voice"] * 10 + ["/end"] * 2
    line.at("/voice", *[hop] * 11, response("<Hangup/>"))
    assert line.heard().startswith("error 11215 ")


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("code", "url"),
    [(11100, "http://[/voice"), (11100, "voice"), (11100, "ftp://line.test/"), (11100, "http://h:x/"), (11205, None)],
)
def test_a_url_that_leads_nowhere_is_the_carriers_error(line: Line, code: int, url: str | None) -> None:
    """A broken URL is 11100, a port where nobody listens 11205."""
    line.base = ""
    ending = line.call(path=url or f"http://127.0.0.1:{closed_port()}/voice").ending
    assert isinstance(ending, Ending)
    assert (ending.by, ending.code) == ("error", code)


def test_a_connection_that_fails_is_tried_once_more() -> None:
    """ "By default one retry on a connection failure"; it carries the idempotency token."""
    tokens = []

    def answer(request: httpx.Request) -> httpx.Response:
        tokens.append(request.headers.get("I-Twilio-Idempotency-Token"))
        if len(tokens) == 1:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, headers=XML, text="<Response/>")

    placed = Line("http://line.test").call(transport=httpx.MockTransport(answer))
    assert placed.ending is not None
    assert placed.ending.by == "line"
    assert len(tokens) == 2
    assert tokens[0] is None
    assert tokens[1]


@pytest.mark.parametrize("part", ["", "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<Resp"])
def test_a_line_that_does_not_answer_in_time_is_the_carriers_error(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """ "15 s for a response, hard" (here less): a late answer and a half one are both 11200."""
    monkeypatch.setattr(webhook, "TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = []

        def serve() -> None:
            connection, _ = server.accept()
            connection.sendall(part.encode())
            taken.append(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        ending = Line(f"http://127.0.0.1:{server.getsockname()[1]}").call().ending
        thread.join()
        taken[0].close()
    assert ending is not None
    assert (ending.by, ending.code) == ("error", 11200)


def test_common_parameters_join_a_query_that_is_there() -> None:
    """A GET keeps its own query and adds the parameters of the call behind it."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, headers=XML, text="<Response/>")

    with webhook.Webhooks(transport=httpx.MockTransport(answer)) as webhooks:
        webhooks.document(webhook.Fetch("http://line.test/a?b=1", "GET", {"c": "ñ &"}), {"To": "+1"})
    assert asked == ["http://line.test/a?b=1&" + urlencode({"To": "+1", "c": "ñ &"})]


class Trickle(httpx.SyncByteStream):
    """A body that comes in drops, for ever."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b" " * webhook.AUDIO_HEAD


def test_a_body_that_trickles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "15 s for a response, hard": the whole of it, not each part."""
    monkeypatch.setattr(webhook, "TIMEOUT", 0.0)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=XML, stream=Trickle()))
    ending = Line("http://line.test").call(transport=transport).ending
    assert ending is not None
    assert (ending.by, ending.code) == ("error", 11200)


def test_a_host_that_nobody_knows_is_the_carriers_error() -> None:
    """11210, and tried once more like any connection that fails."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ConnectError("unknown") from socket.gaierror(-2, "Name or service not known")

    ending = Line("http://line.test").call(transport=httpx.MockTransport(answer)).ending
    assert ending is not None
    assert (ending.by, ending.code, len(asked)) == ("error", 11210, 2)


def test_what_is_no_http_is_the_carriers_error() -> None:
    """An answer that breaks the protocol is 11206."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("no status line")

    ending = Line("http://line.test").call(transport=httpx.MockTransport(answer)).ending
    assert ending is not None
    assert (ending.by, ending.code) == ("error", 11206)


@pytest.mark.parametrize(
    "head", [b"", b"ID3", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0AVI ", b"RIFF\0\0\0\0WAVEdata\x10\0\0\0"]
)
def test_audio_whose_length_is_not_told(head: bytes) -> None:
    """Other formats, and WAV files without a whole header, tell no length."""
    assert wav_seconds(head) is None
