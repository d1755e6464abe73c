"""What supervisors see and do: queues, callers and agents as they are now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from desk_day import CALLER, Day
from test_desk import day, words
from visitors import Visitor

__all__ = ["day"]

SignedIn = Callable[..., Visitor]


@pytest.fixture
def sue(day: Day, signed_in: SignedIn) -> Visitor:
    """A supervisor."""
    it = signed_in("sue", "supervisor")
    it.get("/desk/live")
    return it


def live(visitor: Visitor) -> tuple[dict[str, Any], dict[str, Any]]:
    """Queues and agents by name."""
    answer = visitor.get("/desk/live/state")
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    return {it["name"]: it for it in found["queues"]}, {it["name"]: it for it in found["agents"]}


def test_only_supervisors_and_owners_see_it(day: Day, signed_in: SignedIn) -> None:
    """An agent gets 403, for the page, its state and its deeds, and no link to it."""
    ana = signed_in("ana", "agent", "ana")
    assert "/desk/live" not in ana.get("/desk").get_data(as_text=True)
    assert ana.get("/desk/live").status_code == ana.get("/desk/live/state").status_code == 403
    assert ana.post("/desk/live/agent", agent="raj", state="away").status_code == 403
    assert ana.post("/desk/live/move", sid="CA1", queue="bookings").status_code == 403
    assert signed_in("olga", "owner").get("/desk/live/state").status_code == 200


def test_the_navigation_marks_one_page(sue: Visitor) -> None:
    """The live page lies below the desk, and is not the desk."""
    page = sue.get("/desk/live").get_data(as_text=True)
    assert page.count("aria-current") == 1
    assert 'href="/desk/live" aria-current="page"' in page


def test_queues_and_agents_as_they_are(day: Day, sue: Visitor) -> None:
    """Who waits, for how long, who is free, who rings, who is away and why; numbers masked."""
    queues = day.office.queues
    queues.set_agent("ana", "available", day.now)
    queues.set_agent("raj", "available", day.now)
    queues.set_agent("mei", "away", day.now, "lunch")
    first = day.waits(day.calls("2"), since=200)
    second = day.waits(day.calls("2"), since=100, language="es-MX")
    offer = day.offers(first, "ana")
    found, agents = live(sue)
    bookings = found["bookings"]
    assert (bookings["waiting"], bookings["longest"]) == (2, first.arrived)
    assert bookings["agents"] == {"available": 1, "offered": 1, "talking": 0, "wrap_up": 0, "away": 0}
    assert [(it["sid"], it["caller"], it["language"], it["state"], it["agent"]) for it in bookings["callers"]] == [
        (first.sid, "…0140", "en-US", "offered", "ana"),
        (second.sid, "…0140", "es-MX", "waiting", ""),
    ]
    assert found["lost_property"]["agents"]["away"] == 1
    assert (agents["mei"]["state"], agents["mei"]["reason"]) == ("away", "lunch")
    assert (agents["ana"]["state"], agents["ana"]["call"]["queue"]) == ("offered", "bookings")
    queues.accept(offer, day.now)
    found, agents = live(sue)
    assert agents["ana"]["state"] == "talking"
    assert found["bookings"]["waiting"] == 1
    assert CALLER not in sue.get("/desk/live/state").get_data(as_text=True)


def test_what_did_not_change_is_304(day: Day, sue: Visitor) -> None:
    """A second look at the same queues carries no body."""
    day.waits(day.calls("2"))
    tag = sue.get("/desk/live/state").headers["ETag"]
    assert sue.get("/desk/live/state", headers={"If-None-Match": tag}).status_code == 304


def test_the_service_level_of_today(day: Day, sue: Visitor) -> None:
    """Of four callers one was in time for the first queue's aim; the other queue's aim is longer."""
    now = day.office.clock()
    for number, (queue, waited) in enumerate([("bookings", 8), ("bookings", 45), ("lost_property", 45)]):
        event: dict[str, object] = {"kind": "connected", "step": "wait", "queue": queue, "waited": waited}
        day.happened(f"CA{number}", now, event)
    gone: dict[str, object] = {"kind": "abandoned", "step": "wait", "queue": "bookings"}
    day.happened("CA8", now, gone | {"waited": 30})
    day.happened("CA9", now, gone | {"waited": 2})
    found, _ = live(sue)
    level = found["bookings"]["level"]
    assert level["value"] == pytest.approx(1 / 3)
    assert (level["n"], level["abandoned"], level["short"]) == (3, 2, 1)
    assert level["low"] < 1 / 3 < level["high"]
    assert found["bookings"]["aim"] == {"share": 0.8, "seconds": 20}
    assert found["lost_property"]["level"]["value"] == 1
    assert found["lost_property"]["aim"]["seconds"] == 60


def test_a_caller_is_moved_and_keeps_their_place_in_time(day: Day, sue: Visitor) -> None:
    """In the other queue they stand where they would stand had they come there."""
    long, short = day.waits(day.calls("2"), since=300), day.waits(day.calls("2"), "lost_property", since=100)
    last = day.waits(day.calls("2"), "lost_property", since=400)
    assert words(sue.post("/desk/live/move", sid=long.sid, queue="lost_property")) == (
        "Moved to lost_property, where nobody is in."
    )
    assert day.office.queues.everybody("lost_property") == [last.sid, long.sid, short.sid]
    assert day.office.queues.everybody("bookings") == []
    noted = day.office.audit.newest(1)[0]
    assert (noted.did, dict(noted.about)) == (
        "caller_moved",
        {"call": long.sid, "queue": "bookings", "to": "lost_property"},
    )


def test_who_is_being_offered_is_not_moved(day: Day, sue: Visitor) -> None:
    """Nor somebody who has gone; and there must be such a queue."""
    day.office.queues.set_agent("ana", "available", day.now)
    waiting = day.waits(day.calls("2"))
    day.offers(waiting, "ana")
    assert "wait no longer" in words(sue.post("/desk/live/move", sid=waiting.sid, queue="lost_property"), 409)
    assert "wait no longer" in words(sue.post("/desk/live/move", sid="CAgone", queue="lost_property"), 409)
    assert sue.post("/desk/live/move", sid=waiting.sid, queue="nowhere").status_code == 400


def test_an_agents_state_is_set(day: Day, sue: Visitor) -> None:
    """At once while they have no call, afterwards while they have one; by whom is their reason, and noted."""
    assert words(sue.post("/desk/live/agent", agent="ana", state="available")) == "Ana Ruiz is available."
    assert words(sue.post("/desk/live/agent", agent="ana", state="away")) == "Ana Ruiz is away."
    _, agents = live(sue)
    assert (agents["ana"]["state"], agents["ana"]["reason"]) == ("away", "set by sue")
    sue.post("/desk/live/agent", agent="ana", state="available")
    day.office.queues.accept(day.offers(day.waits(day.calls("2")), "ana"), day.now)
    assert words(sue.post("/desk/live/agent", agent="ana", state="away")) == "Ana Ruiz will be away after the call."
    assert sue.post("/desk/live/agent", agent="nobody", state="away").status_code == 404
    assert sue.post("/desk/live/agent", agent="ana", state="asleep").status_code == 400
    assert [it.did for it in day.office.audit.newest(2)] == ["agent_away", "agent_available"]
