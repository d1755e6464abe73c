"""The queues: who waits where, and that no two have one, whatever happens in which order."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from redis import Redis

from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.queues import Due, Offer, Queues, Waiting

HEARD_BY = 9e9


@pytest.fixture
def queues(redis: Redis) -> Queues:
    """Give empty queues."""
    return Queues(redis)


def waiting(sid: str, arrived: float, *, language: str = "en-US", head_start: float = 0) -> Waiting:
    """Make a caller of the queue bookings."""
    return Waiting(sid, "bookings", language, arrived, arrived - head_start)


def offer(sid: str, agent: str, made: float = 100.0, id_: str | None = None) -> Offer:
    """Make an offer that stands for fifteen seconds."""
    return Offer(id_ or uuid4().hex, sid, agent, "bookings", "en-US", made, made + 15, why="they waited longest")


def test_callers_stand_in_order_of_arrival_less_head_start(queues: Queues) -> None:
    """A head start of 60 s overtakes who came up to 60 s earlier, and nobody else."""
    assert queues.join(waiting("CA1", 100.5), heard_by=HEARD_BY) == (True, 0)
    assert queues.join(waiting("CA2", 150.25), heard_by=HEARD_BY) == (True, 1)
    assert queues.join(waiting("CA3", 190.0, head_start=60), heard_by=HEARD_BY) == (True, 1)
    assert queues.everybody("bookings") == ["CA1", "CA3", "CA2"]
    assert [it.sid for it in queues.heads(["bookings"], 2)] == ["CA1", "CA3"]
    assert queues.position("bookings", "CA2") == 2


def test_joining_again_keeps_the_place(queues: Queues) -> None:
    """A webhook that comes twice does not send its caller to the end, whatever it says of the arrival."""
    queues.join(waiting("CA1", 100), heard_by=HEARD_BY)
    queues.join(waiting("CA2", 110), heard_by=HEARD_BY)
    assert queues.join(waiting("CA1", 200), heard_by=HEARD_BY) == (True, 0)
    assert queues.everybody("bookings") == ["CA1", "CA2"]


def test_a_full_queue_takes_nobody_more_but_keeps_who_is_in(queues: Queues) -> None:
    """With room for two the third is not let in; the first may come again."""
    for number in range(2):
        queues.join(waiting(f"CA{number}", number), room=2, heard_by=HEARD_BY)
    assert queues.join(waiting("CA2", 2), room=2, heard_by=HEARD_BY) == (False, 2)
    assert queues.join(waiting("CA0", 3), room=2, heard_by=HEARD_BY) == (True, 0)
    assert queues.size("bookings") == 2


def test_each_language_has_a_head(queues: Queues) -> None:
    """Behind a hundred English callers the first Spanish one is found at once."""
    for number in range(100):
        queues.join(waiting(f"CA{number}", number), heard_by=HEARD_BY)
    queues.join(waiting("CAes", 500, language="es-MX"), heard_by=HEARD_BY)
    assert [it.sid for it in queues.heads(["bookings"], 2)] == ["CA0", "CA1", "CAes"]


def test_an_offer_is_taken_once_and_ends_in_a_wrap_up(queues: Queues) -> None:
    """Offered, accepted (as often as the webhook comes), over, wrapped up, available again with one call more."""
    queues.join(waiting("CA1", 90), heard_by=HEARD_BY)
    assert queues.set_agent("ana", "available", 95)
    made = offer("CA1", "ana")
    assert queues.offer(made)
    assert queues.heads(["bookings"], 5) == []
    assert queues.position("bookings", "CA1") == 0
    assert queues.accept(made, 105)
    assert queues.accept(made, 106)
    assert queues.size("bookings") == 0
    assert queues.finish(made, 200, wrap_until=230)
    assert not queues.finish(made, 201)
    assert queues.agents(["ana"])[0].state == "wrap_up"
    assert queues.caller("CA1") is None
    assert not queues.wrapped("ana", 229)
    assert queues.due(230)[0] == Due("wrap", "ana")
    assert queues.wrapped("ana", 230)
    ana = queues.agents(["ana"])[0]
    assert (ana.state, ana.calls, ana.idle_since) == ("available", 1, 200)
    kept = queues.offered(made.id)
    assert kept is not None
    assert (kept.state, kept.taken, kept.over, kept.why) == ("over", 105, 200, "they waited longest")


def test_an_offer_that_nobody_takes_gives_the_place_back(queues: Queues) -> None:
    """No answer: the caller is where they were, the agent paused, and the late key press takes nothing."""
    for number in range(3):
        queues.join(waiting(f"CA{number}", number), heard_by=HEARD_BY)
    queues.set_agent("ana", "available", 95)
    made = offer("CA0", "ana")
    queues.offer(made)
    assert queues.release(made, 116, "missed", "away", "missed a call")
    assert not queues.release(made, 117, "missed", "away")
    assert not queues.accept(made, 118)
    assert queues.everybody("bookings") == ["CA0", "CA1", "CA2"]
    assert [it.sid for it in queues.heads(["bookings"], 1)] == ["CA0"]
    ana = queues.agents(["ana"])[0]
    assert (ana.state, ana.reason, ana.offer) == ("away", "missed a call", "")


def test_two_agents_never_get_one_caller_nor_two_callers_one_agent(queues: Queues) -> None:
    """What two workers proposed at once is claimed once."""
    for sid in ("CA1", "CA2"):
        queues.join(waiting(sid, 1), heard_by=HEARD_BY)
    for agent in ("ana", "raj"):
        queues.set_agent(agent, "available", 2)
    assert queues.offer(offer("CA1", "ana"))
    assert not queues.offer(offer("CA1", "raj"))
    assert not queues.offer(offer("CA2", "ana"))
    assert queues.offer(offer("CA2", "raj"))


def test_who_hangs_up_while_it_rings_frees_the_agent(queues: Queues) -> None:
    """ "caller hung up while it rang: ABANDON; the agent is free, not paused"."""
    queues.join(waiting("CA1", 1), heard_by=HEARD_BY)
    queues.set_agent("ana", "available", 2)
    made = offer("CA1", "ana")
    queues.offer(made)
    assert queues.leave("CA1", 105) == "offered"
    assert queues.agents(["ana"])[0].state == "available"
    assert not queues.accept(made, 106)
    assert queues.leave("CA1", 107) is None
    assert queues.due(9e12) == []


def test_an_agent_who_goes_while_they_talk_is_away_afterwards(queues: Queues) -> None:
    """A choice made during a call waits for its end, and for the wrap-up's."""
    queues.join(waiting("CA1", 1), heard_by=HEARD_BY)
    queues.set_agent("ana", "available", 2)
    made = offer("CA1", "ana")
    queues.offer(made)
    queues.accept(made, 105)
    assert not queues.set_agent("ana", "away", 110, "lunch")
    assert queues.agents(["ana"])[0].next == "away"
    queues.finish(made, 120, wrap_until=150)
    queues.wrapped("ana", 150)
    ana = queues.agents(["ana"])[0]
    assert (ana.state, ana.reason) == ("away", "lunch")


def test_a_caller_nobody_hears_of_is_due(queues: Queues) -> None:
    """Each time they are heard of puts it off; what was looked at can be put off or forgotten."""
    queues.join(waiting("CA1", 1), heard_by=60)
    queues.join(waiting("CA1", 1), heard_by=90)
    assert queues.due(89) == []
    assert queues.due(90) == [Due("caller", "CA1")]
    queues.look_again(Due("caller", "CA1"), 100)
    assert queues.due(99) == []
    queues.forget(Due("caller", "CA1"))
    assert queues.due(200) == []


def test_hearing_of_a_caller_tells_how_they_stand(queues: Queues) -> None:
    """Place, state and offer in one look; it puts off when they are due, and keeps the carrier's queue."""
    for number in range(2):
        queues.join(waiting(f"CA{number}", number), heard_by=10)
    queues.set_agent("ana", "available", 5)
    queues.offer(offer("CA1", "ana", id_="o1"))
    heard = queues.heard("CA1", "bookings", heard_by=1000, carrier_queue="QU1")
    assert heard is not None
    assert (heard[0].state, heard[0].offer, heard[1]) == ("offered", "o1", 1)
    kept = queues.caller("CA1")
    assert kept is not None
    assert kept.carrier_queue == "QU1"
    assert Due("caller", "CA1") not in queues.due(900)
    assert queues.heard("CA9", "bookings", heard_by=1000) is None


@pytest.mark.parametrize("sid", ["CA:1:x", "{p07}", "\ud800", "v3:abc ü"])
def test_any_sid_will_do(queues: Queues, sid: str) -> None:
    """ "SIDs are opaque": colons, braces and broken text name a caller like any other."""
    queues.join(waiting(sid, 1), heard_by=5)
    assert queues.everybody("bookings") == [sid]
    assert queues.due(6) == [Due("caller", sid)]
    assert queues.leave(sid, 2) == "waiting"


class Hands(RuleBasedStateMachine):
    """Callers and agents in any order of events, those of others' offers and of long ago among them."""

    valkey: Embedded
    sids = Bundle("sids")
    offers = Bundle("offers")
    agents = ("ana", "raj", "eva")

    def __init__(self) -> None:
        super().__init__()
        self.redis = connect(f"{self.valkey.url}?socket_timeout=20&socket_connect_timeout=20")
        self.redis.flushdb()
        self.queues = Queues(self.redis)
        self.now = 1000.0
        self.in_line: dict[str, float] = {}  # everybody who was let in and has not left, by their order

    def teardown(self) -> None:
        """Close the connection."""
        self.redis.close()

    @rule(target=sids, head_start=st.sampled_from([0, 0, 30]), language=st.sampled_from(["en-US", "es-MX"]))
    def arrive(self, head_start: float, language: str) -> str:
        """A caller comes."""
        self.now += 1
        sid = f"CA{self.now:.0f}"
        it = waiting(sid, self.now, language=language, head_start=head_start)
        assert self.queues.join(it, heard_by=HEARD_BY)[0]
        self.in_line[sid] = it.order
        return sid

    @rule(agent=st.sampled_from(agents), state=st.sampled_from(["away", "available"]))
    def choose(self, agent: str, state: str) -> None:
        """An agent changes what they are."""
        self.queues.set_agent(agent, state, self.now)  # type: ignore[arg-type]

    @rule(target=offers, sid=sids, agent=st.sampled_from(agents))
    def propose(self, sid: str, agent: str) -> object:
        """Somebody proposes any two, as a worker with an old picture would."""
        caller = self.queues.caller(sid)
        made = Offer(uuid4().hex, sid, agent, "bookings", caller.language if caller else "en-US", self.now, 1e9)
        before = self.queues.agents([agent])[0]
        claimed = self.queues.offer(made)
        assert claimed == (caller is not None and caller.state == "waiting" and before.state == "available")
        return made if claimed else multiple()

    @rule(made=offers)
    def accept(self, made: Offer) -> None:
        """Whoever accepts has the caller, and the caller has them."""
        if self.queues.accept(made, self.now):
            kept = self.queues.offered(made.id)
            assert kept is not None
            assert kept.state == "taken"
            self.in_line.pop(made.sid, None)

    @rule(made=offers, agent=st.sampled_from(["away", "available"]))
    def release(self, made: Offer, agent: str) -> None:
        """Nobody took it."""
        self.queues.release(made, self.now, "missed", agent)  # type: ignore[arg-type]

    @rule(made=offers, wrap=st.sampled_from([0.0, 5.0]))
    def finish(self, made: Offer, wrap: float) -> None:
        """The talk ends, if there was one."""
        self.queues.finish(made, self.now, self.now + wrap if wrap else 0.0)

    @rule(sid=consumes(sids))
    def hang_up(self, sid: str) -> None:
        """The caller is gone, whatever they were."""
        if self.queues.leave(sid, self.now) != "talking":
            self.in_line.pop(sid, None)

    @rule(seconds=st.sampled_from([1, 10]))
    def wait(self, seconds: float) -> None:
        """Time passes, and who looks at what is due ends the wrap-ups."""
        self.now += seconds
        for due in self.queues.due(self.now):
            assert due.kind == "wrap"
            assert self.queues.wrapped(due.name, self.now)

    @invariant()
    def each_has_one(self) -> None:
        """No caller with two agents, no agent with two callers, and both know of the same offer."""
        held = {}
        for agent in self.queues.agents(self.agents):
            if agent.state in ("offered", "talking"):
                made = self.queues.offered(agent.offer)
                assert made is not None
                assert made.agent == agent.name
                assert made.sid not in held
                held[made.sid] = agent.offer
                caller = self.queues.caller(made.sid)
                assert caller is not None
                assert (caller.offer, caller.state) == (agent.offer, agent.state)
                assert made.state == {"offered": "ringing", "talking": "taken"}[agent.state]
            else:
                assert agent.offer == ""

    @invariant()
    def no_place_is_lost(self) -> None:
        """Everybody who waits stands where their order says, and can be had unless they have an offer."""
        everybody = self.queues.everybody("bookings")
        assert everybody == sorted(self.in_line, key=lambda sid: (self.in_line[sid], sid))
        free = [it.sid for it in self.queues.heads(["bookings"], 1000)]
        callers = [it for it in self.queues.callers(everybody) if it is not None]
        assert free == [it.sid for it in callers if it.state == "waiting"]


@pytest.fixture(scope="module")
def machine() -> Iterator[type[Hands]]:
    """Run a Valkey for the machine."""
    with TemporaryDirectory(prefix="touchtone-") as folder, Embedded(Path(folder)) as valkey:
        Hands.valkey = valkey
        yield Hands


@pytest.mark.long
def test_no_order_of_events_gives_anybody_two_or_loses_a_place(machine: type[Hands]) -> None:
    """The invariants of `Hands` hold after each of any events."""
    case = machine.TestCase
    case.settings = settings(
        max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
    )
    case("runTest").runTest()
