"""Redis away: the call's place travels in the URL, records wait on disk, and nothing is lost or written twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest
from running import LINE, TO, Running, action, running, words
from twiml import check_twiml

from ivr.call import Call
from ivr.config import Settings
from ivr.phone import transcript
from ivr.store.embedded import Embedded
from ivr.switchboard.place import Place, Places
from ivr.switchboard.wiring import Parts, wire

KEYS = ("2", "1", "4021", "1", "4022")


@pytest.fixture
def away(tmp_path: Path) -> Iterator[tuple[Running, Embedded]]:
    """A service with a Valkey that the test may stop."""
    with Embedded(tmp_path / "valkey") as valkey, running(tmp_path, valkey.url, {"test.yaml": LINE}) as service:
        yield service, valkey


@pytest.fixture
def parts(away: tuple[Running, Embedded]) -> Iterator[Parts]:
    """What a worker on the same data works with."""
    made = wire(away[0].settings, lambda: datetime.now(UTC))
    yield made
    made.close()


def replay(parts: Parts) -> None:
    """Writes what waits, as the worker does when Redis is back."""
    end = datetime.now(UTC) + timedelta(seconds=20)
    while parts.spool.size():
        assert datetime.now(UTC) < end
        try:
            parts.shelf.replay(parts.switchboard.note_now)
        except Exception as error:  # the breaker rests for a second
            logging.getLogger(__name__).info("%s", error)


def press(service: Running, sid: str, before: Callable[[int], None]) -> tuple[list[str], httpx.Response]:
    """A call with KEYS; `before` is called with each key's number. What was heard, and the last reply."""
    reply = service.post("/voice", CallSid=sid)
    heard = [words(reply)]
    for number, key in enumerate(KEYS):
        before(number)
        reply = service.post(action(reply), CallSid=sid, Digits=key)
        assert check_twiml(reply.text) == []
        heard.append(words(reply))
    return heard, reply


def numbers(service: Running, sid: str) -> dict[int, bytes]:
    """The records of the call by number; one that stands twice in the stream is the same both times."""
    found: dict[int, bytes] = {}
    for record in service.records(sid):
        seq = orjson.loads(record)["seq"]
        assert found.setdefault(seq, record) == record
    return found


def test_stopped_after_the_second_key_and_started_after_the_fourth(
    away: tuple[Running, Embedded], parts: Parts
) -> None:
    """The same prompts, the same final state and the same records as in a call without an outage."""
    service, valkey = away

    def outage(number: int) -> None:
        if number == 2:
            valkey.stop()
        if number == 4:
            valkey.start()

    calm, _ = press(service, "CAcalm", lambda _: None)
    heard, last = press(service, "CAstorm", outage)
    assert heard == calm
    replay(parts)
    service.post("/voice/status", CallSid="CAstorm", CallStatus="completed")
    service.post("/voice/status", CallSid="CAcalm", CallStatus="completed")
    replay(parts)
    states = []
    for sid in ("CAcalm", "CAstorm"):
        saved = service.calls.open(sid)
        assert saved
        states.append(orjson.loads(saved.state) | {"sid": ""})
        assert sorted(numbers(service, sid)) == list(range(1, saved.seq + 1))
    assert states[0] == states[1]
    assert service.post(action(last), CallSid="CAstorm", Digits="1").status_code == 200


def test_a_call_that_begins_and_ends_while_redis_is_away(away: tuple[Running, Embedded], parts: Parts) -> None:
    """Menus, questions and the operator go on; what happened is written when Redis is back, once and in order."""
    service, valkey = away
    valkey.stop()
    placed = service.call("2 1 4021 2 answered", status_url=f"{service.url}/voice/status")
    assert transcript(placed.events).endswith(
        "dial   +15005550150\n> answered 30 s\nes-MX  Adiós.\nhangup by the line\n"
    )
    assert httpx.get(f"{service.url}/healthz").status_code == 200
    valkey.start()
    replay(parts)
    saved = service.calls.open(placed.sid)
    assert saved
    state = orjson.loads(saved.state)
    assert (state["ended"], state["values"], state["noted"]) == ("line", {"number": "4021"}, ["end"])
    assert sorted(numbers(service, placed.sid)) == list(range(1, saved.seq + 1))
    replay(parts)
    assert service.calls.open(placed.sid) == saved


def test_a_doubled_webhook_without_redis_has_one_effect(away: tuple[Running, Embedded], parts: Parts) -> None:
    """A carrier's retry while Redis is away leads to the same words, and its record counts once."""
    service, valkey = away
    first = service.post("/voice", CallSid="CA1")
    valkey.stop()
    replies = [service.post(action(first), CallSid="CA1", Digits="1") for _ in range(3)]
    assert len({words(reply) for reply in replies}) == 1
    valkey.start()
    replay(parts)
    assert sorted(numbers_by_seq(service, "CA1")) == [1, 2]
    saved = service.calls.open("CA1")
    assert saved
    assert (saved.seq, saved.turn) == (2, 2)


def numbers_by_seq(service: Running, sid: str) -> set[int]:
    """The numbers of the call's records."""
    return {orjson.loads(record)["seq"] for record in service.records(sid)}


def test_a_fact_waits_behind_the_turns_of_its_call(away: tuple[Running, Embedded], parts: Parts) -> None:
    """`completed` that comes while turns wait is stepped after them, though Redis is back by then."""
    service, valkey = away
    first = service.post("/voice", CallSid="CA1")
    valkey.stop()
    service.post(action(first), CallSid="CA1", Digits="1")
    valkey.start()
    assert service.post("/voice/status", CallSid="CA1", CallStatus="completed").status_code == 200
    assert numbers_by_seq(service, "CA1") == {1}
    replay(parts)
    kinds = [orjson.loads(record)["input"]["kind"] for _, record in sorted(numbers(service, "CA1").items())]
    assert kinds == ["started", "pressed", "hung_up"]


@pytest.mark.parametrize("harm", ["none", "forged", "cut", "another turn", "another call", "garbage"])
def test_a_place_that_is_not_genuine_opens_nothing(away: tuple[Running, Embedded], harm: str) -> None:
    """While Redis is away a token that is missing, changed, or of another call or turn gets an apology, no menu."""
    service, valkey = away
    first = service.post("/voice", CallSid="CA1")
    other = service.post("/voice", CallSid="CA2")
    valkey.stop()
    path, _, token = action(first).partition("?s=")
    token = {
        "none": "",
        "forged": token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        "cut": token[: len(token) // 2],
        "another turn": token,
        "another call": action(other).partition("?s=")[2],
        "garbage": "%00%ff" * 50,
    }[harm]
    path = path.replace("/1", "/2") if harm == "another turn" else path
    reply = service.post(f"{path}?s={token}", CallSid="CA1", Digits="1")
    assert reply.status_code == 200
    assert words(reply).startswith("We are sorry")
    assert "+15005550150" in reply.text
    valkey.start()


def test_a_place_is_sealed_bound_and_expires() -> None:
    """The token shows nothing of the call, and opens for its sid and turn alone, until it expires."""
    places = Places("a key that is long enough for this test", seconds=60)
    now = datetime(2026, 7, 1, tzinfo=UTC)
    call = Call("CA1", "v1", "test", "+15005550100", TO, values={"number": "4021"}, secrets={"pin": "9999"})
    token = places.seal(call, 3, now)
    assert token.replace("-", "").replace("_", "").isalnum()
    bare = Call("CA1", "v1", "test", "+15005550100", TO, values={"number": "4021"})
    assert places.open(token, "CA1", 3, now + timedelta(seconds=59)) == Place(bare, whole=False)
    assert places.open(places.seal(bare, 3, now), "CA1", 3, now) == Place(bare, whole=True)
    long = Call("CA1", "v1", "test", "+15005550100", TO, values={"number": "4021" * 1000})
    packed = places.seal(long, 3, now)
    assert len(packed) < 500
    assert places.open(packed, "CA1", 3, now) == Place(long, whole=True)
    assert places.open(token, "CA1", 3, now + timedelta(seconds=61)) is None
    assert places.open(token, "CA2", 3, now) is None
    assert places.open(token, "CA1", 4, now) is None
    assert Places("another key that is long enough, too!", 60).open(token, "CA1", 3, now) is None
    assert places.seal(call, 3, now) != token


def test_the_place_is_in_every_action_and_small(service: Running) -> None:
    """Each document's action carries the place; it is a few hundred characters."""
    reply = service.post("/voice", CallSid="CA1")
    for key in KEYS:
        token = parse_qs(urlsplit(action(reply)).query)["s"][0]
        assert 100 < len(token) < 700
        reply = service.post(action(reply), CallSid="CA1", Digits=key)


def test_what_cannot_be_read_of_the_spool_is_set_aside(away: tuple[Running, Embedded], parts: Parts) -> None:
    """A corrupt line of the spool is kept where a person sees it, and the lines around it are written."""
    service, valkey = away
    first = service.post("/voice", CallSid="CA1")
    valkey.stop()
    main = service.post(action(first), CallSid="CA1", Digits="1")
    with parts.spool.path("CA1").open("ab") as file:
        file.write(b'{"sid": "CA1", "seq": broken\n\xff\xfe\n')
    service.post(action(main), CallSid="CA1", Digits="1")
    valkey.start()
    replay(parts)
    assert numbers_by_seq(service, "CA1") == {1, 2, 3}
    aside = list((service.settings.data / "set-aside").iterdir())
    assert [path.read_bytes() for path in aside] == [b'{"sid": "CA1", "seq": broken\n\xff\xfe\n']


def test_a_full_disk_is_named_and_the_call_goes_on(
    away: tuple[Running, Embedded], caplog: pytest.LogCaptureFixture
) -> None:
    """Where even the spool takes nothing, the caller notices nothing, and the log says what is lost."""
    service, valkey = away
    first = service.post("/voice", CallSid="CA1")
    valkey.stop()
    (service.settings.data / "spool").write_text("no folder")
    main = service.post(action(first), CallSid="CA1", Digits="1")
    assert "To enter a number" in words(main)
    assert "the spool under IVR_DATA takes nothing" in caplog.text
    valkey.start()


def test_an_empty_redis_goes_on_from_the_url(away: tuple[Running, Embedded]) -> None:
    """A Redis that came back without its data: calls go on all the same."""
    service, _ = away
    first = service.post("/voice", CallSid="CA1")
    main = service.post(action(first), CallSid="CA1", Digits="2")
    service.redis.flushall()
    assert words(service.post(action(main), CallSid="CA1", Digits="1")) == "Marque cuatro dígitos."
    assert isinstance(service.settings, Settings)
