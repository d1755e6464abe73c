"""What agents did comes from the queues into SQL: each change once, whatever is delivered again, dies or is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from agent_days import BEGAN, by_chance, offered, one_call, states, wraps
from redis import Redis
from sqlalchemy import Engine, select

from ivr.store import queue_keys as key
from ivr.store.agent_changes import AgentChanges
from ivr.store.agent_states import AgentStates
from ivr.store.agent_tables import agent_states, wrap_ups
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.log_tables import set_aside
from ivr.store.queues import Queues
from ivr.store.rollups.marks import rollup_marks
from ivr.store.set_aside import SetAside
from ivr.switchboard.agent_log import AgentLog

NOW = datetime(2026, 7, 6, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """One embedded Valkey for the tests of this module."""
    with Embedded(tmp_path_factory.mktemp("valkey")) as embedded:
        yield embedded


@pytest.fixture
def redis(valkey: Embedded) -> Iterator[Redis]:
    """A client of an empty Redis."""
    client = connect(valkey.url, patience=20)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def written(redis: Redis, engine: Engine, tmp_path: Path) -> AgentLog:
    """What writes the changes into the database."""
    return AgentLog(AgentChanges(redis), AgentStates(engine), SetAside(engine, tmp_path / "set-aside"))


def test_a_call_is_a_row_for_each_thing_that_the_agent_was(redis: Redis, engine: Engine, written: AgentLog) -> None:
    """Signed in, rung, talking, wrapping up, available: each until the next, the last until further notice."""
    queues = Queues(redis)
    queues.set_agent("ana", "available", BEGAN)
    made = one_call(queues, "ana", BEGAN + 100, code="booked")
    assert written.round(NOW) == 5
    assert states(engine, "ana") == [
        ("available", "", "set", 0, 100),
        ("offered", "", "offered", 100, 105),
        ("talking", "", "taken", 105, 165),
        ("wrap_up", "", "over", 165, 195),
        ("available", "", "wrapped", 195, None),
    ]
    assert wraps(engine) == [(made.id, "ana", "bookings", 30, "booked", "as agreed")]
    assert redis.xlen(key.CHANGES) == 0


def test_who_does_not_answer_is_away_for_it(redis: Redis, engine: Engine, written: AgentLog) -> None:
    """Missed, then back; and a caller who hangs up while it rings is not the agent's fault."""
    queues = Queues(redis)
    queues.set_agent("ana", "available", BEGAN)
    assert queues.release(offered(queues, 1, "ana", BEGAN + 10), BEGAN + 25, "missed", "away", "missed a call")
    queues.set_agent("ana", "available", BEGAN + 60)
    offered(queues, 2, "ana", BEGAN + 70)
    queues.leave("CA02", BEGAN + 75)
    queues.set_agent("ana", "away", BEGAN + 80, "lunch")
    queues.set_agent("ana", "away", BEGAN + 90, "lunch")
    queues.set_agent("ana", "away", BEGAN + 95, "training")
    written.round(NOW)
    assert [it[:4] for it in states(engine, "ana")] == [
        ("available", "", "set", 0),
        ("offered", "", "offered", 10),
        ("away", "missed a call", "missed", 25),
        ("available", "", "set", 60),
        ("offered", "", "offered", 70),
        ("available", "", "left", 75),
        ("away", "lunch", "set", 80),
        ("away", "training", "set", 95),
    ]
    assert wraps(engine) == []


def test_without_a_wrap_up_it_took_no_time(redis: Redis, engine: Engine, written: AgentLog) -> None:
    """Known to be nothing, which is not the same as unknown."""
    queues = Queues(redis)
    queues.set_agent("ana", "available", BEGAN)
    one_call(queues, "ana", BEGAN + 100, wrap=0)
    written.round(NOW)
    assert [it[3] for it in wraps(engine)] == [0]


def test_a_wrap_up_that_lasts_is_not_known_yet(redis: Redis, engine: Engine, written: AgentLog) -> None:
    """Its seconds come with its end, its code whenever the agent says it, also after, and the last word counts."""
    queues = Queues(redis)
    queues.set_agent("ana", "available", BEGAN)
    made = offered(queues, 1, "ana", BEGAN)
    queues.accept(made, BEGAN + 5)
    queues.set_wrap_code(made.id, "booked", "")
    written.round(NOW)
    assert [it[3:] for it in wraps(engine)] == [(None, "booked", "")]
    queues.finish(made, BEGAN + 65, wrap_until=BEGAN + 95)
    written.round(NOW)
    assert [it[3:] for it in wraps(engine)] == [(None, "booked", "")]
    queues.set_agent("ana", "available", BEGAN + 75)
    queues.set_wrap_code(made.id, "changed", "came later")
    written.round(NOW)
    assert [it[3:] for it in wraps(engine)] == [(10, "changed", "came later")]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_twice_is_there_once(redis: Redis, engine: Engine, written: AgentLog, seed: int) -> None:
    """Read and written, but not trimmed, again and again, in parts of any size: the rows are those of one delivery."""
    queues, store, stream = Queues(redis), AgentStates(engine), AgentChanges(redis)
    for number, _ in enumerate(by_chance(queues, seed)):
        if number % 7 == seed:
            entries = stream.read(1000)
            store.write([it.read() for it in entries[: number or 1]])
            store.write([it.read() for it in entries])
    entries = stream.read(10_000)
    again = [(states(engine, "ana"), states(engine, "raj"), wraps(engine)) for _ in range(2) if _wrote(store, entries)]
    assert again[0] == again[1]
    with engine.begin() as connection:
        connection.execute(agent_states.delete())
        connection.execute(wrap_ups.delete())
    written.round(NOW)
    assert (states(engine, "ana"), states(engine, "raj"), wraps(engine)) == again[0]
    for agent in ("ana", "raj"):
        found = states(engine, agent)
        assert [it[4] for it in found[:-1]] == [it[3] for it in found[1:]]
        assert [it[4] for it in found[-1:]] == [None]


def _wrote(store: AgentStates, entries: list) -> bool:
    store.write([it.read() for it in entries])
    return True


def test_a_redis_that_lost_its_data_invents_no_time(redis: Redis, engine: Engine, written: AgentLog) -> None:
    """Nobody knows how long ana was available: it counts as nothing; what comes then counts as ever."""
    queues = Queues(redis)
    queues.set_agent("ana", "available", BEGAN)
    written.round(NOW)
    redis.flushall()
    queues.set_agent("ana", "available", BEGAN + 7200)
    queues.set_agent("ana", "away", BEGAN + 7300)
    written.round(NOW)
    assert states(engine, "ana") == [
        ("available", "", "set", 0, 0),
        ("available", "", "set", 7200, 7300),
        ("away", "", "set", 7300, None),
    ]


def test_what_changes_marks_its_quarter_hours(redis: Redis, engine: Engine, written: AgentLog) -> None:
    """All those in which a state counts that is over, so that roll-ups follow."""
    queues = Queues(redis)
    queues.set_agent("ana", "available", BEGAN)
    queues.set_agent("ana", "away", BEGAN + 2000)
    written.round(NOW)
    with engine.connect() as connection:
        found = set(connection.scalars(select(rollup_marks.c.begins)))
    first = int(BEGAN) // 900
    assert found == {first, first + 1, first + 2}


def test_what_makes_no_sense_is_set_aside(redis: Redis, engine: Engine, written: AgentLog) -> None:
    """It keeps nothing else from being written."""
    redis.xadd(key.CHANGES, {"agent": "ana", "how": "set", "at": "noon"})
    Queues(redis).set_agent("raj", "available", BEGAN)
    assert written.round(NOW) == 1
    with engine.connect() as connection:
        assert [row.stream for row in connection.execute(select(set_aside))] == ["agents"]
    assert redis.xlen(key.CHANGES) == 0


def test_text_that_no_database_keeps(redis: Redis, engine: Engine, written: AgentLog) -> None:
    """A reason with a NUL or half a character is kept without it."""
    Queues(redis).set_agent("ana", "away", BEGAN, "lu\x00nch \ud800")
    written.round(NOW)
    assert [it[1] for it in states(engine, "ana")] == ["lunch \ufffd\ufffd\ufffd"]
