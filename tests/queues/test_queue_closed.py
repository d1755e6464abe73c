"""A queue that somebody closes while callers wait in it: who is still taken, and who is let go, hearing why."""

import pytest
from hall import ANA, RAJ, SECOND, Hall, heard, talks

from ivr.switchboard import notice_board
from ivr.switchboard.notice_board import NoticeBoard
from ivr.switchboard.notices import Notices

pytestmark = pytest.mark.long

LEFT = {"en-US": "We had to leave.", "es-MX": "Tuvimos que salir."}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes half a second is looked at by each webhook here."""
    monkeypatch.setattr(notice_board, "EVERY", 0.0)
    monkeypatch.setattr(NoticeBoard, "_watching", lambda _: None)  # else who comes while it looks has what was before


def switch(h: Hall) -> Notices:
    """The switch, as a process of its own has it."""
    return Notices(h.parts.board, h.parts.engine, h.parts.staff.now, h.now)


def test_who_waits_is_still_taken_while_agents_are_in(h: Hall) -> None:
    """They keep their place; who comes later is not let in, and hears why."""
    h.agent("ana")
    h.phone(ANA, talks(60))
    h.call("wait:400")
    waits = h.call("wait:400", after=5, from_=SECOND)
    h.run(30)
    switch(h).put("queue:bookings", LEFT, closed=True, who="ana")
    late = h.call("wait:400", after=5)
    h.run(300)
    assert h.story(waits) == ["entered 2", "offered ana", "connected ana", "completed ana by agent"]
    assert h.story(late) == ["refused closed"]
    assert heard(late)[-3:] == ["en-US  We had to leave.", "en-US  We are closed.", "hangup by the line"]
    h.nothing_is_left()


@pytest.mark.parametrize("target", ["queue:bookings", "test"])
def test_who_waits_is_let_go_when_nobody_is_in_any_more(h: Hall, target: str) -> None:
    """Nobody could take them: they take the exit `closed`, of a queue with its words; the place is given free."""
    h.agent("raj")
    h.phone(RAJ, talks(100))
    talking = h.call("wait:200")
    waits = h.call("wait:900", after=5, from_=SECOND)
    h.run(40)
    switch(h).put(target, LEFT, closed=True, who="ana")
    h.agent("raj", "away")  # when this talk is over
    h.run(40)
    assert h.story(waits) == ["entered 2"]
    h.run(120)
    assert h.story(waits) == ["entered 2", "exited closed"]
    said = heard(waits)[-3:]
    assert said[-2:] == ["en-US  We are closed.", "hangup by the line"]
    assert (said[0] == "en-US  We had to leave.") == target.startswith("queue")
    assert "connected raj" in h.story(talking)
    assert h.parts.queues.everybody("bookings") == []


def test_who_waits_with_nobody_in_waits_on_while_nothing_is_closed(h: Hall) -> None:
    """An agent who is away for a moment comes back; only what somebody closed lets callers go."""
    h.agent("ana")
    h.phone(ANA, talks(60))
    h.call("wait:400")
    waits = h.call("wait:400", after=5, from_=SECOND)
    h.run(20)
    h.agent("ana", "away")
    notice = switch(h).put("queue:bookings", LEFT, who="ana")
    h.run(60)
    assert h.story(waits) == ["entered 2"]
    switch(h).end(notice.id, who="ana")
    h.agent("ana")
    h.run(120)
    assert "connected ana" in h.story(waits)
