"""Callers who are moved to another queue, and what agents note of an offer."""

from __future__ import annotations

import pytest
from redis import Redis

from ivr.store.queues import Offer, Queues, Waiting

HEARD_BY = 9e9


@pytest.fixture
def queues(redis: Redis) -> Queues:
    """Give empty queues, with a caller in one of them and an agent who is free."""
    made = Queues(redis)
    made.join(Waiting("CA1", "bookings", "es-MX", 100, 90), heard_by=HEARD_BY)
    made.set_agent("ana", "available", 95)
    return made


def offer(queues: Queues, queue: str = "bookings", id_: str = "o1") -> Offer:
    """An offer of the caller to the agent."""
    return Offer(id_, "CA1", "ana", queue, "es-MX", 110, 125)


def test_moved_they_keep_their_order(queues: Queues) -> None:
    """By arrival less head start they stand among those of the other queue, in its list and in its head."""
    queues.join(Waiting("CA2", "refunds", "es-MX", 80, 80), heard_by=HEARD_BY)
    queues.join(Waiting("CA3", "refunds", "es-MX", 95, 95), heard_by=HEARD_BY)
    assert queues.move("CA1", "refunds")
    assert queues.everybody("bookings") == []
    assert queues.everybody("refunds") == ["CA2", "CA1", "CA3"]
    assert queues.heads(["bookings"], 5) == []
    assert [it.sid for it in queues.heads(["refunds"], 5)] == ["CA2", "CA1", "CA3"]


def test_the_call_learns_of_it_when_it_is_heard(queues: Queues) -> None:
    """What it hears is the queue where they are now, and the place there."""
    queues.join(Waiting("CA2", "refunds", "en-US", 80, 80), heard_by=HEARD_BY)
    queues.move("CA1", "refunds")
    heard = queues.heard("CA1", "bookings", heard_by=HEARD_BY)
    assert heard is not None
    waiting, before = heard
    assert (waiting.queue, waiting.arrived, before) == ("refunds", 100, 1)


def test_moved_to_where_they_are(queues: Queues) -> None:
    """Nothing to be done, and done."""
    assert queues.move("CA1", "bookings")
    assert queues.everybody("bookings") == ["CA1"]


def test_an_offered_caller_is_not_moved(queues: Queues) -> None:
    """Nor one who talks, nor somebody nobody knows."""
    assert queues.offer(offer(queues))
    assert not queues.move("CA1", "refunds")
    assert queues.accept(offer(queues), 115)
    assert not queues.move("CA1", "refunds")
    assert not queues.move("CA9", "refunds")
    assert queues.everybody("refunds") == []


def test_an_offer_from_the_queue_they_left_is_not_made(queues: Queues) -> None:
    """Somebody proposed it before they were moved: the claim fails, and leaves no trace."""
    queues.move("CA1", "refunds")
    assert not queues.offer(offer(queues, "bookings"))
    assert [it.state for it in queues.agents(["ana"])] == ["available"]
    assert queues.offer(offer(queues, "refunds", "o2"))
    assert queues.heads(["refunds"], 5) == []


def test_leaving_after_a_move_leaves_nothing(queues: Queues, redis: Redis) -> None:
    """Out of the other queue, of its head, and of what is due."""
    queues.move("CA1", "refunds")
    assert queues.leave("CA1", 120) == "waiting"
    assert queues.size("refunds") == 0
    assert queues.heads(["refunds"], 5) == []
    assert queues.due(HEARD_BY * 2) == []


def test_what_is_noted_of_an_offer(queues: Queues) -> None:
    """Where to send them on while they talk, what it was about until a day later; not before it was taken."""
    queues.offer(offer(queues))
    assert not queues.send_on("o1", "queue:refunds")
    assert not queues.set_wrap_code("o1", "refunded", "")
    queues.accept(offer(queues), 115)
    assert queues.send_on("o1", "queue:refunds")
    assert queues.set_wrap_code("o1", "refunded", "twice")
    queues.finish(offer(queues), 130, 160)
    assert not queues.send_on("o1", "step:main")
    assert queues.set_wrap_code("o1", "changed", "once")
    found = queues.offered("o1")
    assert found is not None
    assert (found.state, found.onward, found.code, found.note) == ("over", "queue:refunds", "changed", "once")
    assert not queues.send_on("nothing", "queue:refunds")


def test_the_last_call_of_an_agent(queues: Queues) -> None:
    """It is known while they wrap up, and the choice of what comes then with its reason."""
    queues.offer(offer(queues))
    queues.set_agent("ana", "away", 112, "lunch")
    queues.accept(offer(queues), 115)
    ana = queues.agents(["ana"])[0]
    assert (ana.next, ana.next_reason, ana.last) == ("away", "lunch", "")
    queues.finish(offer(queues), 130, 160)
    ana = queues.agents(["ana"])[0]
    assert (ana.state, ana.offer, ana.last, ana.next_reason) == ("wrap_up", "", "o1", "lunch")
