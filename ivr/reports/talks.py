"""The talks of agents, by what they said became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from ivr.store.agent_tables import wrap_ups


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk that ended at a moment (aware), and the wrap-up after it: seconds where they are known, and the code."""

    call_sid: str
    agent: str
    queue: str
    at: datetime
    seconds: int | None
    code: str


def talks(
    engine: Engine,
    since: datetime,
    until: datetime,
    *,
    code: str | None = None,
    agent: str | None = None,
    queue: str | None = None,
    most: int = 200,
) -> list[Talk]:
    """The talks that ended from `since` to before `until` (aware), the latest first. Raises SQLAlchemyError."""
    it = wrap_ups.c
    query = select(it.call_sid, it.agent, it.queue, it.began_at, it.seconds, it.code)
    query = query.where(it.began_at >= since, it.began_at < until).order_by(it.began_at.desc()).limit(most)
    for column, wanted in ((it.code, code), (it.agent, agent), (it.queue, queue)):
        if wanted is not None:
            query = query.where(column == wanted)
    with engine.connect() as connection:
        return [Talk(*row) for row in connection.execute(query)]
