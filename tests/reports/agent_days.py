"""Days of agents by chance, as the queues in Redis make them, and what is in SQL of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Engine, select

from ivr.store.agent_tables import agent_states, wrap_ups
from ivr.store.queues import Offer, Queues, Waiting

BEGAN = datetime(2026, 7, 6, 8, 0, tzinfo=UTC).timestamp()
HEARD_BY = 9e12


def offered(queues: Queues, number: int, agent: str, at: float, queue: str = "bookings") -> Offer:
    """A caller who came ten seconds ago is offered to an agent."""
    queues.join(Waiting(f"CA{number:02}", queue, "en-US", at - 10, at - 10), heard_by=HEARD_BY)
    made = Offer(f"o{number}", f"CA{number:02}", agent, queue, "en-US", at, at + 15, why="they waited longest")
    assert queues.offer(made)
    return made


def one_call(queues: Queues, agent: str, at: float, number: int = 0, *, wrap: float = 30, code: str = "") -> Offer:
    """Offered, taken after 5 s, over after 60 s more, and wrapped up."""
    made = offered(queues, number, agent, at)
    assert queues.accept(made, at + 5)
    if code:
        assert queues.set_wrap_code(made.id, code, "as agreed")
    assert queues.finish(made, at + 65, wrap_until=at + 65 + wrap if wrap else 0)
    if wrap:
        assert queues.wrapped(agent, at + 65 + wrap)
    return made


def by_chance(queues: Queues, seed: int, steps: int = 60) -> Iterator[float]:
    """Does so many things to two agents, and says when each was."""
    dice, now = random.Random(seed), BEGAN
    for number in range(steps):
        now += dice.choice((0, 1, 7.5, 60, 1800))
        agent = dice.choice(("ana", "raj"))
        match dice.choice(("available", "available", "away", "lunch", "call", "call", "missed", "left", "wrapped")):
            case "available":
                queues.set_agent(agent, "available", now)
            case "away":
                queues.set_agent(agent, "away", now)
            case "lunch":
                queues.set_agent(agent, "away", now, "lunch")
            case "wrapped":
                queues.wrapped(agent, now)
            case does if queues.agents([agent])[0].state == "available":
                made = offered(queues, number, agent, now)
                now += dice.choice((0, 4, 15))
                if does == "missed":
                    assert queues.release(made, now, "missed", "away", "missed a call")
                elif does == "left":
                    assert queues.leave(made.sid, now) == "offered"
                else:
                    assert queues.accept(made, now)
                    now += dice.choice((1, 100, 2000))
                    if dice.random() < 0.7:
                        queues.set_wrap_code(made.id, dice.choice(("booked", "changed")), "")
                    queues.finish(made, now, wrap_until=dice.choice((0, now + 30)))
        yield now


def states(engine: Engine, agent: str) -> list[tuple[str, str, str, float, float | None]]:
    """What an agent was: state, reason, how it came about, from when until when (seconds since `BEGAN`)."""
    it = agent_states.c
    with engine.connect() as connection:
        rows = connection.execute(select(agent_states).where(it.agent == agent).order_by(it.id)).all()
    return [(row.state, row.reason, row.how, _since(row.began_at), _since(row.ended_at)) for row in rows]  # type: ignore[misc]


def wraps(engine: Engine) -> list[tuple[str, str, str, int | None, str, str]]:
    """The wrap-ups: of which offer, agent and queue, how many seconds, with what code and note."""
    it = wrap_ups.c
    columns = (it.offer, it.agent, it.queue, it.seconds, it.code, it.note)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(it.offer))]  # type: ignore[misc]


def _since(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp() - BEGAN
