"""Callbacks, from the key that books one to the talk: whole calls through the local carrier."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from hall import TEAM, TOKEN, Hall, hall, transcript
from sqlalchemy import text

from ivr.phone import Dialed
from ivr.phone.signature import sign
from ivr.store.callbacks import Callback
from ivr.store.embedded import Embedded

ANA, CUSTOMER = "+15005550401", "+13125550143"
Halls = Callable[..., Hall]


@pytest.fixture
def place(tmp_path: Path, valkey: Embedded) -> Iterator[Hall]:
    """Give a line whose queue has one agent in it, who talks to somebody for some minutes from the beginning."""
    with hall(tmp_path, valkey.url) as it:
        it.agent("ana")
        it.phone(ANA, Dialed("answered", 400, after=4), Dialed("answered", 45, after=4))
        it.call("wait:2000")
        yield it


def booked(it: Hall, from_: str = CUSTOMER) -> Callback | None:
    """Let a caller wait a minute, press 1, and be told; what was booked."""
    leg = it.call("wait:75 1 1 wait:100", from_=from_, after=5)
    it.run(120)
    assert leg.ending is not None
    found = [one for one in it.parts.callbacks.open() if one.call_sid == leg.sid]
    return found[0] if found else None


def test_who_presses_one_is_called_back_and_served(place: Hall) -> None:
    """They keep their place, hear who calls, press 1, and talk; then the number is kept no longer."""
    callback = booked(place)
    assert callback is not None
    assert (callback.state, callback.number_last4, callback.queue) == ("booked", "0143", "bookings")
    assert CUSTOMER not in str(callback)
    place.phone(CUSTOMER, Dialed("answered", 300, after=6))
    place.run(700)
    kept = place.parts.callbacks.get(callback.id)
    assert kept is not None
    assert (kept.state, kept.tries, kept.number_sealed) == ("done", 1, None)
    made = next(it for it in place.exchange.legs.values() if it.direction == "outbound-api")
    heard = transcript(made.events)
    assert "This is Test, calling you back as you asked. To be connected, press 1." in heard
    assert "Thank you for talking." in heard
    assert place.happened(made, "connected")
    place.nothing_is_left()


@pytest.mark.long
@pytest.mark.parametrize(
    ("taken", "why"),
    [
        (Dialed("no-answer"), "no answer"),
        (Dialed("busy"), "busy"),
        (Dialed("voicemail"), "nobody pressed 1"),
        (Dialed("answered", 30, press="2"), "nobody pressed 1"),
    ],
)
def test_what_is_no_answer_is_tried_again_later_and_then_given_up(place: Hall, taken: Dialed, why: str) -> None:
    """ "An answering machine does not count as an answer": three tries, ten minutes apart, and it has failed."""
    callback = booked(place)
    assert callback is not None
    place.phone(CUSTOMER, taken)
    place.run(3600)
    kept = place.parts.callbacks.get(callback.id)
    assert kept is not None
    assert (kept.state, kept.tries, kept.why) == ("failed", 3, why)
    calls = [it for it in place.exchange.legs.values() if it.direction == "outbound-api"]
    assert len(calls) == 3
    place.nothing_is_left()


def test_a_number_has_one_callback(place: Hall) -> None:
    """Who calls again and books again keeps the first one's place, and is called once."""
    first = booked(place)
    assert first is not None
    assert booked(place) is None
    assert [it.id for it in place.parts.callbacks.open()] == [first.id]


@pytest.mark.parametrize("from_", ["anonymous", "", "+19005551234", "+442079460000", "client:ana", "12"])
def test_who_cannot_be_called_is_not_offered_a_call_to_that_number(place: Hall, from_: str) -> None:
    """No number, a premium one, or one of a country that the queue does not call; and who enters none books nothing."""
    leg = place.call("wait:75 1 1 wait:60", from_=from_, after=5)
    place.run(200)
    assert "be called back at" not in transcript(leg.events)
    assert place.parts.callbacks.open() == []


@pytest.mark.long
def test_no_more_are_dialled_than_agents_are_free(place: Hall) -> None:
    """Three callbacks and one agent: the phones of the customers ring one after the other, in their order."""
    numbers = [f"+1312555014{digit}" for digit in (3, 4, 5)]
    for number in numbers:
        assert booked(place, number) is not None
        place.phone(number, Dialed("answered", 60, after=5))
    place.run(3000)
    dialled = [it for it in place.exchange.legs.values() if it.direction == "outbound-api"]
    assert [it.to for it in dialled] == numbers
    began = [it.events[0].at for it in dialled]  # type: ignore[union-attr]
    assert all((after - before).total_seconds() > 30 for before, after in pairwise(began))
    assert {it.state for it in place.parts.callbacks.ended()} == {"done"}


@pytest.mark.long
def test_a_cancelled_callback_is_not_dialled(place: Hall) -> None:
    """A person cancels it: nobody rings, and its number is gone."""
    callback = booked(place)
    assert callback is not None
    assert place.parts.callbacks.cancel(callback.id, "olga", "asked by the customer", place.now())
    place.run(700)
    assert [it for it in place.exchange.legs.values() if it.direction == "outbound-api"] == []
    with place.parts.engine.connect() as connection:
        assert connection.scalar(text("SELECT number_sealed FROM callbacks")) is None


@pytest.mark.long
def test_a_second_leg_of_a_callback_is_hung_up(place: Hall) -> None:
    """ "A duplicate leg of a used offer is hung up": another call with the same address gets a goodbye."""
    callback = booked(place)
    assert callback is not None
    place.phone(CUSTOMER, Dialed("answered", 300, after=6))
    place.run(700)
    url = f"{place.url}/callback/{callback.id}/1"
    form = {"CallSid": "CAother", "From": "+15005550001", "To": CUSTOMER, "CallStatus": "in-progress", "Digits": "1"}
    answer = httpx.post(url, data=form, headers={"X-Twilio-Signature": sign(TOKEN, url, form)})
    assert "no longer wanted" in answer.text
    assert "Enqueue" not in answer.text


@pytest.mark.long
def test_the_days_cap_holds(tmp_path: Path, valkey: Embedded) -> None:
    """With one callback a day allowed, the second waits for tomorrow."""
    team = TEAM.replace("callback: {after: 1m, key: 1}", "callback: {after: 1m, key: 1, a_day: 1}")
    with hall(tmp_path, valkey.url, team=team) as it:
        it.agent("ana")
        it.phone(ANA, Dialed("answered", 600, after=4), Dialed("answered", 45, after=4))
        it.call("wait:2000")
        for number in (CUSTOMER, "+13125550144"):
            booked(it, number)
            it.phone(number, Dialed("answered", 60, after=5))
        it.run(3000)
        assert sorted(one.state for one in (*it.parts.callbacks.open(), *it.parts.callbacks.ended())) == [
            "booked",
            "done",
        ]
