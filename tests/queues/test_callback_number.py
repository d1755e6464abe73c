"""Another number for a callback: whole calls, with the keys in the carrier's time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hall import Hall, hall, transcript
from sqlalchemy import select

from ivr.phone import Dialed, Leg
from ivr.store.embedded import Embedded
from ivr.store.log_tables import records

ANA, RAJ, OTHER = "+15005550401", "+15005550402", "+13125550199"


@pytest.fixture
def place(tmp_path: Path, valkey: Embedded) -> Iterator[Hall]:
    """Give a line whose queue has one agent in it, who talks to somebody for ten minutes from the beginning."""
    with hall(tmp_path, valkey.url) as it:
        it.agent("ana")
        it.phone(ANA, Dialed("answered", 600, after=4))
        it.phone(RAJ, Dialed("answered", 45, after=4))
        it.call("wait:2000")
        yield it


def waits(place: Hall, script: str, from_: str = "+13125550143", seconds: float = 200) -> Leg:
    """A caller who waits a minute, and does then what the script says."""
    leg = place.call(f"wait:75 {script}", from_=from_, after=5)
    place.run(seconds)
    return leg


def booked(place: Hall, leg: Leg) -> str | None:
    """The number at which the caller will be called back."""
    found = [it for it in place.parts.callbacks.open() if it.call_sid == leg.sid]
    return place.parts.numbers.open(found[0].number_sealed or "", found[0].id) if found else None


@pytest.mark.parametrize(
    ("script", "number"),
    [
        ("1 1 wait:30", "+13125550143"),
        ("1 3125550199# 1 wait:30", OTHER),
        ("1 3125550188# 2 3125550199# 1 wait:30", OTHER),
        ("1 9005551234# 3125550199# 1 wait:30", OTHER),
        ("1 silence 3125550199# 1 wait:30", OTHER),
    ],
)
def test_the_number_that_was_confirmed_is_called(place: Hall, script: str, number: str) -> None:
    """Kept, entered, entered again, after one that costs extra, after silence."""
    leg = waits(place, script)
    assert booked(place, leg) == number
    assert "We will call you back at" in transcript(leg.events)
    assert place.happened(leg, "queue_exited")[0]["how"] == "callback_booked"


def test_an_anonymous_caller_is_asked_for_a_number(place: Hall) -> None:
    """At once, and 1 keeps none."""
    leg = waits(place, "1 3125550199# 1 wait:30", from_="anonymous")
    assert "Please enter the number where we can call you" in transcript(leg.events)
    assert booked(place, leg) == OTHER


@pytest.mark.parametrize("script", ["1 silence silence wait:60", "1 * wait:60", "1 3125550199# * wait:60"])
def test_who_enters_nothing_waits_on_and_is_served(place: Hall, script: str) -> None:
    """Silence twice, or the key to leave: in the same place, for the next agent."""
    leg = waits(place, f"{script} wait:900", seconds=130)
    assert "Please stay on the line." in transcript(leg.events)
    assert booked(place, leg) is None
    place.agent("raj")
    place.run(90)
    assert place.happened(leg, "connected")


def test_an_agent_who_comes_meanwhile_has_the_caller(place: Hall) -> None:
    """Offered while the number is asked for: the next document leads to the agent, and nothing is booked."""
    leg = waits(place, "1 wait:900", seconds=84)
    place.agent("raj")
    place.run(90)
    assert place.happened(leg, "connected")
    assert booked(place, leg) is None


def test_the_number_is_in_no_record(place: Hall) -> None:
    """Neither in the log's records nor in its events; four digits are."""
    leg = waits(place, "1 3125550199# 1 wait:30")
    with place.parts.engine.connect() as connection:
        kept = str(connection.execute(select(records).where(records.c.call_sid == leg.sid)).all())
    assert "3125550199" not in kept + str(place.happened(leg))
    assert "0199" in kept
