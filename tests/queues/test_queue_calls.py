"""Calls through a queue, end to end: each way out of it, each way an agent's phone can be answered, in which order."""

from itertools import pairwise
from pathlib import Path

import pytest
from hall import ANA, LINE, MONDAY, RAJ, SECOND, TEAM, THIRD, Hall, hall, heard, talks

from ivr.phone import Dialed
from ivr.store.embedded import Embedded

CHOOSES_LANGUAGE = """\
steps:
  which:
    language: [en-US, es-MX]
    go: agents
"""
CHOOSES_URGENCY = """\
steps:
  which:
    menu:
      1 -> agents:
        en-US: To wait
        es-MX: Para esperar
      2 -> urgent:
        en-US: If it is urgent
        es-MX: Si es urgente
  urgent:
    queue: bookings
    priority: 1m
    answered: after
    left: gone
    callback_booked: called_back
    timed_out: late
    full: crowded
    nobody_in: nobody
    closed: shut
"""


# Every exit


def test_who_is_answered_goes_on_after_the_talk(h: Hall) -> None:
    """The agent hears who waits and presses 1; the caller comes to `answered`, the agent wraps up."""
    h.agent("ana")
    h.phone(ANA, talks(45))
    leg = h.call("wait:400")
    h.run()
    assert heard(leg) == [
        "> wait 400 s",
        "en-US  Please hold.",
        "queue  bookings",
        f"dial   {ANA}",
        "> answered 45 s after 3 s",
        "  en-US  bookings. The caller has just come. To take the call, press 1.",
        "  > 1",
        "en-US  Thank you for talking.",
        "hangup by the line",
    ]
    assert h.story(leg) == ["entered 1", "offered ana", "connected ana", "completed ana by agent"]
    assert h.states()["ana"] == "wrap_up"
    h.nothing_is_left()
    h.run(40)
    assert h.states()["ana"] == "available"


@pytest.mark.parametrize(
    ("script", "last", "exit_"),
    [
        ("wait:50 * silence", "You left.", "left"),
        ("wait:20 5 wait:60 * silence", "You left.", "left"),
        ("wait:900", "That took too long.", "timed_out"),
        ("wait:110 1 1 silence", "See you.", "callback_booked"),
    ],
)
def test_who_stops_waiting_takes_the_exit(h: Hall, script: str, last: str, exit_: str) -> None:
    """A key, any keys before it, the longest wait, a callback: each leads to its step, and the place is given free."""
    h.agent("ana")
    h.phone(ANA, talks(800))
    h.call("wait:1000")
    second = h.call(script, after=5, from_=SECOND)
    h.run(600)
    assert heard(second)[-2:] == [f"en-US  {last}", "hangup by the line"]
    assert h.story(second) == ["entered 2", f"exited {exit_}"]
    assert h.parts.queues.everybody("bookings") == []
    assert len(h.parts.callbacks.open()) == (exit_ == "callback_booked")


def test_who_cannot_be_called_back_stays_in_line(h: Hall) -> None:
    """A withheld number is asked for one; who enters none waits on, and may leave. They are invited once a round."""
    h.agent("ana")
    h.phone(ANA, talks(800))
    h.call("wait:1000")
    second = h.call("wait:110 1 wait:60 *", after=5, from_="anonymous")
    h.run(400)
    lines = heard(second)
    assert "en-US  Please enter the number where we can call you, and press pound." in lines
    invited = [n for n, line in enumerate(lines) if "called back" in line]
    assert all(later - earlier > 1 for earlier, later in pairwise(invited))
    assert h.story(second) == ["entered 2", "exited left"]


def test_a_full_queue_takes_no_more(h: Hall) -> None:
    """There is room for three; one who hangs up makes room."""
    h.agent("ana")
    h.phone(ANA, talks(800))
    for number in range(4):  # one talks, three wait
        h.call(f"wait:{100 if number == 3 else 1000} hangup", after=20 * number, from_=f"+1312555015{number}")
    full = h.call("wait:900", after=100, from_=SECOND)
    later = h.call("wait:60 hangup", after=200, from_=THIRD)
    h.run(400)
    assert heard(full)[-2:] == ["en-US  All places are taken.", "hangup by the line"]
    assert h.story(full) == ["refused full"]
    assert h.story(later)[0] == "entered 3"


def test_with_nobody_in_nobody_waits(h: Hall) -> None:
    """All agents away, whoever was there before: the caller is told at once. One who talks is in."""
    leg = h.call("wait:90")
    h.run()
    assert heard(leg)[-2:] == ["en-US  Nobody is in.", "hangup by the line"]
    assert h.story(leg) == ["refused nobody_in"]


def test_outside_its_hours_a_queue_is_closed(tmp_path: Path, valkey: Embedded) -> None:
    """At night the exit is `closed`, also where an agent forgot to sign out."""
    with hall(tmp_path, valkey.url, at=MONDAY.replace(hour=3)) as h:
        h.agent("ana")
        leg = h.call("wait:90")
        h.run()
        assert heard(leg)[-2:] == ["en-US  We are closed.", "hangup by the line"]
        assert h.story(leg) == ["refused closed"]


# An agent who does not take the call


@pytest.mark.parametrize(
    "act",
    [
        Dialed("busy"),
        Dialed("no-answer"),
        Dialed("failed"),
        Dialed("declined"),
        Dialed("voicemail"),
        Dialed("answered", press=""),
        Dialed("answered", press="2"),
    ],
    ids=["busy", "no answer", "failed", "declined", "voicemail", "no key", "another key"],
)
def test_the_next_agent_is_asked(h: Hall, act: Dialed) -> None:
    """The caller keeps the first place, ahead of who came later; the agent is paused, and never talks to anybody."""
    h.agent("ana")
    h.phone(ANA, act)
    h.phone(RAJ, talks(20))
    leg = h.call("wait:900")
    other = h.call("wait:900", after=1, from_=SECOND)
    h.exchange.after(2, lambda: h.agent("raj"))
    h.run()
    first, second = h.story(leg), h.story(other)
    assert first[:2] == ["entered 1", "offered ana"]
    assert "missed ana" in first
    assert "connected raj" in first
    if act.outcome not in ("busy", "failed"):  # raj was free while ana's phone rang: he took the one behind
        assert second[:3] == ["entered 2", "offered raj", "connected raj"]
    assert h.states() == {"ana": "away", "raj": "wrap_up"}
    assert h.parts.queues.agents(["ana"])[0].reason in ("missed a call", "was busy", "could not be called")
    h.nothing_is_left()


def test_without_another_agent_the_caller_is_back_in_the_same_place(h: Hall) -> None:
    """The only agent misses the call and comes back: first is who was first."""
    h.agent("ana")
    h.phone(ANA, Dialed("no-answer"), talks(60))
    first = h.call("wait:900")
    second = h.call("wait:900", after=2, from_=SECOND)
    h.exchange.after(60, lambda: h.agent("ana"))
    h.run()
    assert h.story(first) == [
        "entered 1", "offered ana", "missed ana", "offered ana", "connected ana", "completed ana by agent",
    ]  # fmt: skip
    assert h.story(second) == ["entered 2", "offered ana", "connected ana", "completed ana by agent"]
    assert h.connected_at(first) < h.connected_at(second)
    h.nothing_is_left()


def test_where_no_key_is_needed_who_picks_up_has_the_call(tmp_path: Path, valkey: Embedded) -> None:
    """`press_to_accept: no`: the whisper is heard, and the two are connected."""
    with hall(tmp_path, valkey.url, team=TEAM.replace("wrap_up: 30s", "press_to_accept: no")) as h:
        h.agent("ana")
        h.phone(ANA, talks(30))
        leg = h.call("wait:400")
        h.run()
        assert "  en-US  bookings. The caller has just come." in heard(leg)
        assert h.story(leg) == ["entered 1", "offered ana", "connected ana", "completed ana by agent"]
        h.nothing_is_left()


# Order


def test_callers_are_answered_in_the_order_in_which_they_came(h: Hall) -> None:
    """Three callers, one agent."""
    h.agent("ana")
    h.phone(ANA, talks(60))
    legs = [h.call("wait:900", after=3 * n, from_=f"+1312555015{n}") for n in range(3)]
    h.run()
    moments = [h.connected_at(leg) for leg in legs]
    assert moments == sorted(moments)
    assert [h.story(leg)[0] for leg in legs] == ["entered 1", "entered 2", "entered 3"]
    h.nothing_is_left()


def test_a_caller_is_offered_to_who_speaks_their_language(tmp_path: Path, valkey: Embedded) -> None:
    """A Spanish caller waits for ana although raj is free, who takes the English one behind them."""
    line = LINE.replace("start: agents", "start: which").replace("steps:\n", CHOOSES_LANGUAGE, 1)
    with hall(tmp_path, valkey.url, line=line) as h:
        h.agent("raj")
        h.phone(ANA, talks(20))
        h.phone(RAJ, talks(20))
        spanish = h.call("2 wait:900")
        english = h.call("1 wait:900", after=5, from_=SECOND)
        h.exchange.after(60, lambda: h.agent("ana"))
        h.run()
        assert "connected raj" in h.story(english)
        assert "connected ana" in h.story(spanish)
        assert "es-MX  Espere, por favor." in heard(spanish)
        assert h.connected_at(english) < h.connected_at(spanish)


def test_a_head_start_overtakes_who_came_a_little_earlier(tmp_path: Path, valkey: Embedded) -> None:
    """A step with a head start of a minute: its caller goes before one who came 20 s earlier."""
    line = LINE.replace("start: agents", "start: which").replace("steps:\n", CHOOSES_URGENCY, 1)
    with hall(tmp_path, valkey.url, line=line) as h:
        h.agent("ana")
        h.phone(ANA, talks(60))
        h.call("1 wait:900")
        plain = h.call("1 wait:900", after=10, from_=SECOND)
        urgent = h.call("2 wait:900", after=30, from_=THIRD)
        h.run()
        assert h.story(urgent)[0] == "entered 1"  # the first of those who wait
        assert h.connected_at(urgent) < h.connected_at(plain)


# Hanging up


@pytest.mark.parametrize(
    ("seconds", "after", "story", "ana"),
    [
        (12, 20, ["abandoned 1"], "available"),  # while it rings
        (7, 3, ["abandoned 1"], "available"),  # while the agent hears the whisper
        (90, 3, ["connected ana", "completed ana by caller"], "wrap_up"),  # while they talk
    ],
    ids=["ringing", "whisper", "talking"],
)
def test_a_caller_may_hang_up_at_any_moment(h: Hall, seconds: int, after: int, story: list[str], ana: str) -> None:
    """ "caller hung up while it rang: ABANDON; the agent is free, not paused"."""
    h.agent("ana")
    h.phone(ANA, talks(300, after))
    leg = h.call(f"wait:{seconds} hangup")
    h.run()
    assert h.story(leg) == ["entered 1", "offered ana", *story]
    assert h.states()["ana"] == ana
    h.nothing_is_left()


def test_who_hangs_up_while_waiting_is_out(h: Hall) -> None:
    """The log says in which place they were, and those behind them move up."""
    h.agent("ana")
    h.phone(ANA, talks(200))
    h.call("wait:900")
    gone = h.call("wait:50 hangup", after=5, from_=SECOND)
    behind = h.call("wait:900", after=10, from_=THIRD)
    h.run()
    assert h.story(gone) == ["entered 2", "abandoned 1"]
    assert h.story(behind)[0] == "entered 3" or h.story(behind)[0] == "entered 2"
    assert "connected ana" in h.story(behind)
    h.nothing_is_left()
