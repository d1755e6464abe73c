"""Webhooks as carriers send them: once, twice, late, in any order, and by nobody we know."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import orjson
import pytest
from running import FROM, LINE, TO, TOKEN, Running, action, running, words
from twilio.request_validator import RequestValidator

from ivr.phone import transcript
from ivr.store.embedded import Embedded


def test_a_call_is_walked_through_the_menu_in_spanish(service: Running) -> None:
    """The language that a caller chooses is the language of every later prompt, spoken values included."""
    placed = service.call("2 1 4021 2 answered")
    assert placed.ending is not None
    assert placed.ending.by == "line"
    assert transcript(placed.events).split("\n\n")[1] == (
        "en-US  Welcome.\n"
        "en-US  For English, press 1.\n"
        "es-MX  Para español, oprima 2.\n"
        "> 2\n"
        "es-MX  Para marcar un número, oprima 1.\n"
        "es-MX  Para hablar con nosotros, oprima 2.\n"
        "es-MX  Para dejar un mensaje, oprima 3.\n"
        "> 1\n"
        "es-MX  Marque cuatro dígitos.\n"
        "> 4021\n"
        "es-MX  Usted marcó 4 0 2 1.\n"
        "es-MX  Para marcar un número, oprima 1.\n"
        "es-MX  Para hablar con nosotros, oprima 2.\n"
        "es-MX  Para dejar un mensaje, oprima 3.\n"
        "> 2\n"
        "dial   +15005550150\n"
        "> answered 30 s\n"
        "es-MX  Adiós.\n"
        "hangup by the line\n"
    )


def test_a_repeated_turn_gets_its_saved_reply_byte_for_byte(service: Running) -> None:
    """A carrier's retry of the last turn has no second effect, and no second record."""
    first = service.post("/voice", CallSid="CA1")
    again = service.post("/voice", CallSid="CA1")
    assert again.content == first.content
    chosen = service.post(action(first), CallSid="CA1", Digits="1")
    before = service.records("CA1")
    repeated = service.post(action(first), CallSid="CA1", Digits="1")
    other_keys = service.post(action(first), CallSid="CA1", Digits="2")
    assert repeated.content == other_keys.content == chosen.content
    assert service.records("CA1") == before


def test_an_older_turn_is_redirected_to_the_present_step(service: Running) -> None:
    """A webhook of a turn long past leads, by a Redirect, to the reply that presents the present step."""
    first = service.post("/voice", CallSid="CA1")
    second = service.post(action(first), CallSid="CA1", Digits="1")
    third = service.post(action(second), CallSid="CA1", Digits="1")
    late = service.post(action(first), CallSid="CA1", Digits="2")
    assert "<Redirect" in late.text
    target = httpx.URL(late.text.split('method="POST">')[1].split("<")[0]).path
    assert service.post(target, CallSid="CA1").content == third.content
    assert len(service.records("CA1")) == 3


def test_a_turn_that_is_yet_to_come_cannot_move_the_call(service: Running) -> None:
    """A turn ahead of the call's (its state was lost in between) presents the present step and changes nothing."""
    first = service.post("/voice", CallSid="CA1")
    ahead = service.post("/voice/CA1/7", CallSid="CA1", Digits="1")
    assert "<Redirect" in ahead.text
    assert "/voice/CA1/0" in ahead.text
    assert service.post("/voice/CA1/0", CallSid="CA1").content == first.content


def test_the_same_webhook_at_once_from_many_sides_has_one_effect(service: Running) -> None:
    """Of many workers that get the same webhook at once, all give the same reply and one record is written."""
    for round_ in range(5):
        sid = f"CA{round_}"
        first = service.post("/voice", CallSid=sid)
        barrier = threading.Barrier(6)

        def press(_: int, sid: str = sid, path: str = action(first), barrier: threading.Barrier = barrier) -> bytes:
            barrier.wait()
            return service.post(path, CallSid=sid, Digits="1").content

        with ThreadPoolExecutor(6) as pool:
            replies = set(pool.map(press, range(6)))
        assert len(replies) == 1
        assert [orjson.loads(record)["seq"] for record in service.records(sid)] == [1, 2]


def test_a_status_may_come_before_its_action_and_twice(service: Running) -> None:
    """`completed` ends the call whenever it comes; what the caller's last action tells is then still noted."""
    first = service.post("/voice", CallSid="CA1")
    main = service.post(action(first), CallSid="CA1", Digits="1")
    record = service.post(action(main), CallSid="CA1", Digits="3")
    for _ in range(3):
        assert service.post("/voice/status", CallSid="CA1", CallStatus="completed").status_code == 200
    late = service.post(
        action(record),
        CallSid="CA1",
        RecordingUrl="https://rec.example.com/RE1",
        RecordingDuration="9",
        Digits="hangup",
    )
    assert "<Hangup" in late.text
    kinds = [orjson.loads(entry)["input"]["kind"] for entry in service.records("CA1")]
    assert kinds == ["started", "pressed", "pressed", "hung_up", "recorded"]
    events = orjson.loads(service.records("CA1")[-1])["events"]
    assert events[0] == {
        "kind": "message_left",
        "step": "message",
        "box": "general",
        "url": "https://rec.example.com/RE1",
        "seconds": 9,
    }


def test_a_recording_is_ready_after_the_call_and_noted_once(service: Running) -> None:
    """The callback that the audio exists is taken after the end, and once however often it comes."""
    placed = service.call("1 3 speak hangup", status_url=f"{service.url}/voice/status")
    form = {"CallSid": placed.sid, "RecordingUrl": "https://rec.example.com/RE9", "RecordingStatus": "completed"}
    before = len(service.records(placed.sid))
    for _ in range(2):
        assert service.post("/voice/recording", **form).status_code == 200
    after = [orjson.loads(entry) for entry in service.records(placed.sid)]
    assert len(after) == before + 1
    assert after[-1]["events"][0]["kind"] == "audio_ready"


def test_a_call_that_is_unknown_or_over_gets_a_document_that_ends_it(service: Running) -> None:
    """Polite words and a Hangup: never an error page."""
    unknown = service.post("/voice/CAnever/3", CallSid="CAnever", Digits="1")
    assert (unknown.status_code, "<Hangup" in unknown.text) == (200, True)
    assert "Goodbye" in words(unknown)
    first = service.post("/voice", CallSid="CA1")
    service.post("/voice/status", CallSid="CA1", CallStatus="completed")
    for path in (action(first), "/voice/CA1/9"):
        over = service.post(path, CallSid="CA1", Digits="1")
        assert (over.status_code, "<Hangup" in over.text) == (200, True)
        assert "has come to its end" in words(over)


def test_an_old_webhook_does_not_revive_a_call(service: Running) -> None:
    """A replayed body of a call that is over has no effect: the call stays over, and no record is written."""
    first = service.post("/voice", CallSid="CA1")
    main = service.post(action(first), CallSid="CA1", Digits="1")
    service.post("/voice/status", CallSid="CA1", CallStatus="completed")
    before = service.records("CA1")
    for path in (action(first), action(main), "/voice"):
        service.post(path, CallSid="CA1", Digits="1")
    assert service.records("CA1") == before


def test_a_body_of_unknown_length_is_refused(service: Running) -> None:
    """A limit on its size would only cut it: 400, in words."""
    reply = httpx.post(f"{service.url}/voice", content=iter([b"CallSid=CA1&From=x"]))
    assert reply.status_code == 400


def test_a_number_without_a_line_is_not_in_service(service: Running) -> None:
    """A call to a number that no live line has hears so, and ends."""
    reply = service.post("/voice", CallSid="CA1", To="+15005559999")
    assert words(reply) == "This number is not in service. Goodbye."
    assert "<Hangup" in reply.text


def test_a_facts_webhook_for_an_unknown_call_is_fine(service: Running) -> None:
    """A status or recording of a call that expired is answered with an empty document."""
    for path in ("/voice/status", "/voice/recording"):
        reply = service.post(path, CallSid="CAgone", CallStatus="completed", RecordingUrl="https://rec.example.com/1")
        assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, "text/xml")
        assert service.records("CAgone") == []


def test_the_fallback_presents_the_present_step(service: Running) -> None:
    """After trouble on the way, the carrier's fallback gets the same document again; a new call begins there."""
    first = service.post("/voice", CallSid="CA1")
    again = service.post("/voice/fallback", CallSid="CA1", ErrorCode="11200", ErrorUrl=f"{service.url}/voice")
    assert again.content == first.content
    fresh = service.post("/voice/fallback", CallSid="CA2", ErrorCode="11200")
    assert "Welcome." in words(fresh)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"From=%2B1500&To=x", "CallSid is missing"),
        (b"CallSid=", "CallSid is missing"),
        (b"CallSid=" + b"x" * 500, "CallSid is longer than 128 characters"),
        (b"CallSid=%00%01", "CallSid has characters that no call's name has"),
        (bytes(range(256)) * 8, "CallSid is missing"),
        (b"CallSid=CA1&junk=" + b"x" * 1_000_000, "this form has more than 65536 bytes"),
        (b"&".join(b"a%d=1" % number for number in range(3000)), None),
    ],
)
def test_a_form_that_names_no_call_is_refused_plainly(service: Running, body: bytes, message: str | None) -> None:
    """400, in words; never a trace, never a 500."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = httpx.post(f"{service.url}/voice", content=body, headers=headers, timeout=30)
    assert reply.status_code == 400
    assert reply.headers["content-type"].startswith("text/plain")
    if message:
        assert reply.text == message + "\n"


def test_a_sid_of_another_carriers_kind_works_the_whole_way(service: Running) -> None:
    """SIDs are opaque: Telnyx's, and one with every sign that a path gives a meaning."""
    for sid in ("v3:Ab-9_x==", "a/b?c#d%25 {p01}"):
        first = service.post("/voice", CallSid=sid)
        url = first.text.split('action="')[1].split('"')[0]
        reply = httpx.post(url, data={"CallSid": sid, "Digits": "1", "To": TO}, timeout=30)
        assert "press 1" in words(reply)
        assert len(service.records(sid)) == 2


def sign(token: str, url: str, form: dict[str, str]) -> str:
    """Twilio's signature, from its own library."""
    return str(RequestValidator(token).compute_signature(url, form))


def test_only_a_carriers_signature_lets_in(tmp_path: Path, valkey: Embedded) -> None:
    """With a token set: a right signature of any of the tokens is in; a wrong, old or missing one is 403, silent."""
    tokens = (TOKEN, "fedcba9876543210fedcba9876543210")
    with running(tmp_path, valkey.url, {"test.yaml": LINE}, auth_tokens=tokens) as service:
        form = {"CallSid": "CA77", "From": FROM, "To": TO}
        url = f"{service.url}/voice"
        for token in tokens:
            reply = httpx.post(url, data=form, headers={"X-Twilio-Signature": sign(token, url, form)})
            assert "Welcome." in words(reply)
        tampered = {**form, "From": "+15005550199"}
        for headers, sent in (
            ({}, form),
            ({"X-Twilio-Signature": sign("another", url, form)}, form),
            ({"X-Twilio-Signature": sign(TOKEN, url, form)}, tampered),
            ({"X-Twilio-Signature": sign(TOKEN, url + "/", form)}, form),
        ):
            refused = httpx.post(url, data=sent, headers=headers)
            assert (refused.status_code, refused.text) == (403, "forbidden\n")
        for path in ("/voice/CA77/1", "/voice/status", "/voice/recording", "/voice/fallback"):
            assert httpx.post(service.url + path, data=form).status_code == 403
        assert len(service.records("CA77")) == 1


def test_behind_a_proxy_the_public_url_is_what_was_signed(tmp_path: Path, valkey: Embedded) -> None:
    """PUBLIC_URL decides which URL is checked and which URLs the documents have; forwarded headers decide nothing."""
    public = "https://phone.example.com/ivr"
    with running(tmp_path, valkey.url, {"test.yaml": LINE}, auth_tokens=(TOKEN,), public_url=public) as service:
        form = {"CallSid": "CA78", "From": FROM, "To": TO}
        signature = {"X-Twilio-Signature": sign(TOKEN, f"{public}/voice", form)}
        forged = {"X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "http"}
        reply = httpx.post(f"{service.url}/voice", data=form, headers={**signature, **forged})
        assert f'action="{public}/voice/CA78/1?s=' in reply.text
        evil = {"X-Twilio-Signature": sign(TOKEN, "http://evil.example.com/voice", form)}
        assert httpx.post(f"{service.url}/voice", data=form, headers={**evil, **forged}).status_code == 403


def test_a_shared_key_signature_is_known(tmp_path: Path, valkey: Embedded) -> None:
    """Newer accounts sign with HMAC-SHA256 and say so in a header of its own."""
    with running(tmp_path, valkey.url, {"test.yaml": LINE}, auth_tokens=(TOKEN,)) as service:
        form = {"CallSid": "CA79", "From": FROM, "To": TO}
        text = f"{service.url}/voice" + "".join(name + form[name] for name in sorted(form))
        signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha256).digest()).decode()
        headers = {
            "X-Twilio-Signature": signature,
            "X-Twilio-Webhooks-Signature-Settings": "key=shared,algorithm=HMAC_SHA256",
        }
        assert "Welcome." in words(httpx.post(f"{service.url}/voice", data=form, headers=headers))


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_without_a_token_nothing_that_was_forwarded_is_let_in(service: Running, header: str) -> None:
    """This machine alone may call then, and not for somebody behind a proxy."""
    reply = httpx.post(f"{service.url}/voice", data={"CallSid": "CA1"}, headers={header: "203.0.113.9"})
    assert reply.status_code == 403


def test_prompts_audio_is_served_and_nothing_else(service: Running, tmp_path: Path) -> None:
    """Recordings come as audio that may be cached; no other file, and none outside the folder."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    (folder / "a.wav").write_bytes(b"RIFF")
    (folder / "manifest.json").write_text("{}")
    (tmp_path / "outside.wav").write_bytes(b"secret")
    reply = httpx.get(f"{service.url}/recordings/a.wav")
    assert (reply.status_code, reply.headers["content-type"], reply.content) == (200, "audio/wav", b"RIFF")
    assert "max-age" in reply.headers["cache-control"]
    again = httpx.get(f"{service.url}/recordings/a.wav", headers={"If-None-Match": reply.headers["etag"]})
    assert again.status_code == 304
    for path in ("manifest.json", "none.wav", "..%2foutside.wav", "%2e%2e/outside.wav", "a.wav/"):
        assert httpx.get(f"{service.url}/recordings/{path}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/voice", 405), ("POST", "/nowhere", 404), ("POST", "/voice/CA1/x", 404)]
)
def test_what_is_none_of_ours_is_a_line_of_text(service: Running, method: str, path: str, status: int) -> None:
    """No page of HTML for an address or a method that nothing answers."""
    reply = httpx.request(method, service.url + path)
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (status, "text/plain")
    assert reply.text.count("\n") == 1


def test_healthz_answers_whoever_asks(service: Running) -> None:
    """A machine that asks whether the process lives gets 200."""
    assert httpx.get(f"{service.url}/healthz").status_code == 200


def test_calls_expire(service: Running) -> None:
    """A call is kept for hours after its last webhook, ended or not: nothing is for ever in Redis."""
    first = service.post("/voice", CallSid="CA1")
    key = next(key for key in service.redis.scan_iter("*call:CA1"))
    assert 5 * 3600 < service.redis.ttl(key) <= 6 * 3600
    service.post("/voice/status", CallSid="CA1", CallStatus="completed")
    assert 5 * 3600 < service.redis.ttl(key) <= 6 * 3600
    assert action(first).split("?")[0].endswith("/1")
