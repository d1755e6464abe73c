"""How the service is, at a look: what answers, and what waits."""

from __future__ import annotations

from dataclasses import dataclass

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.backlog import Backlog
from ivr.store.streams import CROWDED
from ivr.switchboard.wiring import Parts


@dataclass(frozen=True, slots=True)
class State:
    """What a look found. `lag` and `live` are None where Redis does not answer."""

    redis: bool
    sql: bool
    spool: int  # calls with entries on this machine's disk
    on_disk: int  # records on this machine's disk that were too many for Redis
    lag: int | None  # records in the streams, and on this machine's disk
    live: int | None  # calls that have not ended

    @property
    def alarm(self) -> bool:
        """Whether more records wait than should: the database is away or slow, and Redis will run full."""
        return self.on_disk > 0 or (self.lag is not None and self.lag > CROWDED)

    @property
    def ready(self) -> bool:
        """Whether calls can be answered: with Redis, or with a line that this process can find without it."""
        return self.redis or self.sql


def look(parts: Parts) -> State:
    """Asks Redis and SQL. Each gives up within its own time-out."""
    on_disk = Backlog(parts.settings.data).records()
    try:
        lag, live = parts.calls.waiting() + on_disk, parts.calls.live_calls()
        redis = True
    except RedisError:
        lag, live, redis = None, None, False
    try:
        parts.versions.live()
        sql = True
    except SQLAlchemyError:
        sql = False
    return State(redis, sql, parts.spool.size(), on_disk, lag, live)
