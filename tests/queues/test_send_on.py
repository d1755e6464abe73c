"""Sent on by an agent, and moved by a supervisor: whole calls, in the carrier's time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hall import TEAM, Hall, hall, transcript
from sqlalchemy import select

from ivr.phone import Dialed, Leg
from ivr.store.embedded import Embedded
from ivr.store.log_tables import records

ANA, RAJ = "+15005550401", "+15005550402"
REFUNDS = """\
  refunds:
    agents: [raj]
    announce: no
    leave: "7"
"""


@pytest.fixture
def place(tmp_path: Path, valkey: Embedded) -> Iterator[Hall]:
    """Give a line with two queues; ana talks for a minute, raj for half of one."""
    with hall(tmp_path, valkey.url, team=TEAM.replace("agents: [ana, raj]", "agents: [ana]") + REFUNDS) as it:
        it.phone(ANA, Dialed("answered", 60, after=4))
        it.phone(RAJ, Dialed("answered", 30, after=4))
        yield it


def sent_on(place: Hall, onward: str, script: str = "wait:900") -> Leg:
    """A caller to whom ana talks, and of whom she says where they go."""
    place.agent("ana")
    leg = place.call(script)
    place.run(30)
    offer = place.parts.queues.agents(["ana"])[0].offer
    assert place.parts.queues.send_on(offer, onward)
    return leg


def kinds(place: Hall, leg: Leg) -> list[str]:
    """What happened, by kind, without what every call has."""
    return [str(it["kind"]) for it in place.happened(leg) if it["kind"] not in ("entered", "wait_told")]


def test_on_to_a_step(place: Hall) -> None:
    """The agent hangs up, and the caller is there."""
    leg = sent_on(place, "step:gone")
    place.run()
    assert transcript(leg.events).rstrip().endswith("You left.\nhangup by the line")
    assert kinds(place, leg)[-3:] == ["completed", "sent_on", "ended"]
    place.nothing_is_left()


def test_on_to_another_queue_before_who_came_later(place: Hall) -> None:
    """They wait there as if they had come there at first: before a caller who came while they talked."""
    leg = sent_on(place, "queue:refunds")
    place.phone(RAJ, Dialed("answered", 200, after=4), Dialed("answered", 30, after=4))
    place.agent("raj")
    assert place.parts.queues.move(later(place), "refunds")  # raj talks to this one
    place.run(10)
    second = later(place)
    assert place.parts.queues.move(second, "refunds")
    place.run(60)
    assert place.parts.queues.everybody("refunds") == [leg.sid, second]
    place.run()
    assert kinds(place, leg) == [
        "queue_entered", "agent_offered", "connected", "completed", "sent_on",
        "queue_entered", "agent_offered", "connected", "completed", "ended",
    ]  # fmt: skip
    assert [it["queue"] for it in place.happened(leg, "queue_entered", "connected")] == [
        "bookings", "bookings", "refunds", "refunds",
    ]  # fmt: skip
    place.nothing_is_left()


def later(place: Hall) -> str:
    """Another caller, who waits for ana; the sid of their call."""
    leg = place.call("wait:900", from_="+13125550143")
    place.run(3)
    return leg.sid


def test_on_to_a_queue_that_takes_nobody(place: Hall) -> None:
    """Its exits are those of the step."""
    leg = sent_on(place, "queue:refunds")
    place.run()
    assert "Nobody is in." in transcript(leg.events)
    assert kinds(place, leg)[-2:] == ["queue_refused", "ended"]
    place.nothing_is_left()


@pytest.mark.parametrize(("way", "outcome"), [(Dialed("answered", 45), "answered"), (Dialed("busy"), "busy")])
def test_on_to_a_number(place: Hall, way: Dialed, outcome: str) -> None:
    """It is dialled; after the talk, or without one, the exit. The number is in no event and in no record."""
    place.phone("+15005550177", way)
    leg = sent_on(place, "dial:+15005550177")
    place.run()
    assert transcript(leg.events).rstrip().endswith("Thank you for talking.\nhangup by the line")
    assert place.happened(leg, "sent_on")[0]["to"] == "dial:0177"
    assert place.happened(leg, "dial_ended")[0]["outcome"] == outcome
    with place.parts.engine.connect() as connection:
        kept = str(connection.execute(select(records).where(records.c.call_sid == leg.sid)).all())
    assert "5005550177" not in kept + str(place.happened(leg))
    place.nothing_is_left()


def test_who_hangs_up_first_is_sent_nowhere(place: Hall) -> None:
    """The caller was quicker than the agent."""
    place.phone(ANA, Dialed("answered", 60, hangs_up=True, after=4))
    leg = sent_on(place, "queue:refunds")
    place.run()
    assert "sent_on" not in kinds(place, leg)
    place.nothing_is_left()


def test_a_supervisor_moves_a_caller(place: Hall) -> None:
    """They wait on in the other queue, by its keys, and are served by its agents."""
    place.agent("ana")
    place.call("wait:900")  # ana talks to this one
    place.run(10)
    leg = place.call("wait:900", from_="+13125550143")
    place.run(20)
    assert place.parts.queues.move(leg.sid, "refunds")
    place.run(40)
    moved = place.happened(leg, "queue_moved")
    assert [(it["queue"], it["to"]) for it in moved] == [("bookings", "refunds")]
    place.agent("raj")
    place.run()
    assert place.happened(leg, "connected")[0]["queue"] == "refunds"
    place.nothing_is_left()


def test_a_moved_caller_leaves_by_the_new_key(place: Hall) -> None:
    """The key of the queue in which they are now."""
    place.agent("ana")
    place.call("wait:900")
    place.run(10)
    leg = place.call("wait:60 * wait:20 7 wait:30", from_="+13125550143")
    place.run(20)
    assert place.parts.queues.move(leg.sid, "refunds")
    place.run(120)
    assert [it["how"] for it in place.happened(leg, "queue_exited")] == ["left"]
    assert place.happened(leg, "queue_exited")[0]["queue"] == "refunds"


@pytest.mark.long
def test_music_comes_in_longer_pieces_where_a_leg_can_be_moved(tmp_path: Path, valkey: Embedded) -> None:
    """Where the carrier can be asked to move a leg, fewer gaps; an agent comes within seconds all the same."""
    asked: dict[bool, int] = {}
    for account in (True, False):
        folder = tmp_path / str(account)
        folder.mkdir()
        with hall(folder, valkey.url, team=TEAM.replace("announce: 45s", "announce: no"), account=account) as it:
            it.phone(ANA, Dialed("answered", 600, after=4))
            it.phone(RAJ, Dialed("answered", 600, after=4))
            it.agent("ana")
            it.call("wait:900")
            it.run(10)
            leg = it.call("wait:200 hangup", from_="+13125550143")
            it.run(100)
            saved = it.parts.calls.open(leg.sid)
            call = it.parts.sealer.open(saved.state) if saved else None
            assert call is not None
            assert call.queued is not None
            asked[account] = call.queued.k  # so many webhooks of the wait
            it.agent("raj")
            it.run(30)
            assert it.happened(leg, "connected")
            it.run()
    assert asked[True] < asked[False] - 2
