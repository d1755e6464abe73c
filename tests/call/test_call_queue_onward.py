"""Sent on by an agent, and moved by a supervisor: to a step, another queue, a number; in and out of order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from calling import NOON, Line, happened, heard, new_call, transcript
from test_call_queue import JOIN, JOINED, queue_line, waiting

from ivr.call import replay
from ivr.call.inputs import Waited
from ivr.call.queue_events import Abandoned
from ivr.call.wants import JoinQueue

TALKED = f"""
        {JOIN}
        {JOINED}
        clock 2026-06-02T17:01:00
        waited k=1 move=yes      | (leave)
        offered o1 ana
        accepted o1
        clock 2026-06-02T17:03:00"""


def talked(onward: str) -> Line:
    """A call whose agent has hung up, having said where the caller goes."""
    call = waiting()
    call.take("waited k=1 move=yes", "offered o1 ana", "accepted o1", f"dialed answered onward={onward}")
    return call


def test_on_to_a_step() -> None:
    """The talk is over as any, and the caller is where the agent sent them."""
    transcript(
        queue_line(),
        f"""{TALKED}
        dialed answered onward=step:gone | You left. (hangup) | completed bookings ana 60 120 agent, sent_on bookings ana step:gone, entered gone, ended line
        """,  # noqa: E501
    )


@pytest.mark.parametrize("onward", ["step:nowhere", "step:", "queue:", "dial:", "elsewhere"])
def test_on_to_nowhere_is_the_exit(onward: str) -> None:
    """A step that this call's version does not have: what the menu says of a talk that is over, and an event."""
    call = talked(onward)
    assert heard(call.turns[-1]) == "Bye. (hangup)"
    assert f"sent_on bookings ana {onward} there is no such place, entered bye" in happened(call.events)


def test_on_to_another_queue() -> None:
    """The wait begins anew, with a head start of all that went by since they first came; its exits are the step's."""
    transcript(
        queue_line(),
        f"""{TALKED}
        dialed answered onward=queue:refunds | (join refunds in en-US, 180 s ahead) | completed bookings ana 60 120 agent, sent_on bookings ana queue:refunds
        waited position=2   | (enqueue refunds, then 1) | queue_entered refunds 2 en-US 180.0
        clock 2026-06-02T17:03:30
        waited k=1 position=1 announce=45 | You are next in line. (then 2)
        waited k=2 move=yes | (leave)
        offered o2 raj      | (offer o2: +15005550401, 15 s) | agent_offered refunds o2 raj It is their turn.
        clock 2026-06-02T17:03:40
        accepted o2         | | connected refunds o2 raj 40 10
        dialed answered onward=queue:bookings | (join bookings in en-US, 220 s ahead)
        released full       | Full. (hangup) | queue_refused bookings full, entered full, ended line
        """,  # noqa: E501
    )


def test_the_head_start_has_its_bound() -> None:
    """An hour, whatever went by."""
    call = waiting()
    call.take("waited k=1 move=yes", "offered o1 ana", "accepted o1")
    call.at = NOON + timedelta(hours=2)
    assert call.take("dialed answered onward=queue:refunds").want == JoinQueue("refunds", "en-US", 3600.0)


@pytest.mark.parametrize("odd", ["silence", "left leave", "5", "dialed busy"])
def test_whoever_asks_while_a_queue_is_joined_joins_it(odd: str) -> None:
    """What comes before the answer changes nothing, and nobody abandoned what they have not begun."""
    call = talked("queue:refunds")
    assert heard(call.take(odd)).startswith("(join refunds")
    call.take("hangup")
    assert not any(isinstance(it, Abandoned) for it in call.events)


def test_trouble_while_a_queue_is_joined_goes_on_at_once() -> None:
    """The leg is in no queue of the carrier's: there is nothing to leave."""
    call = talked("queue:refunds")
    assert "(leave)" not in heard(call.take("trouble"))


@pytest.mark.parametrize("outcome", ["answered", "busy", "no_answer", "failed"])
def test_on_to_a_number(outcome: str) -> None:
    """It is dialled for the caller; after that talk, or without one, the exit. Four digits are kept."""
    call = talked("dial:+15005550177")
    assert heard(call.turns[-1]) == "(dial +15005550177 from +12125550142)"
    assert happened(call.turns[-1].events).endswith("sent_on bookings ana dial:0177, dialing 0177")
    turn = call.take(f"dialed {outcome}")
    assert (heard(turn), happened(turn.events)) == (
        "Bye. (hangup)",
        f"dial_ended {outcome} 60, entered bye, ended line",
    )
    assert not any(b"+15005550177" in record for record in call.records)


def test_while_the_number_is_dialled_nothing_else_moves_them() -> None:
    """What is not awaited presents the dial again; a caller who hangs up did not abandon; trouble goes on at once."""
    for odd in ("left leave", "waited k=9", "offered o7 raj", "silence"):
        turn = talked("dial:+15005550177").take(odd)
        assert heard(turn) == "(dial +15005550177 from +12125550142)"
    for order in (("dialed answered gone", "hangup"), ("hangup", "dialed answered gone")):
        call = talked("dial:+15005550177")
        call.take(*order)
        kinds = [it.kind for it in call.events]
        assert (kinds.count("dial_ended"), kinds.count("completed"), kinds.count("abandoned")) == (1, 1, 0)
        assert call.call.ended
    assert "(leave)" not in heard(talked("dial:+15005550177").take("trouble"))


def test_who_hangs_up_is_sent_nowhere() -> None:
    """The agent said where, and the caller was quicker."""
    call = waiting()
    turn = call.take(
        "waited k=1 move=yes", "offered o1 ana", "accepted o1", "dialed answered onward=queue:refunds gone"
    )
    assert heard(turn) == "(hangup)"
    assert "sent_on" not in happened(call.events)


@pytest.mark.parametrize("onward", ["queue:refunds", "step:gone", "dial:+15005550177"])
def test_the_records_give_the_events_again(onward: str) -> None:
    """Without the number."""
    call = talked(onward)
    again = [event for turn in replay(call.flow, new_call(call.flow), call.loaded_records()) for event in turn.events]
    assert again == call.events


# Moved by a supervisor


def test_a_caller_who_was_moved_waits_on_there() -> None:
    """Once noted; the announcements begin anew, and keys, events and wants are the new queue's."""
    facts = "queue=refunds leave=7 announce=45"
    transcript(
        queue_line(),
        f"""
        {JOIN}
        {JOINED}
        waited k=1 position=3 queue=bookings leave=* announce=45 | You are number 3 in line. (then 2)
        waited k=2 position=2 low=60 high=100 {facts} | You are number 2 in line. (then 3) | queue_moved bookings refunds
        waited k=3 position=2 low=60 high=100 {facts} | We expect to answer in 1 to 2 minutes. (then 4) | wait_told refunds 2 60 100
        waited k=4 position=2 {facts} | If you would rather not wait, press 7. (then 5)
        waited k=5 position=2 {facts} keys=* | (silence 0+10 s, then 6)
        waited k=6 position=2 {facts} keys=7 | (leave refunds)
        released left | (leave) | queue_exited refunds left 2 0
        """,  # noqa: E501
    )


def test_an_offer_may_tell_it_first() -> None:
    """Moved and offered between two pieces: the offer is the new queue's."""
    call = waiting()
    turn = call.take("offered o1 raj refunds")
    assert happened(turn.events) == "queue_moved bookings refunds, agent_offered refunds o1 raj It is their turn."


def test_a_number_half_entered_is_another_queue_s_affair() -> None:
    """It may allow other countries, or no callbacks at all."""
    call = waiting()
    call.take("waited k=1 callback=1 allow=US keys=1")
    assert heard(call.take("waited k=2 queue=refunds keys=3125550199")) == "(silence 0+10 s, then 3)"


# Pieces


def test_a_piece_is_as_long_as_the_wait_says() -> None:
    """Its offset counts what was heard of it; an announcement that is due ends it early, a short one never."""
    call = waiting()
    call.at = NOON
    assert heard(call.take(Waited(NOON, 1, hold="a.wav", piece=25.0))) == "(a.wav 0+25 s, then 2)"
    later = NOON + timedelta(seconds=26)
    assert heard(call.take(Waited(later, 2, hold="a.wav", piece=25.0))) == "(a.wav 25+25 s, then 3)"
    call = waiting()
    call.take(Waited(NOON, 1, hold="a.wav", piece=25.0, announce=30.0))  # the place
    for seconds, piece in ((4, 25), (15, 15), (22, 10)):
        moment = NOON + timedelta(seconds=seconds)
        twin = Line(call.flow, call.call)
        assert f"+{piece} s" in heard(twin.take(Waited(moment, 2, hold="a.wav", piece=25.0, announce=30.0)))
