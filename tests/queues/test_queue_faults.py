"""A queue when things go wrong: webhooks twice, late and out of order, a carrier that refuses, a team that changes,
workers that die. No caller is lost, none has two agents, no agent is stuck.
"""

import time
from pathlib import Path

import httpx
import pytest
from hall import ANA, RAJ, SECOND, TEAM, THIRD, Hall, hall, heard, talks

from ivr.call.inputs import Accepted
from ivr.carrier import rest
from ivr.phone import Dialed, Faults
from ivr.phone.signature import sign
from ivr.store.embedded import Embedded
from ivr.store.queues import Due, Waiting

pytestmark = pytest.mark.long


READ_AGAIN = 0.6
"""Seconds of real time after which the team file is looked at again."""


ANSWERED = ["entered 1", "offered ana", "missed ana", "offered raj", "connected raj", "completed raj by agent"]


# Webhooks


@pytest.mark.parametrize(
    "faults",
    [
        Faults(webhooks_twice=True, status_twice=True),
        Faults(status_late=30),
        Faults(status_reversed=True),
        Faults(action_first=True),
        Faults(webhooks_twice=True, status_twice=True, status_reversed=True, action_first=True),
    ],
    ids=["twice", "late", "reversed", "action first", "all"],
)
def test_webhooks_may_come_twice_late_and_in_any_order(h: Hall, faults: Faults) -> None:
    """The log of a busy agent, a talk, a caller moved by REST and one who hangs up is what it is without faults."""
    h.exchange.faults = faults
    h.agent("ana")
    h.agent("raj")
    h.phone(ANA, Dialed("busy"))
    h.phone(RAJ, talks(100))
    first = h.call("wait:900")
    second = h.call("wait:900", after=5, from_=SECOND)
    gone = h.call("wait:40 hangup", after=6, from_=THIRD)
    last = h.call("wait:250 hangup", after=20, from_=THIRD)
    h.run()
    assert h.story(first) == ANSWERED
    assert h.story(second) == ["entered 2", "offered raj", "connected raj", "completed raj by agent"]
    assert h.story(gone) == ["entered 3", "abandoned 2"]
    assert h.story(last)[0] == "entered 3"
    assert h.story(last)[-1] in ("abandoned 1", "completed raj by caller")
    h.nothing_is_left()


def test_old_webhooks_of_a_wait_change_nothing(h: Hall) -> None:
    """Every request of a finished call comes once more: nobody waits, nobody is called, the log stays as it is."""
    h.agent("ana")
    h.phone(ANA, talks(30))
    asked: list[httpx.Request] = []
    legs = [h.call("wait:900"), h.call("wait:900", after=5, from_=SECOND)]
    h.run()
    stories = [h.story(leg) for leg in legs]
    before = len(h.exchange.legs)
    for leg in legs:
        for turn in range(4):
            for path in (f"{turn}", f"{turn}/wait/1", f"{turn}/wait/7", "offer/0123"):
                form = {"CallSid": leg.sid, "From": leg.from_, "To": leg.to, "CallStatus": "in-progress"}
                form |= {"QueueResult": "leave", "Digits": "*"}
                url = f"{h.url}/voice/{leg.sid}/{path}"
                answer = httpx.post(
                    url, data=form, headers={"X-Twilio-Signature": sign(h.exchange.auth_token, url, form)}
                )
                assert answer.status_code == 200
                asked.append(answer.request)
    h.run(60)
    assert asked
    assert [h.story(leg) for leg in legs] == stories
    assert len(h.exchange.legs) == before
    h.nothing_is_left()


# The carrier


@pytest.mark.parametrize("status", [404, 500, 429, None])
def test_a_move_that_fails_costs_a_piece_of_hold_audio(
    tmp_path: Path, valkey: Embedded, status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever REST answers, or if it never does, the caller comes to the agent, who is not blamed."""
    monkeypatch.setattr(rest, "TIMEOUT", 0.3)
    with hall(tmp_path, valkey.url) as h:
        h.agent("ana")
        h.phone(ANA, talks(67))
        h.call("wait:900")
        second = h.call("wait:900", after=5, from_=SECOND)
        h.run(60)
        h.rest.answer_next(status, status)
        h.run()
        assert len(h.rest.asked) >= 1
        assert h.story(second)[-2:] == ["connected ana", "completed ana by agent"]
        assert "missed ana" not in h.story(second)
        h.nothing_is_left()


def test_without_an_account_callers_come_with_the_next_piece(tmp_path: Path, valkey: Embedded) -> None:
    """No REST call is made; the one who waits is connected within a piece of hold audio."""
    with hall(tmp_path, valkey.url, account=False) as h:
        h.agent("ana")
        h.phone(ANA, talks(60))
        first = h.call("wait:900")
        second = h.call("wait:900", after=5, from_=SECOND)
        h.run()
        free = h.connected_at(first).timestamp() + 60 + 30
        assert h.rest.asked == []
        assert h.connected_at(second).timestamp() - free < 10 + 3 + 8
        h.nothing_is_left()


# The team changes


def test_an_agent_who_is_removed_is_offered_nobody(h: Hall) -> None:
    """Callers who wait go to those who are left."""
    h.agent("ana")
    h.phone(ANA, talks(60))
    h.phone(RAJ, talks(60))
    h.call("wait:900")
    second = h.call("wait:900", after=5, from_=SECOND)
    h.run(60)
    h.team_file.write_text(TEAM.replace("agents: [ana, raj]", "agents: [raj]"), encoding="utf-8")
    time.sleep(READ_AGAIN)
    h.run(60)
    h.agent("raj")
    h.run()
    assert h.story(second) == ["entered 2", "offered raj", "connected raj", "completed raj by agent"]
    h.nothing_is_left()


def test_a_queue_that_is_removed_lets_its_callers_go_to_the_last_resort(h: Hall) -> None:
    """They are not left in a queue that nobody serves; who talks goes on talking."""
    h.agent("ana")
    h.phone(ANA, talks(200))
    h.phone("+15005550199", talks(20))
    first = h.call("wait:900")
    second = h.call("wait:900", after=5, from_=SECOND)
    h.run(60)
    h.team_file.write_text(TEAM.replace("  bookings:", "  others:"), encoding="utf-8")
    time.sleep(READ_AGAIN)
    h.run()
    assert h.story(first)[-1] == "completed ana by agent"
    assert h.story(second) == ["entered 2", "exited unavailable"]
    assert "dial   +15005550199" in heard(second)
    assert h.parts.queues.everybody("bookings") == []


def test_a_broken_team_file_changes_nothing(h: Hall) -> None:
    """The last good team stays, and callers are answered."""
    h.agent("ana")
    h.phone(ANA, talks(60))
    h.call("wait:900")
    second = h.call("wait:900", after=5, from_=SECOND)
    h.run(60)
    h.team_file.write_text("agents: {ana: [", encoding="utf-8")
    time.sleep(READ_AGAIN)
    h.run()
    assert h.story(second)[-1] == "completed ana by agent"
    h.nothing_is_left()


# Somebody dies on the way


def test_an_offer_after_which_nothing_happens_is_given_back(h: Hall) -> None:
    """Made, and whoever made it is gone before the caller's leg was moved: both are free, and nobody is blamed."""
    h.agent("ana")
    h.phone(ANA, talks(60))
    h.call("wait:900")
    second = h.call("wait:900", after=5, from_=SECOND)
    h.run(60)
    h.exchange.loop.every(0.25, lambda: h.redis.delete(*h.redis.keys("*:outbox") or ["none"]))
    h.run()
    assert h.story(second)[-1] == "completed ana by agent"
    h.nothing_is_left()


def test_a_caller_who_vanishes_without_a_word_is_taken_out(h: Hall) -> None:
    """No webhook, no status, nothing any more: the reaper lets go of them, and the next caller is answered."""
    h.agent("ana")
    h.phone(ANA, talks(60))
    h.call("wait:900")
    lost = Waiting("CAlost", "bookings", "en-US", h.now().timestamp() + 1, h.now().timestamp() + 1)
    h.parts.queues.join(lost, heard_by=h.now().timestamp() + 90)
    last = h.call("wait:900", after=10, from_=THIRD)
    h.run()
    h.run(120)
    assert h.story(last)[-1] == "completed ana by agent"
    h.nothing_is_left()


def test_a_web_process_that_dies_after_the_agent_pressed_one(h: Hall) -> None:
    """Taken in the slot, and the carrier never got the answer: the caller is back in the first place, not lost."""
    h.agent("ana")
    h.phone(ANA, Dialed("voicemail"), talks(60))  # presses nothing, but the slot hears that it was taken
    leg = h.call("wait:900")

    def takes() -> None:
        waiting = h.parts.queues.caller(leg.sid)
        if waiting and waiting.state == "offered":
            offer = h.parts.queues.offered(waiting.offer)
            assert offer is not None
            if offer.came and offer.agent == "ana" and not taken:
                taken.append(h.parts.room.accept(offer, h.now()))

    taken: list[bool] = []
    h.exchange.every(1, takes)
    h.run()
    assert taken == [True]
    assert h.story(leg)[:3] == ["entered 1", "offered ana", "missed ana"]
    assert h.story(leg)[-2:] == ["connected ana", "completed ana by agent"]
    h.nothing_is_left()


def test_who_hangs_up_as_the_agent_presses_one_was_answered(h: Hall) -> None:
    """Taken, and gone before the two were connected: the wait has one end in the log, and the agent is free."""
    h.agent("ana")
    h.phone(ANA, Dialed("answered", 60, after=3, press=""))
    leg = h.call("wait:8 hangup")

    def takes() -> None:
        waiting = h.parts.queues.caller(leg.sid)
        offer = h.parts.queues.offered(waiting.offer) if waiting else None
        assert offer is not None
        assert h.parts.room.accept(offer, h.now())
        h.parts.switchboard.note(leg.sid, Accepted(h.now(), offer.id))

    h.exchange.after(7, takes)
    h.run()
    assert h.story(leg) == ["entered 1", "offered ana", "connected ana", "completed ana by caller"]
    h.nothing_is_left()


def test_a_talk_whose_end_nobody_told_is_ended_with_the_call(h: Hall) -> None:
    """The slot was not told: once the call is over the agent wraps up."""
    h.agent("ana")
    h.phone(ANA, talks(400))
    leg = h.call("wait:900")
    h.run(30)
    assert h.states()["ana"] == "talking"
    h.redis.delete(*[key for key in h.redis.keys("*") if key.endswith(b"call:" + leg.sid.encode())])
    assert Due("caller", leg.sid) in h.parts.queues.due(9e12)
    h.run(120)
    assert h.states()["ana"] in ("wrap_up", "available")
