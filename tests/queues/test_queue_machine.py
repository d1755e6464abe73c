"""Routing, slot, waiting room and reaper as they are, in any order of steps: each may be lost, repeated or come late.

The model is what the carrier knows for certain: which legs are in a queue, ring at an agent, talk, or are gone. What
it knows and what the slot says must fit after every step; and once nobody calls any more, nothing may be left.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hall import TEAM
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from ivr.call.inputs import Dialed, Waited
from ivr.call.state import Call, Queued
from ivr.call.wants import JoinQueue, LeaveQueue
from ivr.store.calls import Calls
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.queues import Queues
from ivr.store.sql import open_engine
from ivr.switchboard.dispatch import Dispatcher, Mover
from ivr.switchboard.notice_board import NoticeBoard
from ivr.switchboard.reaper import SILENT, Reaper
from ivr.switchboard.staff import Staff
from ivr.switchboard.waiting import HEARD_WITHIN, WaitingRoom
from ivr.switchboard.waits import Waits

QUEUE = "bookings"
AGENTS = ("ana", "raj")
BEGAN = datetime(2026, 7, 6, 15, tzinfo=UTC)


@dataclass
class Leg:
    """A caller as the carrier sees them: `queue`, `ringing`, `talking` or `gone`; and what our own call knows."""

    call: Call
    heard: datetime  # when something was last heard of them
    where: str = "queue"
    let_go: bool = False  # by the slot, which their call has yet to learn

    @property
    def queued(self) -> Queued:
        """What the call knows of its wait."""
        assert self.call.queued is not None
        return self.call.queued


class Floor(RuleBasedStateMachine):
    """Two agents, any number of callers, and whoever works for them, all of whom may stop between two steps."""

    valkey: Embedded
    staff: Staff
    legs = Bundle("legs")

    def __init__(self) -> None:
        super().__init__()
        self.redis = connect(f"{self.valkey.url}?socket_timeout=20&socket_connect_timeout=20")
        self.redis.flushdb()
        self.queues = Queues(self.redis)
        self.engine = open_engine("sqlite://")  # nobody keeps a notice in it
        board = NoticeBoard(self.redis, self.engine)
        self.room = WaitingRoom(
            self.queues, self.staff, Waits(self.queues), board, book=lambda *_: False, callable_=lambda *_: True
        )
        self.dispatcher = Dispatcher(self.queues, self.staff, Mover(Calls(self.redis), None))
        self.reaper = Reaper(self.queues, self.staff, self.waits)
        self.now = BEGAN
        self.all: dict[str, Leg] = {}

    def teardown(self) -> None:
        """All phones go dead at once, and nobody says a word: a while later nothing is left in any state."""
        for leg in self.all.values():
            leg.where = "gone"
        for _ in range(20):
            self.now += timedelta(seconds=30)
            self.reaper.round(self.now)
        try:
            assert self.queues.everybody(QUEUE) == []
            assert self.queues.heads([QUEUE], 100) == []
            assert self.queues.due(9e12) == []
            assert {it.state for it in self.queues.agents(AGENTS)} <= {"away", "available"}
            assert self.queues.callers(list(self.all)) == [None] * len(self.all)
        finally:
            self.redis.close()
            self.engine.dispose()

    def waits(self, sid: str) -> bool:
        """What the worker finds out of a call: here that the carrier has ended it."""
        return sid in self.all and self.all[sid].where != "gone"

    @initialize()
    def somebody_is_in(self) -> None:
        """Ana begins her day."""
        self.queues.set_agent("ana", "available", self.now.timestamp())

    # Callers

    @rule(target=legs, language=st.sampled_from(["en-US", "es-MX"]), ahead=st.sampled_from([0.0, 60.0]))
    def arrive(self, language: str, ahead: float) -> object:
        """Somebody calls; they are let in, or hear why not."""
        sid = f"CA{len(self.all)}"
        call = Call(sid, "v", "test", "+13125550142", "+15005550001", language)
        answer = self.room.answer(call, JoinQueue(QUEUE, language, ahead), self.now)
        if not isinstance(answer, Waited):
            return multiple()
        call.queued = Queued(QUEUE, self.now.timestamp(), answer.position, answer.position, 0, ahead=ahead)
        self.all[sid] = Leg(call, self.now)
        return self.all[sid]

    @rule(leg=legs, dies=st.booleans(), late=st.booleans())
    def hears(self, leg: Leg, dies: bool, late: bool) -> None:
        """The next piece of the wait; it may come twice, and who answers it may die before the call knows."""
        if leg.where != "queue":
            return
        self.dispatcher.run(self.now, (QUEUE,), here=leg.call.sid)
        leg.heard = self.now
        answer = self.room.waited(leg.call, leg.queued.k + 1, "", "QU1", self.now)
        if late:
            self.room.waited(leg.call, leg.queued.k + 1, "", "QU1", self.now)
        assert not (leg.let_go and isinstance(answer, Waited)), "asked again, the slot says the same"
        leg.let_go = not isinstance(answer, Waited)
        if dies:
            return
        if not isinstance(answer, Waited):
            leg.where = "gone"
            return
        leg.call.queued = replace(leg.queued, k=leg.queued.k + 1, position=answer.position)
        if answer.move:
            self.comes(leg=leg, dies=False)

    @rule(leg=legs, dies=st.booleans())
    def comes(self, leg: Leg, dies: bool) -> None:
        """The leg leaves the carrier's queue, by itself or by REST: to its offer, or back if there is none."""
        if leg.where != "queue":
            return
        offered = self.room.offered(leg.call, self.now)
        if offered is not None and not dies:
            leg.call.queued = replace(leg.queued, offer=offered.offer, agent=offered.agent, accepted=0.0)
            leg.where = "ringing"

    @rule(leg=legs)
    def leaves(self, leg: Leg) -> None:
        """The key to leave: they are let go, unless an agent is offered to them already."""
        if leg.where == "queue" and not isinstance(self.room.answer(leg.call, LeaveQueue(QUEUE), self.now), Waited):
            leg.where = "gone"

    @rule(leg=legs, told=st.booleans())
    def hangs_up(self, leg: Leg, told: bool) -> None:
        """At any moment; the carrier may tell us, or not, or too late."""
        if leg.where in ("ringing", "talking") and told:
            outcome = "answered" if leg.where == "talking" else "no_answer"
            self.room.dialled(leg.call, Dialed(self.now, outcome, 0, hung_up=True), self.now)  # type: ignore[arg-type]
        if told:
            self.room.gone(leg.call.sid, self.now)
            self.room.gone(leg.call.sid, self.now)
        leg.where = "gone"

    # Agents

    @rule(agent=st.sampled_from(AGENTS), state=st.sampled_from(["away", "available", "available"]))
    def chooses(self, agent: str, state: str) -> None:
        """An agent comes, or goes."""
        self.queues.set_agent(agent, state, self.now.timestamp())  # type: ignore[arg-type]

    @rule(leg=legs, again=st.booleans(), lost=st.booleans())
    def presses_one(self, leg: Leg, again: bool, lost: bool) -> None:
        """The agent takes the call; the answer may be lost, and then the two are not connected."""
        offer = self.queues.offered(leg.queued.offer) if leg.queued.offer else None
        if offer is None:
            return
        taken = self.room.accept(offer, self.now)
        if again:
            assert self.room.accept(offer, self.now) == taken
        if taken and not lost and leg.where == "ringing":
            leg.where = "talking"

    @rule(leg=legs, outcome=st.sampled_from(["busy", "no_answer", "failed"]), twice=st.booleans(), dies=st.booleans())
    def is_over(self, leg: Leg, outcome: str, twice: bool, dies: bool) -> None:
        """The agent's leg is over: the talk, or the ringing; we may be told twice, and die before the call knows."""
        if leg.where not in ("ringing", "talking"):
            return
        dialed = Dialed(self.now, "answered" if leg.where == "talking" else outcome, 5)  # type: ignore[arg-type]
        settled = self.room.dialled(leg.call, dialed, self.now)
        if twice or dies:  # "dies": the carrier asks again, and gets the same
            assert self.room.dialled(leg.call, dialed, self.now).outcome == settled.outcome
        if leg.where == "talking":
            leg.where = "gone"
        else:
            assert settled.outcome != "answered"
            leg.where = "queue"
            leg.call.queued = replace(leg.queued, offer="", agent="")

    # Whoever works for them

    @rule()
    def dispatch(self) -> None:
        """A worker offers callers, and the moves that it asks for are lost."""
        self.dispatcher.run(self.now)

    @rule(leg=legs)
    def not_moved(self, leg: Leg) -> None:
        """The carrier refuses to move a leg: its offer is ended."""
        caller = self.queues.caller(leg.call.sid)
        if leg.where == "queue" and caller is not None and caller.state == "offered":
            self.room.free(caller.offer, self.now)

    @rule(seconds=st.sampled_from([1.0, 10.0, 40.0, 100.0]))
    def time_passes(self, seconds: float) -> None:
        """And the reaper looks."""
        self.now += timedelta(seconds=seconds)
        self.reaper.round(self.now)

    # What must hold

    @invariant()
    def nobody_has_two(self) -> None:
        """No agent with two callers, no caller with two agents; who talks does so with the agent of their offer."""
        held: dict[str, str] = {}
        for agent in self.queues.agents(AGENTS):
            if agent.state not in ("offered", "talking"):
                assert agent.offer == ""
                continue
            offer = self.queues.offered(agent.offer)
            assert offer is not None
            assert offer.agent == agent.name
            assert offer.sid not in held.values()
            held[agent.name] = offer.sid
            caller = self.queues.caller(offer.sid)
            assert caller is not None
            assert (caller.offer, caller.state) == (agent.offer, agent.state)
        talking = [leg.queued.agent for leg in self.all.values() if leg.where == "talking"]
        assert len(talking) == len(set(talking))
        for leg in self.all.values():
            if leg.where == "talking":
                assert held.get(leg.queued.agent) == leg.call.sid

    @invariant()
    def nobody_is_lost(self) -> None:
        """Whose leg waits or rings is in the slot, and can be had: at the head, or in an offer that will end."""
        everybody = self.queues.everybody(QUEUE)
        heads = {it.sid for it in self.queues.heads([QUEUE], 1000)}
        due = {it.name for it in self.queues.due(9e12)}
        callers = dict(zip(self.all, self.queues.callers(list(self.all)), strict=True))
        orders = [caller.order for sid in everybody if (caller := callers[sid])]
        assert orders == sorted(orders)
        for sid, leg in self.all.items():
            caller = callers[sid]
            # Who is not heard of for long is taken for dead; and has their place again if they were not.
            silent = (self.now - leg.heard).total_seconds() > HEARD_WITHIN + SILENT
            if leg.where in ("queue", "ringing") and not silent and not leg.let_go:
                assert caller is not None, "lost"
                assert caller.arrived == leg.queued.since, "their place is another one"
                assert sid in due, "nobody would look for them"
            if caller is None:
                continue
            assert (caller.state == "waiting") == (sid in heads)
            assert (sid in everybody) == (caller.state != "talking")
            if caller.state == "offered":
                assert caller.offer in due, "their offer would never end"

    @invariant()
    def a_talk_is_nobody_elses(self) -> None:
        """Who talks is offered to nobody else."""
        for leg in self.all.values():
            if leg.where == "talking":
                caller = self.queues.caller(leg.call.sid)
                assert caller is not None
                assert caller.state == "talking"
                assert caller.offer == leg.queued.offer


@pytest.fixture(scope="module")
def floor() -> Iterator[type[Floor]]:
    """Run a Valkey for the machine, and give it the team."""
    with TemporaryDirectory(prefix="touchtone-") as name, Embedded(Path(name) / "v") as valkey:
        (Path(name) / "team.yaml").write_text(TEAM.replace("room_for: 3", "room_for: 30"), encoding="utf-8")
        Floor.valkey, Floor.staff = valkey, Staff(Path(name))
        yield Floor


def _run(floor: type[Floor], examples: int, steps: int) -> None:
    case = floor.TestCase
    case.settings = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    case("runTest").runTest()


@pytest.mark.long
def test_no_order_of_steps_loses_anybody(floor: type[Floor]) -> None:
    """The invariants of `Floor` hold after each of any steps, and nothing is left at the end."""
    _run(floor, 40, 40)


@pytest.mark.long
def test_no_order_of_many_steps_loses_anybody(floor: type[Floor]) -> None:
    """The same, many more times and longer."""
    _run(floor, 300, 80)
