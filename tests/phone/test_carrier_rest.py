"""The REST calls, by Twilio's own library with its base URL changed."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from little_line import Line
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ivr.phone import Callee, Dialed, Exchange, Leg, ManualClock, RestServer, Script
from ivr.phone.audio import wav_seconds
from ivr.phone.exchange import ACCOUNT

FROM, TO, CUSTOMER, TOKEN = "+15005550100", "+15005550006", "+15005550142", "a-token"


class Redirected(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """The library's own HTTP, to another host."""

    def __init__(self, url: str) -> None:
        super().__init__(pool_connections=False)
        self._url = url

    def request(self, method: str, url: str, *args: object, **named: object) -> object:
        """The same request to the same path."""
        return super().request(method, self._url + urlsplit(url).path, *args, **{**named, "timeout": 2})


@pytest.fixture
def exchange(line: Line) -> Iterator[Exchange]:
    """A carrier on which the line has its number."""
    with Exchange(ManualClock(), auth_token=TOKEN) as made:
        made.line(TO, line.base + "/voice", fallback_url=line.base + "/fallback")
        yield made


@pytest.fixture
def rest(exchange: Exchange) -> Iterator[RestServer]:
    """Its API."""
    with RestServer(exchange) as made:
        yield made


@pytest.fixture
def client(rest: RestServer) -> Client:
    """Twilio's library, to that API."""
    return Client(ACCOUNT, TOKEN, http_client=Redirected(rest.url))


def meanwhile(exchange: Exchange, seconds: float, ask: object) -> None:
    """Ask something of the API while calls are going on."""
    exchange.after(seconds, ask)  # type: ignore[arg-type]


def test_a_call_that_is_created_rings_and_runs_a_document(line: Line, exchange: Exchange, client: Client) -> None:
    """The one who is called gets the document at the URL; status callbacks as they were asked for."""
    line.at("/call", '<Gather numDigits="1" action="/accept"><Say>It is your turn. Press 1.</Say></Gather>')
    line.at("/accept", "<Say>Thank you.</Say>").at("/status", "")
    exchange.party(CUSTOMER, Callee(Dialed(after=8)))
    made = client.calls.create(
        to=CUSTOMER,
        from_=TO,
        url=line.base + "/call",
        timeout=30,
        status_callback=line.base + "/status",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert (made.status, made.to, made.direction) == ("queued", CUSTOMER, "outbound-api")
    exchange.run()
    (called,) = line.forms("/call")
    assert (called["CallSid"], called["Direction"], called["To"]) == (made.sid, "outbound-api", CUSTOMER)
    assert line.forms("/accept")[0]["Digits"] == "1"
    assert [form["CallStatus"] for form in line.forms("/status")] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    fetched = client.calls(made.sid).fetch()
    assert fetched.status == "completed"
    assert int(fetched.duration) > 8


@pytest.mark.parametrize(("taking", "status"), [("busy", "busy"), ("no-answer", "no-answer"), ("failed", "failed")])
def test_a_created_call_that_nobody_takes(
    line: Line, exchange: Exchange, client: Client, taking: str, status: str
) -> None:
    """No document is asked for, and the last status says why."""
    exchange.party(CUSTOMER, Callee(Dialed(taking)))  # type: ignore[arg-type]
    line.at("/status", "")
    sid = client.calls.create(to=CUSTOMER, from_=TO, url=line.base + "/call", status_callback=line.base + "/status").sid
    exchange.run()
    assert line.paths() == ["/status"]
    assert line.forms("/status")[0]["CallStatus"] == client.calls(sid).fetch().status == status


def test_created_calls_are_one_a_second_where_that_is_set(line: Line, exchange: Exchange, client: Client) -> None:
    """ "REST-created calls: one a second an account by default; inbound calls and `<Dial>` are not limited"."""
    exchange.calls_a_second = 1
    line.at("/call", "")
    began = exchange.clock.now()
    exchange.party(CUSTOMER, lambda: Callee(Dialed(after=0)))
    for _ in range(3):
        client.calls.create(to=CUSTOMER, from_=TO, url=line.base + "/call")
    exchange.run()
    assert [round((leg.began - began).total_seconds()) for leg in exchange.legs.values()] == [0, 1, 2]


def test_a_call_can_be_sent_elsewhere_and_ended(line: Line, exchange: Exchange, client: Client) -> None:
    """ "update call": by Url, by Twiml, by Status. One that is over is 21220."""
    line.at("/voice", '<Pause length="600"/>').at("/elsewhere", '<Say>Here.</Say><Pause length="600"/>')
    leg = exchange.call(TO, FROM, Script.read(""))
    meanwhile(exchange, 10, lambda: client.calls(leg.sid).update(url=line.base + "/elsewhere", method="POST"))
    meanwhile(exchange, 20, lambda: client.calls(leg.sid).update(twiml="<Response><Pause length='90'/></Response>"))
    meanwhile(exchange, 30, lambda: client.calls(leg.sid).update(status="completed"))
    exchange.run()
    assert leg.ending is not None
    assert (leg.ending.by, leg.ending.seconds, leg.ending.webhooks) == ("line", 30, 2)
    with pytest.raises(TwilioRestException) as raised:
        client.calls(leg.sid).update(url=line.base + "/elsewhere")
    assert (raised.value.status, raised.value.code) == (400, 21220)


def test_a_member_of_a_queue_is_moved(line: Line, exchange: Exchange, client: Client) -> None:
    """ "member update with a URL"; the queue and its members can be listed; one who has left is 20404."""
    line.at("/voice", '<Enqueue action="/left" waitUrl="/wait">bookings</Enqueue>').at("/left", "")
    line.at("/wait", '<Pause length="600"/>').at("/offer", "<Say>One moment.</Say>")
    leg = exchange.call(TO, FROM, Script.read(""))
    seen: list[object] = []

    def move() -> None:
        (queue,) = client.queues.list()
        (member,) = client.queues(queue.sid).members.list()
        seen.extend((queue.friendly_name, queue.current_size, member.call_sid, member.position, member.wait_time))
        client.queues(queue.sid).members(leg.sid).update(url=line.base + "/offer", method="POST")

    meanwhile(exchange, 40, move)
    exchange.run()
    assert seen == ["bookings", 1, leg.sid, 1, 40]
    assert line.forms("/left")[0]["QueueResult"] == "redirected"
    assert line.paths()[:3] == ["/voice", "/wait", "/offer"]
    with pytest.raises(TwilioRestException) as raised:
        client.queues(exchange.queue("bookings").sid).members(leg.sid).update(url=line.base + "/offer")
    assert (raised.value.status, raised.value.code) == (404, 20404)


def test_a_message_is_sent(exchange: Exchange, client: Client) -> None:
    """It goes nowhere but into `messages`."""
    sid = client.messages.create(to=FROM, from_=TO, body="Your ticket is here.").sid
    (message,) = exchange.messages
    assert (message.sid, message.to, message.from_, message.body) == (sid, FROM, TO, "Your ticket is here.")
    assert [one.body for one in client.messages.list()] == ["Your ticket is here."]


def test_a_verb_sends_messages_too(line: Line, exchange: Exchange, client: Client) -> None:
    """`<Sms>`: between the two numbers of the call unless it says otherwise; its action is told the sid."""
    line.at("/voice", '<Sms action="/sent">Hello.</Sms>').at("/sent", "<Say>Sent.</Say>")
    exchange.call(TO, FROM, Script.read(""))
    exchange.run()
    (message,) = client.messages.list()
    assert (message.to, message.from_, message.body) == (FROM, TO, "Hello.")
    assert line.forms("/sent")[0]["MessageSid"] == message.sid


def test_a_recording_is_fetched_and_deleted(line: Line, exchange: Exchange, client: Client, rest: RestServer) -> None:
    """ "Twilio's recordings need account credentials to fetch": a WAV of the stated length, until it is deleted."""
    line.at("/voice", '<Record action="/end" recordingStatusCallback="/ready"/>').at("/end", "").at("/ready", "")
    exchange.call(TO, FROM, Script.read("speak:7"))
    exchange.run()
    (ready,) = line.forms("/ready")
    recording = client.recordings(ready["RecordingSid"]).fetch()
    assert (recording.duration, recording.call_sid) == ("7", ready["CallSid"])
    assert ready["RecordingUrl"].startswith(rest.url)
    for url in (ready["RecordingUrl"], ready["RecordingUrl"] + ".wav", rest.url + recording.uri[:-5] + ".wav"):
        assert httpx.get(url).status_code == 401
        audio = httpx.get(url, auth=(ACCOUNT, TOKEN))
        assert audio.headers["Content-Type"] == "audio/x-wav"
        assert wav_seconds(audio.content) == 7
        assert len(audio.content) == 44 + 7 * 16_000
    client.recordings(recording.sid).delete()
    with pytest.raises(TwilioRestException) as raised:
        client.recordings(recording.sid).fetch()
    assert (raised.value.status, raised.value.code) == (404, 20404)


def test_numbers_are_listed_and_pointed_elsewhere(line: Line, exchange: Exchange, client: Client) -> None:
    """What a deployment sets: where a number's calls go, and where they go when that fails."""
    (number,) = client.incoming_phone_numbers.list()
    assert (number.phone_number, number.voice_url) == (TO, line.base + "/voice")
    assert number.voice_fallback_url == line.base + "/fallback"
    updated = client.incoming_phone_numbers(number.sid).update(
        voice_url=line.base + "/new", voice_fallback_url=line.base + "/help", status_callback=line.base + "/status"
    )
    assert updated.voice_url == line.base + "/new"
    line.at("/new", "").at("/status", "")
    exchange.call(TO, FROM, Script.read(""))
    exchange.run()
    assert line.paths() == ["/new", "/status"]


def test_a_number_keeps_its_methods_and_who_else_has_its_calls(client: Client) -> None:
    """ "Setting a trunk_sid will automatically delete your voice_application_sid and vice versa." """
    (number,) = client.incoming_phone_numbers.list()
    assert (number.voice_method, number.status_callback_method, number.trunk_sid) == ("POST", "POST", None)
    number = number.update(voice_method="GET", voice_application_sid="AP1")
    assert (number.voice_method, number.voice_fallback_method, number.voice_application_sid) == ("GET", "POST", "AP1")
    number = number.update(trunk_sid="TK1")
    assert (number.voice_application_sid, number.trunk_sid) == ("", "TK1")
    number = number.update(trunk_sid="")
    assert (number.voice_method, number.trunk_sid) == ("GET", None)
    with pytest.raises(TwilioRestException) as raised:
        number.update(voice_method="PUT")
    assert raised.value.code == 21209


@pytest.mark.parametrize(
    ("path", "form", "status", "code"),
    [
        ("Calls.json", {}, 400, 21201),
        ("Calls.json", {"To": FROM}, 400, 21213),
        ("Calls.json", {"To": FROM, "From": TO}, 400, 21205),
        ("Calls.json", {"To": FROM, "From": TO, "Url": "ftp://x"}, 400, 21205),
        ("Calls.json", {"To": FROM, "From": TO, "Url": "http://x", "Timeout": "soon"}, 400, 21208),
        ("Calls.json", {"To": FROM, "From": TO, "Url": "http://x", "Method": "PUT"}, 400, 21209),
        ("Calls.json", {"To": FROM, "From": TO, "Twiml": "<Response>"}, 400, 12100),
        ("Calls/CA1.json", {"Url": "http://x"}, 404, 20404),
        ("Queues.json", {}, 400, 22000),
        ("Queues.json", {"FriendlyName": "x", "MaxSize": "many"}, 400, 20001),
        ("Queues/QU1/Members/CA1.json", {"Url": "http://x"}, 404, 20404),
        ("Messages.json", {"From": TO, "Body": "x"}, 400, 21604),
        ("Messages.json", {"To": FROM, "Body": "x"}, 400, 21603),
        ("Messages.json", {"To": FROM, "From": TO}, 400, 21602),
        ("Messages.json", {"To": FROM, "From": TO, "Body": "x" * 1601}, 400, 21617),
        ("Nothing.json", {}, 404, 20404),
    ],
)
def test_what_cannot_be_done_is_refused_as_the_real_api_does(
    rest: RestServer, path: str, form: dict[str, str], status: int, code: int
) -> None:
    """`code message status more_info`."""
    answer = httpx.post(f"{rest.url}/2010-04-01/Accounts/{ACCOUNT}/{path}", data=form, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == status
    error = answer.json()
    assert (error["code"], error["status"]) == (code, status)
    assert error["message"]
    assert error["more_info"].endswith(f"/{code}")


@pytest.mark.parametrize(("account", "auth"), [(ACCOUNT, (ACCOUNT, "wrong")), (ACCOUNT, None), ("AC1", ("AC1", TOKEN))])
def test_a_wrong_token_is_refused(rest: RestServer, account: str, auth: tuple[str, str] | None) -> None:
    """20003, as the real one says."""
    answer = httpx.get(f"{rest.url}/2010-04-01/Accounts/{account}/Calls.json", auth=auth)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_trouble_on_request(exchange: Exchange, client: Client, rest: RestServer) -> None:
    """A 4xx, a 5xx, and no answer at all; then it works again, and nothing of it was done."""
    rest.answer_next(429, 503)
    for status in (429, 503):
        with pytest.raises(TwilioRestException) as raised:
            client.messages.create(to=FROM, from_=TO, body="x")
        assert raised.value.status == status
    rest.answer_next(None)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{rest.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", auth=(ACCOUNT, TOKEN), data={}, timeout=0.2
        )
    assert exchange.messages == []
    client.messages.create(to=FROM, from_=TO, body="x")
    assert len(exchange.messages) == 1
    assert [asked.method for asked in rest.asked] == ["POST"] * 4


def test_the_applications_own_carrier_talks_to_it(line: Line, exchange: Exchange, rest: RestServer) -> None:
    """What the service itself asks of a carrier, by its own door to it."""
    from ivr.carrier.rest import Carrier, Refused

    carrier = Carrier(ACCOUNT, (TOKEN,), rest.url)
    line.at("/call", '<Record action="/end"/>').at("/end", "")
    exchange.party(CUSTOMER, Callee(Dialed(), Script.read("speak:3").left))
    sid = carrier.create_call(to=CUSTOMER, from_=TO, url=line.base + "/call", ring=20)
    exchange.run()
    (recorded,) = exchange.recordings.values()
    assert recorded.call_sid == sid
    assert wav_seconds(carrier.recording(recorded.sid)) == 3
    carrier.delete_recording(recorded.sid)
    carrier.send_message(to=FROM, from_=TO, body="Hello.")
    with pytest.raises(Refused, match="21220"):
        carrier.update_call(sid, status="completed")
    with pytest.raises(Refused, match="20404"):
        carrier.move_member("QU1", sid, line.base + "/x")
    carrier.close()


def test_a_created_call_can_be_canceled_before_it_rings(line: Line, exchange: Exchange, client: Client) -> None:
    """Status `canceled` is for a call that nobody has answered."""
    exchange.party(CUSTOMER, Callee(Dialed(after=20)))
    leg: Leg = exchange.legs[client.calls.create(to=CUSTOMER, from_=TO, url=line.base + "/call").sid]
    client.calls(leg.sid).update(status="canceled")
    exchange.run()
    assert leg.status == "canceled"
    assert line.paths() == []
