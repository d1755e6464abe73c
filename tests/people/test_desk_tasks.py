"""Tasks at the desk: messages until somebody resolves them, callbacks until they are over or cancelled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desk_day import CALLER, Day
from test_desk import ana, day, state, words
from visitors import Visitor

__all__ = ["ana", "day"]

SignedIn = Callable[..., Visitor]


def test_whose_messages_one_sees(day: Day, ana: Visitor, signed_in: SignedIn) -> None:
    """An agent those of the boxes of their queues; a supervisor all, those of boxes without a queue too."""
    day.leaves_message("bookings")
    day.leaves_message("lost_property", audio="waiting")
    day.leaves_message("general", audio="failed")
    assert [it["box"] for it in state(ana)["messages"]] == ["bookings"]
    sue = signed_in("sue", "supervisor")
    assert [(it["box"], it["audio"]) for it in state(sue)["messages"]] == [
        ("bookings", "kept"),
        ("lost_property", "waiting"),
        ("general", "failed"),
    ]


def test_hearing_a_message_is_noted_once(day: Day, ana: Visitor) -> None:
    """A player fetches ranges; the first of them counts as the listening."""
    id_ = day.leaves_message(seconds=2)
    with ana.client.get(f"/desk/messages/{id_}.wav") as whole:
        assert (whole.status_code, whole.mimetype, whole.data[:4]) == (200, "audio/wav", b"RIFF")
        assert "public" not in whole.headers["Cache-Control"]
    with ana.client.get(f"/desk/messages/{id_}.wav", headers={"Range": "bytes=100-199"}) as part:
        assert (part.status_code, len(part.data)) == (206, 100)
    heard = day.office.audit.newest(10, "message_heard")
    assert [(it.who, dict(it.about)) for it in heard] == [("ana", {"message": str(id_), "box": "bookings"})]


def test_a_listening_that_begins_in_the_middle_is_noted(day: Day, ana: Visitor, signed_in: SignedIn) -> None:
    """Nobody hears all but the first byte unnoted; whoever listens is noted for themselves."""
    id_ = day.leaves_message(seconds=2)
    for visitor in (ana, signed_in("sue", "supervisor")):
        for wanted in ("bytes=1-", "bytes=100-199"):
            with visitor.client.get(f"/desk/messages/{id_}.wav", headers={"Range": wanted}) as part:
                assert part.status_code == 206
    assert [it.who for it in day.office.audit.newest(10, "message_heard")] == ["sue", "ana"]


def test_what_one_may_not_hear(day: Day, ana: Visitor, signed_in: SignedIn) -> None:
    """Another queue's message is not there for an agent, nor audio that was not fetched; ops hear nothing."""
    other, waiting = day.leaves_message("lost_property"), day.leaves_message(audio="waiting")
    assert ana.get(f"/desk/messages/{other}.wav").status_code == 404
    assert ana.get(f"/desk/messages/{waiting}.wav").status_code == 404
    assert ana.get("/desk/messages/999.wav").status_code == 404
    assert signed_in("otto", "ops").get(f"/desk/messages/{other}.wav").status_code == 403
    with signed_in("sue", "supervisor").client.get(f"/desk/messages/{other}.wav") as heard:
        assert heard.status_code == 200


def test_resolving_and_opening_again(day: Day, ana: Visitor) -> None:
    """Resolved with a note it is among those done; opened again it is a task again; twice is told."""
    id_ = day.leaves_message()
    assert words(ana.post(f"/desk/messages/{id_}/resolve", note="Called them back.")) == "Resolved."
    assert "a moment ago" in words(ana.post(f"/desk/messages/{id_}/resolve"), 409)
    it = state(ana)
    assert it["messages"] == []
    assert [(one["id"], one["by"], one["note"]) for one in it["done"]] == [(id_, "ana", "Called them back.")]
    assert words(ana.post(f"/desk/messages/{id_}/reopen")) == "It is open again."
    assert "open already" in words(ana.post(f"/desk/messages/{id_}/reopen"), 409)
    assert [one["id"] for one in state(ana)["messages"]] == [id_]
    assert [it.did for it in day.office.audit.newest(2)] == ["message_reopened", "message_resolved"]


def test_another_queues_message_cannot_be_resolved(day: Day, ana: Visitor) -> None:
    """It is not there for them."""
    assert ana.post(f"/desk/messages/{day.leaves_message('lost_property')}/resolve").status_code == 404


@pytest.mark.parametrize("how", ["booked", "calling", "waiting"])
def test_a_callback_is_cancelled_in_every_state_before_the_talk(day: Day, ana: Visitor, how: str) -> None:
    """It is seen in each, with masked number, and cancelled in each; then it is over, by whom."""
    callback = day.wants_callback(state=how)
    shown = state(ana)["callbacks"]
    assert [(it["id"], it["state"], it["caller"]) for it in shown] == [(callback.id, how, "…0140")]
    assert words(ana.post(f"/desk/callbacks/{callback.id}/cancel")) == "Cancelled."
    it = state(ana)
    assert it["callbacks"] == []
    assert [(one["state"], one["who"]) for one in it["over"]] == [("cancelled", "ana")]
    assert day.office.audit.newest(1)[0].did == "callback_cancelled"


def test_a_callback_in_which_somebody_talks_is_not_cancelled(day: Day, ana: Visitor) -> None:
    """Nobody takes the phone out of their hand."""
    callback = day.wants_callback(state="talking")
    assert [it["state"] for it in state(ana)["callbacks"]] == ["talking"]
    assert "talking already" in words(ana.post(f"/desk/callbacks/{callback.id}/cancel"), 409)


def test_another_queues_callback_is_not_there(day: Day, ana: Visitor) -> None:
    """Neither seen nor cancelled."""
    callback = day.wants_callback("lost_property")
    assert state(ana)["callbacks"] == []
    assert ana.post(f"/desk/callbacks/{callback.id}/cancel").status_code == 404


def test_the_whole_number_of_a_callback(day: Day, ana: Visitor, signed_in: SignedIn) -> None:
    """For a supervisor, noted; never in the state."""
    callback = day.wants_callback()
    assert ana.post(f"/desk/callbacks/{callback.id}/number").status_code == 403
    sue = signed_in("sue", "supervisor")
    assert words(sue.post(f"/desk/callbacks/{callback.id}/number")) == CALLER
    assert day.office.audit.newest(1)[0].did == "number_seen"
    assert CALLER not in sue.get("/desk/state").get_data(as_text=True)
    day.office.callbacks.cancel(callback.id, "sue", "", day.office.clock())
    assert "no longer" in words(sue.post(f"/desk/callbacks/{callback.id}/number"), 409)
