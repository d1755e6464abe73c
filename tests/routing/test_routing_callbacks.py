"""Callbacks: booked where they may be, made when their turn has come, with the place of their caller."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staff import TEAM, free, team, waiter

from ivr.menu.team import Team
from ivr.routing.callbacks import Callback, Calls, Refusal, after, booking, due, offered
from ivr.routing.order import in_order

NOON = datetime(2026, 6, 2, 17, 0, tzinfo=UTC).timestamp()  # a Tuesday, 12:00 in Chicago
NUMBER = "+12125550123"


def staff(**more: str) -> Team:
    """A team whose bookings are open in office hours and offer a callback."""
    keys = {
        "callback": "{after: 2m, tries: 3, again: 10m, a_day: 5}",
        "allow": "[US, MX]",
        "hours": "Mo-Fr 08:00-18:00",
    }
    return team("timezone: America/Chicago\n" + TEAM, **(keys | more))


def callback(
    id_: str, arrived: float = NOON - 300, tries: int = 0, not_before: float = 0, start: float = 0
) -> Callback:
    """One that waits."""
    return Callback(id_, "bookings", NUMBER, "en-US", arrived, start, tries, not_before)


@pytest.mark.parametrize(
    ("number", "open_numbers", "today", "found"),
    [
        (NUMBER, (), 0, NUMBER),
        ("(212) 555-0123", (), 0, NUMBER),
        ("+525512345678", (), 4, "+525512345678"),
        ("+442079460018", (), 0, "numbers of GB are not allowed"),
        ("anonymous", (), 0, "this is no phone number"),
        ("", (), 0, "this is no phone number"),
        ("+19005551234", (), 0, "numbers that cost more than a call are not allowed"),
        (NUMBER, (NUMBER,), 0, "this number has a callback already"),
        (NUMBER, (), 5, "there were 5 callbacks today, and no more are allowed"),
    ],
)
def test_a_callback_is_booked_where_it_may_be(
    number: str, open_numbers: tuple[str, ...], today: int, found: str
) -> None:
    """To allowed countries, one a number, within the day's cap; each refusal says why."""
    booked = booking(staff().queues["bookings"], number, open_numbers, today)
    assert booked == found or booked == Refusal(found)
    assert offered(staff().queues["bookings"], 120, number, open_numbers, today) == isinstance(booked, str)


def test_it_is_offered_after_a_while_and_only_where_the_queue_does() -> None:
    """Not before `after`, and never without `callback:`."""
    assert not offered(staff().queues["bookings"], 119, NUMBER, (), 0)
    assert not offered(team().queues["bookings"], 999, NUMBER, (), 0)
    assert booking(team().queues["bookings"], NUMBER, (), 0) == Refusal("this queue offers no callback")


def ids(found: list[Callback]) -> list[str]:
    """Which they are."""
    return [it.id for it in found]


def test_a_callback_is_made_when_its_turn_has_come() -> None:
    """It stands where its caller stood: behind who came before, before who came after."""
    it = staff()
    early, late = waiter("live1", NOON - 400), waiter("live2", NOON - 100)
    waiting = [callback("cb1", NOON - 300), callback("cb2", NOON - 200)]
    two = free(it, "ana", "raj")
    assert ids(due(it, "bookings", waiting, [early, late], two, Calls(), NOON)) == ["cb1"]
    assert ids(due(it, "bookings", waiting, [late], two, Calls(), NOON)) == ["cb1", "cb2"]
    assert ids(due(it, "bookings", waiting, [early, late], two[:1], Calls(), NOON)) == []
    assert ids(due(it, "bookings", waiting, [early], free(it, "ana", "raj", "eva"), Calls(), NOON)) == ["cb1"]
    assert ids(due(it, "bookings", [callback("cb1", NOON - 300, start=200)], [early], two[:1], Calls(), NOON)) == [
        "cb1"
    ]


def test_never_more_are_under_way_than_agents_are_free() -> None:
    """Calls that ring already count, each for one agent."""
    it = staff()
    waiting = [callback(f"cb{n}", NOON - 300 + n) for n in range(9)]
    two = free(it, "ana", "raj")
    assert [len(due(it, "bookings", waiting, [], two, Calls(under_way=n), NOON)) for n in range(4)] == [2, 1, 0, 0]
    assert due(it, "bookings", waiting, [], [], Calls(), NOON) == []


@pytest.mark.parametrize(
    ("shift", "one", "calls"),
    [
        (12 * 3600, callback("cb1"), Calls()),  # outside the hours
        (0, callback("cb1", not_before=NOON + 1), Calls()),
        (0, callback("cb1", tries=3), Calls()),
        (0, callback("cb1"), Calls(today=5)),
    ],
)
def test_none_is_made_at_a_wrong_time_or_too_often(shift: float, one: Callback, calls: Calls) -> None:
    """Inside hours, after a pause, so many tries, so many a day."""
    it = staff()
    assert due(it, "bookings", [one], [], free(it, "ana"), calls, NOON + shift) == []
    assert due(it, "bookings", [callback("cb1")], [], free(it, "ana"), Calls(), NOON) == [callback("cb1")]


def test_a_try_that_failed_comes_again_later_in_the_same_place() -> None:
    """The place is that of the arrival; the third failure is the last."""
    queue = staff().queues["bookings"]
    first = after(queue, callback("cb1"), "busy", NOON)
    assert first == callback("cb1", tries=1, not_before=NOON + 600)
    second = after(queue, first, "no_answer", NOON + 600)
    assert second is not None
    assert second.arrived == NOON - 300
    assert after(queue, second, "failed", NOON + 1200) is None
    assert after(queue, callback("cb1"), "done", NOON) is None


moments = st.integers(0, 600).map(lambda ago: NOON - ago)


@settings(deadline=None)
@given(st.lists(moments, max_size=6), st.lists(moments, max_size=6), st.integers(0, 3), st.integers(0, 3))
def test_callbacks_neither_jump_nor_starve(booked: list[float], live: list[float], agents: int, under_way: int) -> None:
    """What is made is exactly what stands among the first of all, as many as there are agents to take them."""
    it = staff()
    waiting = [callback(f"cb{n}", at) for n, at in enumerate(booked)]
    callers = [waiter(f"CA{n}", at) for n, at in enumerate(live)]
    people = free(it, *["raj", "ana"][:agents])
    found = due(it, "bookings", waiting, callers, people, Calls(under_way=under_way), NOON)
    room = max(len(people) - under_way, 0)
    first = in_order([*callers, *(one.waiter for one in waiting)])[:room]
    assert ids(found) == [one.sid for one in first if one.sid.startswith("cb")]
