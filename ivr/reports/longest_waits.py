"""The longest waits in queues: who waited, how long, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, literal_column, select

from ivr.reports.kpi import Scope
from ivr.reports.named import named, one_of
from ivr.store.log_tables import calls
from ivr.store.queue_visits import queue_visits
from ivr.store.sql import Moment

_MANY = timedelta(days=31)
"""In a longer span it is quicker to go from the longest wait down until enough of them lie in it."""


@dataclass(frozen=True, slots=True)
class LongWait:
    """A wait that is over: seconds, the moment (aware) at which it ended, and how."""

    call_sid: str
    seq: int
    queue: str
    line: str | None
    language: str | None
    waited: int
    outcome: str
    agent: str | None
    at: datetime


def longest_waits(engine: Engine, scope: Scope, most: int = 15) -> list[LongWait]:
    """The longest waits that ended in the scope, the longest first; of callers alone. Raises SQLAlchemyError."""
    it = queue_visits.c
    columns = (it.call_sid, it.seq, it.queue, calls.c.line, calls.c.language, it.waited, it.outcome, it.agent, it.at)
    query = select(*columns).join(calls, calls.c.call_sid == it.call_sid)
    at, waited = it.at, it.waited
    if engine.dialect.name == "sqlite":  # which would rather go by the moments, however many there are
        if scope.until - scope.since > _MANY:
            at = literal_column("+queue_visits.at", Moment)  # type: ignore[assignment]
        else:
            waited = literal_column("+queue_visits.waited")  # type: ignore[assignment]
    query = query.where(at >= scope.since, at < scope.until, waited.is_not(None), calls.c.called_back.is_(False))
    query = query.where(calls.c.line.is_(None) | calls.c.line.not_like("service.%"))
    if scope.queues is not None:
        query = query.where(one_of(it.queue, scope.queues))
    for column, wanted in (
        (calls.c.line, scope.line),
        (calls.c.version, scope.version),
        (calls.c.language, scope.language),
        (it.agent, scope.agent),
    ):
        if wanted is not None:
            query = query.where(named(column, wanted))
    with engine.connect() as connection:
        return [LongWait(*row) for row in connection.execute(query.order_by(waited.desc()).limit(most))]
