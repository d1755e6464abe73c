"""A wait in a queue, from the join to each of its exits, and whatever comes twice, late or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from calling import NOON, Line, happened, heard, line, new_call, transcript

from ivr.call import replay
from ivr.call.events import Event
from ivr.call.inputs import Offered, Waited
from ivr.call.kinds.queue import MOST_PIECES
from ivr.call.queue_events import Abandoned, AgentOffered, Completed, Connected, QueueEntered, QueueExited, RingNoAnswer
from ivr.call.wants import JoinQueue
from ivr.menu import Flow

QUEUE = """
people:
  say: One moment.
  queue: bookings
  answered: bye
  left: gone
  callback_booked: bye
  timed_out: message
  full: full
  nobody_in: message
  closed: message
gone:
  say: You left.
  go: hangup
full:
  say: Full.
  go: hangup
message:
  voicemail: bookings
  go: bye
bye:
  say: Bye.
  go: hangup
"""
JOIN = "start | One moment. (join bookings in en-US, 0 s ahead) | entered people"
JOINED = "waited position=3 | (enqueue bookings, then 1) | queue_entered bookings 3 en-US 0.0"


def queue_line(more: str = "", top: str = "") -> Flow:
    """A line whose callers wait in a queue."""
    return line(QUEUE.replace("  queue: bookings", "  queue: bookings" + more), top)


def waiting() -> Line:
    """A call that waits, third in line."""
    call = Line(queue_line())
    call.take("start", "waited position=3")
    return call


# Joining


def test_a_caller_joins_and_is_answered() -> None:
    """The whole way: joined, moved, dialled, taken, over; each event once, with its seconds."""
    transcript(
        queue_line(),
        f"""
        {JOIN}
        {JOINED}
        clock 2026-06-02T17:00:10
        waited k=1 position=2       | (silence 0+10 s, then 2)
        clock 2026-06-02T17:00:20
        waited k=2 move=yes         | (leave)
        offered o1 ana              | (offer o1: +15005550401, 15 s) | agent_offered bookings o1 ana It is their turn.
        clock 2026-06-02T17:00:26
        accepted o1                 |                                | connected bookings o1 ana 26 6
        clock 2026-06-02T17:02:26
        dialed answered             | Bye. (hangup) | completed bookings ana 26 120 agent, entered bye, ended line
        """,
    )


@pytest.mark.parametrize(
    ("exit_", "words"),
    [
        ("full", "Full."),
        ("nobody_in", "Please leave a message"),
        ("closed", "Please leave a message"),
        ("timed_out", "Please leave a message"),
        ("left", "You left."),
        ("callback_booked", "Bye."),
        ("unavailable", "Please leave a message"),
    ],
)
def test_a_caller_who_cannot_wait_takes_the_exit_at_once(exit_: str, words: str) -> None:
    """Nothing is left at the carrier, so nothing has to be left; where queues are away, the last resort serves."""
    call = Line(queue_line())
    turn = call.take("start", f"released {exit_}")
    assert heard(turn).startswith(words)
    assert happened(turn.events).startswith(f"queue_refused bookings {exit_}, entered ")
    assert turn.call.queued is None


def test_where_queues_are_away_the_last_resort_is_dialled() -> None:
    """ "Queues, SMS and callbacks become the line's operator number or voicemail." Never the queue itself again."""
    flow = queue_line(top='operator: people\nlast_resort: "+15005550199"')
    assert heard(Line(flow).take("start", "released unavailable")) == "(dial +15005550199 from +12125550142)"


@pytest.mark.parametrize(("value", "start"), [("90", 100), ("-5", 10), ("x", 10), ("nan", 10), ("1e9", 3600), ("", 10)])
def test_the_head_start_is_the_line_s_and_the_step_s(value: str, start: float) -> None:
    """A look-up's field in seconds; what is no number gives none, and no value more than an hour."""
    flow = line(
        QUEUE.replace("  queue: bookings", "  queue: bookings\n  priority: <customer.ahead>")
        + "\nfind:\n  lookup: customer\n  found: people\n  not_found: people\n  failed: people",
        "priority: 10s\nlookups:\n  customer:\n    table: c.csv\n    where: {a: b}\n    gives: {ahead: number}",
        start="find",
    )
    turn = Line(flow).take("start", f"found ahead={value}")
    assert turn.want == JoinQueue("bookings", "en-US", start)
    own = Line(queue_line("\n  priority: 2m")).take("start")
    assert own.want == JoinQueue("bookings", "en-US", 120)


# What is heard


def test_announcements_come_a_phrase_at_a_time_and_hold_audio_goes_on_where_it_was() -> None:
    """Place, wait, the key to leave; then audio in pieces, whose offset counts what was heard."""
    facts = "announce=45 hold=quiet.wav leave=*"
    transcript(
        queue_line(),
        f"""
        {JOIN}
        {JOINED}
        clock 2026-06-02T17:00:01
        waited k=1 position=3 low=130 high=290 {facts} | You are number 3 in line. (then 2)
        waited k=2 position=3 low=130 high=290 {facts} | We expect to answer in 2 to 5 minutes. (then 3) | wait_told bookings 3 130 290
        waited k=3 position=3 low=130 high=290 {facts} | If you would rather not wait, press star. (then 4)
        clock 2026-06-02T17:00:10
        waited k=4 position=2 {facts}                  | (quiet.wav 0+10 s, then 5)
        clock 2026-06-02T17:00:21
        waited k=5 position=2 {facts}                  | (quiet.wav 10+10 s, then 6)
        clock 2026-06-02T17:00:25
        waited k=6 position=2 keys=7 {facts}           | (quiet.wav 14+10 s, then 7)
        clock 2026-06-02T17:00:50
        waited k=7 position=1 low=5 high=40 {facts}    | You are next in line. (then 8)
        waited k=8 position=1 low=5 high=40 {facts}    | We expect to answer within a minute. (then 9) | wait_told bookings 1 5 40
        waited k=9 position=1 {facts}                  | (quiet.wav 24+10 s, then 10)
        """,  # noqa: E501
    )


def test_what_is_unsure_is_not_said() -> None:
    """No range, no sentence; one of hours neither."""
    call = waiting()
    assert heard(call.take("waited k=1 announce=45")) == "You are next in line. (then 2)"
    assert heard(call.take("waited k=2 announce=45")) == "(silence 0+10 s, then 3)"
    call = waiting()
    assert heard(call.take("waited k=1 announce=45", "waited k=2 low=3000 high=7200 announce=45")).startswith(
        "(silence"
    )


def test_an_announcement_never_delays_a_hand_over() -> None:
    """With an agent offered, what was still to be said is left out."""
    call = waiting()
    assert heard(call.take("waited k=1 announce=45 leave=*")) == "You are next in line. (then 2)"
    assert heard(call.take("waited k=2 announce=45 leave=* move=yes")) == "(leave)"
    assert heard(call.take("offered o1 ana")) == "(offer o1: +15005550401, 15 s)"


# Keys, in the middle of anything


def test_the_key_to_leave() -> None:
    """The slot lets the caller go, the carrier's queue is left, and the exit is taken when the leg is out of it."""
    transcript(
        queue_line(),
        f"""
        {JOIN}
        {JOINED}
        waited k=1 announce=45 leave=*        | You are next in line. (then 2)
        waited k=2 announce=45 leave=* keys=* | (leave bookings)
        released left                         | (leave)                | queue_exited bookings left 1 0
        left leave                            | You left. (hangup)     | entered gone, ended line
        """,
    )


def test_a_caller_who_leaves_as_an_agent_is_offered_gets_the_agent() -> None:
    """The slot was quicker: it answers with the offer."""
    call = waiting()
    turn = call.take("waited k=1 leave=* keys=*", "waited k=1 move=yes")
    assert heard(turn) == "(leave)"
    assert heard(call.take("offered o1 ana")).startswith("(offer o1")


def test_a_callback_is_offered_booked_and_confirmed() -> None:
    """With the number in it, as soon as it may be; star or 9 would do nothing."""
    transcript(
        queue_line(),
        f"""
        {JOIN}
        {JOINED}
        waited k=1            | (silence 0+10 s, then 2)
        waited k=2 callback=1 | To keep your place and be called back at 2 1 2, 5 5 5, 0 1 4 2, press 1. (then 3)
        waited k=3 callback=1 keys=9 | (silence 0+10 s, then 4)
        waited k=4 callback=1 keys=1 | We will call you at 2 1 2, 5 5 5, 0 1 4 2. Press 1 to keep that, or enter another number and press pound. (20 keys#, then 5)
        waited k=5 callback=1 keys=1 | (book +12125550142 in bookings)
        released callback_booked | We will call you back at 2 1 2, 5 5 5, 0 1 4 2. You keep your place in line. (leave) | queue_exited bookings callback_booked 1 0
        left leave            | Bye. (hangup)
        """,  # noqa: E501
    )


def test_a_callback_that_cannot_be_booked_says_so_and_the_wait_goes_on() -> None:
    """The caller keeps their place on the line."""
    call = waiting()
    turn = call.take("waited k=1 callback=1 keys=1", "waited k=2 callback=1 keys=1", "waited k=2 position=2")
    assert heard(turn) == "Sorry, we cannot call you back at this number. Please stay on the line. (then 3)"
    assert heard(call.take("waited k=3")) == "(silence 0+10 s, then 4)"


# Leaving, and hanging up


@pytest.mark.parametrize("out", ["left leave", "silence"])
def test_a_caller_who_waited_too_long_takes_the_exit_from_outside(out: str) -> None:
    """A wait document cannot record, so it leaves first; a carrier without queues comes back with nothing."""
    call = waiting()
    call.at = NOON + timedelta(minutes=15)
    turn = call.take("released timed_out")
    assert (heard(turn), happened(turn.events)) == ("(leave)", "queue_exited bookings timed_out 3 900")
    assert heard(call.take("waited k=9")) == "(leave)"
    assert heard(call.take(out)).startswith("Please leave a message")


@pytest.mark.parametrize("last", ["hangup", "left hangup"])
def test_a_caller_who_hangs_up_while_waiting_abandoned(last: str) -> None:
    """Once, with the places in which they came and went, whichever webhook tells it first."""
    call = waiting()
    call.at = NOON + timedelta(seconds=70)
    call.take("waited k=1 position=2", last, "hangup", "left hangup")
    assert [it for it in call.events if isinstance(it, Abandoned)] == [Abandoned("people", "bookings", 2, 3, 70)]
    assert call.call.ended


def test_who_left_by_a_key_and_hangs_up_did_not_abandon() -> None:
    """A wait ends one way."""
    for last in ("hangup", "left hangup"):
        call = waiting()
        call.take("released left", last)
        assert not any(isinstance(it, Abandoned) for it in call.events)
        assert call.call.ended


@pytest.mark.parametrize(("result", "words"), [("full", "Full."), ("error", "Please leave a message")])
def test_a_carrier_that_cannot_queue(result: str, words: str) -> None:
    """Its own limit is as good as ours; an error of its is the last resort."""
    call = waiting()
    turn = call.take(f"left {result}")
    assert heard(turn).startswith(words)
    assert any(isinstance(event, QueueExited) for event in turn.events)


def test_a_wait_that_everybody_forgets_ends() -> None:
    """After thousands of pieces the caller is let go, whoever should have done so before."""
    assert heard(waiting().take(f"waited k={MOST_PIECES}")) == "(leave)"


# Agents


def test_an_agent_who_does_not_answer_costs_no_place() -> None:
    """RINGNOANSWER: the caller waits on, the webhooks are counted on, and the next agent is dialled."""
    transcript(
        queue_line(),
        f"""
        {JOIN}
        {JOINED}
        waited k=1 move=yes | (leave)
        offered o1 ana      | (offer o1: +15005550401, 15 s)
        clock 2026-06-02T17:00:15
        dialed no_answer    | (enqueue bookings, then 2)     | ring_no_answer bookings o1 ana 15
        waited k=2 move=yes | (leave)
        offered o2 raj      | (offer o2: +15005550401, 15 s) | agent_offered bookings o2 raj It is their turn.
        clock 2026-06-02T17:00:20
        accepted o1         |                                |
        accepted o2         |                                | connected bookings o2 raj 20 5
        accepted o2         |                                |
        clock 2026-06-02T17:00:50
        dialed answered gone | (hangup) | completed bookings raj 20 30 caller, ended completed
        """,
    )


def test_an_offer_that_comes_twice_is_one_offer() -> None:
    """The leg dials, and one event tells of it."""
    call = waiting()
    turn = call.take("waited k=1 move=yes", "offered o1 ana", "offered o1 ana")
    assert heard(turn) == "(offer o1: +15005550401, 15 s)"
    assert sum(isinstance(it, AgentOffered) for it in call.events) == 1


def test_an_offer_that_stands_no_longer_lets_the_caller_wait_on() -> None:
    """Moved out of the carrier's queue for nothing: back into it, in the same place."""
    call = waiting()
    assert heard(call.take("waited k=1 move=yes", "left leave")) == "(enqueue bookings, then 3)"


def test_a_caller_who_hangs_up_while_it_rings_abandoned() -> None:
    """ "Dial's action with `canceled` and `CallStatus=completed`: ABANDON", before or after the status."""
    for order in (("dialed no_answer gone", "hangup"), ("hangup", "dialed no_answer gone")):
        call = waiting()
        call.take("waited k=1 move=yes", "offered o1 ana", *order)
        kinds = [type(it) for it in call.events]
        assert kinds.count(Abandoned) == 1
        assert RingNoAnswer not in kinds


def test_a_talk_counts_where_the_end_of_the_call_is_told_first() -> None:
    """`completed` may come before Dial's action: the talk is noted after the end, and nobody abandoned."""
    call = waiting()
    call.take("waited k=1 move=yes", "offered o1 ana", "accepted o1", "hangup", "dialed answered gone")
    kinds = [type(it) for it in call.events]
    assert (kinds.count(Connected), kinds.count(Completed), kinds.count(Abandoned)) == (1, 1, 0)


def test_a_talk_counts_where_the_acceptance_was_lost() -> None:
    """Dial's action says that the two were bridged: CONNECT is noted then."""
    call = waiting()
    turn = call.take("waited k=1 move=yes", "offered o1 ana", "dialed answered")
    assert happened(turn.events).startswith("connected bookings o1 ana 0 0, completed bookings ana 0 60 agent, ")


def test_an_agent_who_pressed_1_and_was_not_connected() -> None:
    """The two never talked: the caller waits on, and the next offer is like a first one.

    Who hangs up in that moment was answered: a wait has one end.
    """
    call = waiting()
    turn = call.take("waited k=1 move=yes", "offered o1 ana", "accepted o1", "dialed no_answer")
    assert (heard(turn), happened(turn.events)) == ("(enqueue bookings, then 2)", "ring_no_answer bookings o1 ana 0")
    call.take("waited k=2 move=yes", "offered o2 raj", "accepted o2", "dialed no_answer gone", "hangup")
    kinds = [type(it) for it in call.events]
    assert (kinds.count(Connected), kinds.count(Completed), kinds.count(Abandoned)) == (2, 1, 0)


def test_an_agent_s_number_is_in_no_record() -> None:
    """It is dialled; what is kept of the offer is its name."""
    call = waiting()
    call.take(
        "waited k=1 move=yes", Offered(NOON, "o1", "ana", "+15005550401"), Offered(NOON, "o1", "ana", "+15005550401")
    )
    assert not any(b"+15005550401" in record for record in call.records)


# Whatever else comes


def test_a_webhook_of_the_wait_that_comes_twice_changes_nothing() -> None:
    """Its number is behind: the present piece is played again."""
    call = waiting()
    call.take("waited k=1 hold=a.wav", "waited k=2 hold=a.wav")
    before = call.call.queued
    assert heard(call.take("waited k=1 hold=a.wav")) == "(a.wav 0+10 s, then 3)"
    assert call.call.queued == before


def test_trouble_in_a_wait_leaves_the_carrier_s_queue_first() -> None:
    """A wait document cannot dial: apology, out of it, and then the last resort."""
    call = Line(queue_line(top='last_resort: "+15005550199"'))
    call.take("start", "waited position=3")
    assert heard(call.take("trouble")) == "We are sorry, something went wrong on our side. (leave)"
    assert heard(call.take("left leave")) == "(dial +15005550199 from +12125550142)"
    call = Line(queue_line(top='last_resort: "+15005550199"'))
    call.take("start", "waited position=3", "waited k=1 move=yes", "offered o1 ana")
    assert heard(call.take("trouble")).endswith("(dial +15005550199 from +12125550142)")


@pytest.mark.parametrize("odd", ["dialed busy", "5", "found x=1", "recorded https://x.test/RE1"])
def test_what_a_wait_does_not_expect_moves_nobody(odd: str) -> None:
    """It is noted, and the caller waits on."""
    call = waiting()
    turn = call.take(odd)
    assert heard(turn) == "(enqueue bookings, then 1)"
    assert "unexpected" in happened(turn.events)


def test_the_records_of_a_wait_give_its_events_again() -> None:
    """Without the agent's number, which no record has."""
    call = waiting()
    call.take(
        "waited k=1 announce=45 leave=*", "waited k=2 leave=* keys=*", "waited k=2 move=yes", "offered o1 ana",
        "dialed busy", "waited k=3 move=yes", "offered o2 raj", "accepted o2", "dialed answered",
    )  # fmt: skip
    again = [event for turn in replay(call.flow, new_call(call.flow), call.loaded_records()) for event in turn.events]
    expected: list[Event] = call.events
    assert again == expected
    assert any(isinstance(it, QueueEntered) for it in again)


def test_a_wait_in_spanish() -> None:
    """Announcements are in the call's language."""
    words = QUEUE.replace("  say: One moment.\n", "")
    for text, own in (("You left.", "Adiós."), ("Full.", "Lleno."), ("Bye.", "Adiós.")):
        words = words.replace(f"say: {text}", f"say:\n    en-US: {text}\n    es-MX: {own}")
    call = Line(line(words, languages="[es-MX, en-US]"))
    turn = call.take("start", "waited position=3", Waited(NOON, 1, position=3, announce=45.0))
    assert heard(turn) == "Su lugar en la fila es el número 3. (then 2)"
