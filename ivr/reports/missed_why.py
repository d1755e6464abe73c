"""Why agents missed calls, where more is known than that nobody took them: their phone was busy, or could not be had.

A carrier says busy also of a phone on which somebody declined the call: the two cannot be told apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import Engine, func, or_, select

from ivr.reports.kpi import Scope
from ivr.reports.named import named, one_of
from ivr.store.agent_tables import MISSED, agent_states
from ivr.store.log_tables import calls


def missed_why(engine: Engine, scope: Scope) -> dict[str, Counter[str]]:
    """How many of the calls that each agent missed it was busy, and how many failed. Raises SQLAlchemyError.

    Of who chose what to be while the phone rang nobody knows it.
    """
    it = agent_states.c
    query = select(it.agent, it.reason, func.count()).join(calls, calls.c.call_sid == it.call_sid)
    query = query.where(it.how.in_(("missed", "expired")), it.began_at >= scope.since, it.began_at < scope.until)
    query = query.where(it.reason.in_(MISSED.values()), or_(calls.c.line.is_(None), calls.c.line.not_like("service.%")))
    wanted = {
        calls.c.line: scope.line, calls.c.version: scope.version, calls.c.language: scope.language,
        it.agent: scope.agent,
    }  # fmt: skip
    query = query.where(*(named(column, name) for column, name in wanted.items() if name is not None))
    if scope.queues is not None:
        query = query.where(one_of(it.queue, scope.queues))
    outcomes = {words: outcome for outcome, words in MISSED.items()}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with engine.connect() as connection:
        for agent, reason, times in connection.execute(query.group_by(it.agent, it.reason)):
            found[agent][outcomes[reason]] = times
    return found
