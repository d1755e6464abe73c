"""The time of agents: from the roll-up it is what the rows say, second by second, and its parts add up."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import floor

import pytest
from agent_days import BEGAN, by_chance, one_call
from redis import Redis
from sqlalchemy import Engine, select

from ivr.reports.agent_time import agent_times
from ivr.store.agent_changes import AgentChanges
from ivr.store.agent_states import AgentStates
from ivr.store.agent_tables import agent_states, wrap_ups
from ivr.store.client import connect
from ivr.store.embedded import Embedded
from ivr.store.queues import Queues
from ivr.store.rollups.settling import settle

DAY = 86_400


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


def moment(second: float) -> datetime:
    """So many seconds after the beginning."""
    return datetime.fromtimestamp(BEGAN + second, UTC)


def by_the_second(engine: Engine, since: int, until: int, now: int) -> Counter:
    """What each agent was, asked once a second."""
    found: Counter = Counter()
    with engine.connect() as connection:
        for row in connection.execute(select(agent_states)):
            began = floor(row.began_at.timestamp() - BEGAN)
            ended = now if row.ended_at is None else floor(row.ended_at.timestamp() - BEGAN)
            if row.state != "away" or row.reason:
                what = row.state if row.state != "away" else f"away {row.reason}"
                for _ in range(max(began, since), min(ended, began + DAY, until)):
                    found[row.agent, what] += 1
            if row.how in ("missed", "expired") and since <= began < until:
                found[row.agent, "missed"] += 1
        for row in connection.execute(select(wrap_ups)):
            if since <= floor(row.began_at.timestamp() - BEGAN) < until:
                found[row.agent, f"code {row.code}"] += 1
    return +found


def found_by(engine: Engine, since: int, until: int, now: int) -> Counter:
    """The same from the roll-up."""
    found: Counter = Counter()
    for it in agent_times(engine, moment(since), moment(until), moment(now)):
        found[it.agent, "available"] = it.available
        found[it.agent, "offered"] = it.ringing
        found[it.agent, "talking"] = it.talking
        found[it.agent, "wrap_up"] = it.wrap_up
        found[it.agent, "missed"] = it.missed
        for reason, seconds in (it.away or {}).items():
            found[it.agent, f"away {reason}"] = seconds
        for code, times in (it.codes or {}).items():
            found[it.agent, f"code {code}"] = times
    return +found


@pytest.mark.parametrize("seed", range(3))
def test_the_time_is_that_of_the_rows(redis: Redis, engine: Engine, seed: int) -> None:
    """Of any span, whole quarter-hours or not, settled or not, also while something lasts."""
    dice, changes, store = random.Random(seed), AgentChanges(redis), AgentStates(engine)
    end = floor(max(by_chance(Queues(redis), seed, steps=40)) - BEGAN)
    entries = changes.read(10_000)
    half = [it.read() for it in entries[: len(entries) // 2]]
    store.write(half)
    settle(engine)
    store.write([it.read() for it in entries])
    now = end + 100
    for _ in range(6):
        since = dice.choice((dice.randrange(-1000, end), dice.randrange(end // 900) * 900))
        until = since + dice.choice((dice.randrange(1, 30_000), 900, 9000, 200_000))
        assert found_by(engine, since, until, now) == by_the_second(engine, since, until, now)


def test_occupancy_and_queues(redis: Redis, engine: Engine) -> None:
    """A call of 5 s ringing, 60 s of talk and 30 s of wrap-up in 200 s; of another queue there is nothing."""
    queues = Queues(redis)
    queues.set_agent("ana", "available", BEGAN)
    one_call(queues, "ana", BEGAN + 100, code="booked")
    queues.set_agent("ana", "away", BEGAN + 200)
    AgentStates(engine).write([it.read() for it in AgentChanges(redis).read(100)])
    span = (moment(0), moment(3600), moment(3600))
    (ana,) = agent_times(engine, *span)
    assert (ana.available, ana.ringing, ana.talking, ana.wrap_up) == (105, 5, 60, 30)
    assert ana.occupancy == pytest.approx(90 / 200)
    assert ana.codes == {"booked": 1}
    assert ana.away == {}
    assert agent_times(engine, *span, queue="bookings") == [ana]
    assert agent_times(engine, *span, queue="refunds") == []
    assert agent_times(engine, *span, agent="raj") == []


def test_nobody_is_available_for_days(redis: Redis, engine: Engine) -> None:
    """Who was never signed out counts for a day."""
    Queues(redis).set_agent("ana", "available", BEGAN)
    AgentStates(engine).write([it.read() for it in AgentChanges(redis).read(100)])
    (ana,) = agent_times(engine, moment(0), moment(5 * DAY), moment(4 * DAY))
    assert ana.available == timedelta(days=1).total_seconds()
