"""The desk of an agent: what they are, the call that they have, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk_day import CALLER, Day
from visitors import Visitor
from werkzeug.test import TestResponse

from ivr.config import Settings
from ivr.store.embedded import Embedded
from ivr.web.people import create_people
from ivr.web.people.office import Office

SignedIn = Callable[..., Visitor]


@pytest.fixture
def day(office: Office) -> Day:
    """A line, a team, and nobody yet."""
    return Day(office)


@pytest.fixture
def ana(day: Day, signed_in: SignedIn) -> Visitor:
    """An agent at her desk."""
    return signed_in("ana", "agent", "ana")


def state(visitor: Visitor) -> dict[str, Any]:
    """The state of somebody's desk."""
    answer = visitor.get("/desk/state")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def words(answer: TestResponse, status: int = 200) -> str:
    """What a deed answered."""
    assert answer.status_code == status, answer.text
    return str(answer.get_json()["words"])


def test_the_page_is_for_who_works_at_a_desk(day: Day, signed_in: SignedIn) -> None:
    """Agents, supervisors and owners see it; ops and analysts do not, and strangers sign in first."""
    for number, (role, status) in enumerate(
        {"agent": 200, "supervisor": 200, "owner": 200, "ops": 403, "analyst": 403}.items()
    ):
        it = signed_in(f"someone-{number}", role)
        assert it.get("/desk").status_code == status, role
        assert it.get("/desk/state").status_code == status, role
    assert it.client.application.test_client().get("/desk").status_code == 302
    stranger = it.client.application.test_client()
    assert stranger.get("/desk/state", headers={"Accept": "application/json"}).status_code == 401


def test_what_did_not_change_is_304(ana: Visitor, day: Day) -> None:
    """A strong ETag; the same state again is answered without it, whatever the clock says; another state with it."""
    first = ana.get("/desk/state")
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    assert float(first.headers["Touchtone-Now"]) == pytest.approx(day.now, abs=5)
    same = ana.get("/desk/state", headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    assert "Touchtone-Now" in same.headers
    ana.post("/desk/available")
    changed = ana.get("/desk/state", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_asking_does_not_prolong_the_session(ana: Visitor) -> None:
    """A tab that is left open keeps nobody signed in, and no late answer undoes a sign-out; a deed prolongs it."""
    assert "Set-Cookie" not in ana.get("/desk/state").headers
    assert "Set-Cookie" in ana.post("/desk/available").headers


def test_available_and_away_with_a_reason(ana: Visitor, day: Day) -> None:
    """Both at once while no call is there; both are noted."""
    assert state(ana)["me"]["state"] == "away"
    assert words(ana.post("/desk/available")) == "You are available."
    assert state(ana)["me"]["state"] == "available"
    assert words(ana.post("/desk/away", reason="lunch")) == "You are away."
    me = state(ana)["me"]
    assert (me["state"], me["reason"]) == ("away", "lunch")
    deeds = [(it.who, it.did, dict(it.about)) for it in day.office.audit.newest(2)]
    assert deeds[0] == ("ana", "agent_away", {"agent": "ana", "reason": "lunch"})
    assert deeds[1] == ("ana", "agent_available", {"agent": "ana"})


def test_a_forged_deed_does_nothing(ana: Visitor) -> None:
    """Without the page's token nobody is made available."""
    ana.token = ""
    assert ana.post("/desk/available").status_code == 400
    assert state(ana)["me"]["state"] == "away"


def test_the_token_may_come_in_the_header(ana: Visitor) -> None:
    """As the page's script sends it."""
    answer = ana.client.post("/desk/available", headers={"X-CSRFToken": ana.token})
    assert answer.status_code == 200


def test_an_offered_call_and_what_is_known_of_it(ana: Visitor, day: Day) -> None:
    """Line, language, way, values but secrets, wait, earlier calls; the number masked."""
    day.calls("2", ends=True)
    sid = day.calls("1", "4821", "123456")
    ana.post("/desk/available")
    assert state(ana)["call"] is None
    offer = day.offers(day.waits(sid, since=120), "ana")
    it = state(ana)
    call = it["call"]
    assert it["me"]["state"] == "offered"
    assert (call["id"], call["state"], call["queue"], call["language"]) == (offer.id, "ringing", "bookings", "en-US")
    assert call["arrived"] == pytest.approx(day.now - 120, abs=5)
    known = call["known"]
    assert (known["line"], known["caller"]) == ("Meridian Coaches", "…0140")
    assert [it["words"] for it in known["path"]] == [
        "To change a booking, press 1.",
        "entered pin",
        "entered booking number",
    ]
    assert known["values"] == [
        {"name": "booking_number", "value": "123456", "asked": True},
        {"name": "pin", "value": "•••", "asked": True},
    ]
    assert [(it["line"], it["how"]) for it in known["earlier"]] == [("meridian", "completed")]
    everything = ana.get("/desk/state").get_data(as_text=True)
    assert "4821" not in everything
    assert CALLER not in everything


def test_a_call_from_its_offer_to_its_end(ana: Visitor, day: Day) -> None:
    """Ringing, talking, wrapping up with the call still shown, and available again by hand."""
    queues = day.office.queues
    ana.post("/desk/available")
    offer = day.offers(day.waits(day.calls("2")), "ana")
    assert words(ana.post("/desk/away", reason="break")) == "You will be away when the call is over."
    assert queues.accept(offer, day.now)
    assert state(ana)["call"]["state"] == "taken"
    assert state(ana)["me"]["next_reason"] == "break"
    assert queues.finish(offer, day.now, day.now + 30)
    after = state(ana)
    assert (after["me"]["state"], after["call"]["state"], after["call"]["id"]) == ("wrap_up", "over", offer.id)
    assert words(ana.post("/desk/wrapped")) == "You are away."
    after = state(ana)
    assert (after["me"]["state"], after["me"]["reason"], after["call"]) == ("away", "break", None)
    assert words(ana.post("/desk/wrapped"), 409) == "You are not wrapping up."


def test_what_became_of_a_call(ana: Visitor, day: Day) -> None:
    """A code of the queue and a note, during the talk and after it; not before, and none that the queue lacks."""
    queues = day.office.queues
    ana.post("/desk/available")
    offer = day.offers(day.waits(day.calls("2")), "ana")
    path = f"/desk/offers/{offer.id}/wrap"
    assert "no talk" in words(ana.post(path, code="refunded"), 409)
    queues.accept(offer, day.now)
    assert words(ana.post(path, code="refunded", note="Ticket 12 was double.")) == "Noted."
    queues.finish(offer, day.now, day.now + 30)
    assert "has no code" in words(ana.post(path, code="pleased"), 400)
    call = state(ana)["call"]
    assert (call["code"], call["note"]) == ("refunded", "Ticket 12 was double.")
    noted = day.office.audit.newest(1)[0]
    assert (noted.did, noted.about["code"]) == ("wrapped_up", "refunded")
    assert "Ticket" not in str(noted.about)


@pytest.mark.parametrize(
    ("to", "kept", "said"),
    [
        ("queue:lost_property", "queue:lost_property", "Hang up, and the caller waits in lost_property."),
        ("step:booking", "step:booking", "Hang up, and the caller goes to booking."),
        ("dial:(212) 555-0123", "dial:+12125550123", "+1 212-555-0123 is dialled"),
        ("dial:12", None, "cannot be dialled"),
        ("dial:+1 650 253 0000", "dial:+16502530000", "Hang up, and +1 650-253-0000 is dialled for the caller."),
        ("dial:+442079460000", None, "numbers of GB are not allowed"),
        ("dial:+19002345678", None, "cannot be dialled"),
        ("queue:nowhere", None, "no such queue or step"),
        ("step:nowhere", None, "no such queue or step"),
        ("", "", "not sent on"),
    ],
)
def test_sending_on(ana: Visitor, day: Day, to: str, kept: str | None, said: str) -> None:
    """A queue of the team, a step of the caller's line, a number of a country that the queue allows; or nowhere."""
    ana.post("/desk/available")
    offer = day.offers(day.waits(day.calls("2")), "ana")
    day.office.queues.accept(offer, day.now)
    day.office.queues.send_on(offer.id, "queue:before")
    answer = ana.post(f"/desk/offers/{offer.id}/onward", to=to)
    assert said in words(answer, 400 if kept is None else 200)
    found = day.office.queues.offered(offer.id)
    assert found is not None
    assert found.onward == ("queue:before" if kept is None else kept)


def test_what_the_agent_before_said(ana: Visitor, day: Day) -> None:
    """Who takes a call that was sent on sees who had it, and what they noted of it."""
    queues, sid = day.office.queues, day.calls("2")
    queues.set_agent("raj", "available", day.now)
    first = day.offers(day.waits(sid), "raj")
    queues.accept(first, day.now)
    queues.set_wrap_code(first.id, "refunded", "Twice charged.")
    queues.finish(first, day.now)
    event: dict[str, object] = {"kind": "connected", "step": "wait", "agent": "raj", "offer": first.id}
    day.happened(sid, day.office.clock(), event, seq=50)
    ana.post("/desk/available")
    day.offers(day.waits(sid), "ana")
    call = state(ana)["call"]
    assert call["before"] == [{"agent": "Raj Patel", "queue": "bookings", "code": "refunded", "note": "Twice charged."}]
    assert call["known"]["path"][-1]["words"] == "talked with raj"


def test_only_a_call_that_is_there_is_sent_on(ana: Visitor, day: Day) -> None:
    """Not while it rings, and not when it is over."""
    ana.post("/desk/available")
    offer = day.offers(day.waits(day.calls("2")), "ana")
    assert "not taken yet" in words(ana.post(f"/desk/offers/{offer.id}/onward", to="queue:lost_property"), 409)


def test_a_call_of_somebody_else(day: Day, ana: Visitor, signed_in: SignedIn) -> None:
    """Another agent sees nothing of it, and can say nothing of it."""
    raj = signed_in("raj", "agent", "raj")
    ana.post("/desk/available")
    offer = day.offers(day.waits(day.calls("2")), "ana")
    day.office.queues.accept(offer, day.now)
    assert state(raj)["call"] is None
    assert raj.post(f"/desk/offers/{offer.id}/wrap", note="mine").status_code == 404
    assert raj.post(f"/desk/offers/{offer.id}/onward", to="").status_code == 404


def test_whole_numbers_are_for_who_may_see_them(day: Day, ana: Visitor, signed_in: SignedIn) -> None:
    """A supervisor may, and it is noted; an agent may not."""
    ana.post("/desk/available")
    offer = day.offers(day.waits(day.calls("2")), "ana")
    assert ana.post(f"/desk/offers/{offer.id}/number").status_code == 403
    sue = signed_in("sue", "supervisor")
    assert words(sue.post(f"/desk/offers/{offer.id}/number")) == "+1 500-555-0140"
    noted = day.office.audit.newest(1)[0]
    assert (noted.who, noted.did, noted.about["call"]) == ("sue", "number_seen", offer.sid)


@pytest.mark.parametrize(("agent", "said"), [(None, "belongs to no agent"), ("tom", "no agent named")])
def test_who_is_no_agent_is_told_what_to_do(day: Day, signed_in: SignedIn, agent: str | None, said: str) -> None:
    """The page says who can help, and how; tasks are there all the same."""
    it = signed_in("tom", "agent", agent)
    page = it.get("/desk").get_data(as_text=True)
    assert said in page
    assert "team.yaml" in page
    assert 'id="available"' not in page
    assert state(it) == {
        "me": None,
        "call": None,
        "queues": [],
        "messages": [],
        "done": [],
        "callbacks": [],
        "over": [],
    }
    assert it.post("/desk/available").status_code == 409


def test_an_owner_says_who_somebody_is(day: Day, signed_in: SignedIn) -> None:
    """The people page takes the agent's name, and the desk is theirs when they sign in again."""
    olga = signed_in("olga", "owner")
    person = day.office.people.add("tom", "agent", None)
    olga.get("/people")
    olga.post(f"/people/{person.id}", role="agent", agent="raj")
    changed = day.office.people.get(person.id)
    assert changed is not None
    assert changed.agent == "raj"


def test_the_queues_of_an_agent(ana: Visitor, day: Day) -> None:
    """Who waits there, since when, and how many are free."""
    first = day.waits(day.calls("2"), since=90)
    day.waits(day.calls("2"), since=30)
    ana.post("/desk/available")
    assert state(ana)["queues"] == [
        {"name": "bookings", "waiting": 2, "first": first.arrived, "free": 1, "there": 1},
    ]


def test_redis_away_is_told_in_words(day: Day, signed_in: SignedIn, settings: Settings, tmp_path: Path) -> None:
    """503, and nothing of the inside; the page tries again."""
    ana = signed_in("ana", "agent", "ana")
    with Embedded(tmp_path / "own") as own:
        people = create_people(replace(settings, redis_url=own.url))
    with closing(people.extensions["ivr"]):
        elsewhere = people.test_client()
        cookie = ana.client.get_cookie("touchtone")
        assert cookie is not None
        elsewhere.set_cookie("touchtone", cookie.value)
        answer = elsewhere.get("/desk/state", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert "cannot be reached" in answer.get_data(as_text=True)
