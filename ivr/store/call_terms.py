"""What calls are searched by: a term for each thing that happened in a call, and its calls by their beginning.

It is made from the events, a quarter-hour at a time, as the roll-ups are: it may be made again at any time, and is
never ahead of the log. A term never goes from a call: the log only grows.

| term | the calls … |
|---|---|
| `entered@main` | that came to the step; in the same way most kinds of event with a step |
| `chose@main#1`, `no_match@main#5`, `looked_up@find#failed` | in which it was this key, or this outcome |
| `gave_up` | in which it happened anywhere; for what does not happen in nearly every call |
| `went main>stop` | that went from one step straight to another |
| `goal NAME`, `queue NAME`, `agent NAME` | that reached it, waited there or were turned away, talked with them |
| `visit abandoned` | with a visit to a queue that ended so |
| `score csat 2` | with that answer in a survey |
| `nothing`, `nothing@main`, `something` | that the caller ended with nothing reached (there), or after anything was |
| `ended 3` | that ended so: the place in `ivr.store.rollups.kinds.ENDINGS` |
| `again` | with a goal for which the same caller called again within `AGAIN_DAYS` |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Column, Connection, Table, Text, bindparam, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from ivr.store.rollups.kinds import ENDINGS, Kind
from ivr.store.rollups.moments import moment_of
from ivr.store.rollups.rollup import Rollup
from ivr.store.rollups.sources import SOURCES, goal_again
from ivr.store.sql import Moment, metadata

call_terms = Table(
    "call_terms",
    metadata,
    Column("term", Text, primary_key=True),
    Column("began", BigInteger, primary_key=True, autoincrement=False),
    Column("call_sid", Text, primary_key=True),
    sqlite_with_rowid=False,
)
"""One row a call and term; `began` is the call's `started_at` in microseconds since 1970. Terms are above."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class microseconds(GenericFunction[int]):  # noqa: N801 - named as functions of SQL are
    """Microseconds from 1970 to a moment."""

    type = BigInteger()
    inherit_cache = True


@compiles(microseconds, "sqlite")
def _sqlite(element: microseconds, compiler: SQLCompiler, **kwargs: Any) -> str:
    return _MICROSECONDS["sqlite"].format(compiler.process(element.clauses, **kwargs))


@compiles(microseconds, "postgresql")
def _postgresql(element: microseconds, compiler: SQLCompiler, **kwargs: Any) -> str:
    return _MICROSECONDS["postgresql"].format(compiler.process(element.clauses, **kwargs))


_MICROSECONDS = {
    "sqlite": "(CAST(strftime('%s', {0}) AS INTEGER) * 1000000 + CAST(substr({0}, 21, 6) AS INTEGER))",
    "postgresql": "CAST(extract(epoch FROM {0}) * 1000000 AS BIGINT)",
}

ANYWHERE = frozenset({
    "no_input", "no_match", "gave_up", "cleared", "goal_reached", "dialing", "dial_refused", "dial_ended",
    "queue_entered", "queue_refused", "connected", "abandoned", "queue_exited", "queue_moved", "ring_no_answer",
    "sent_on", "message_left", "survey_asked", "survey_answered", "survey_commented", "survey_skipped",
    "condition_failed", "capped", "rescued", "unexpected",
})  # fmt: skip
"""The kinds of event that are found without their step, too."""

AT_STEPS = (ANYWHERE - {"goal_reached"}) | {"entered", "answered", "looked_up", "ended"}
"""Those that are found with it; a `chose` is found with its key alone."""

_QUEUES = ("queue_entered", "queue_refused", "connected")
_VISITS = ("connected", "abandoned", "queue_exited", "queue_refused")

# Said once for SQLite and PostgreSQL. The calls come first, by themselves: to reckon when one began takes longer than
# all that is asked of its events.
_OF_THEM = """
    WITH them AS MATERIALIZED (
        SELECT call_sid, {microseconds} AS began, served_at FROM calls WHERE {which})
"""

# Sorted, as the rows of a term then come one after the other into its place.
_MAKE = """
    INSERT INTO call_terms (term, began, call_sid)
    SELECT term, began, call_sid FROM ({part}) AS found WHERE term IS NOT NULL ORDER BY term, began
    ON CONFLICT DO NOTHING
"""

# CROSS JOIN keeps SQLite to this order: it would go through all events once for each way.
_HAPPENED = """
    SELECT them.began, them.call_sid, CASE way.n
        WHEN 1 THEN kind || '@' || coalesce(events.step, '')
        WHEN 2 THEN kind
        WHEN 3 THEN CASE kind
            WHEN 'chose' THEN 'chose@' || coalesce(events.step, '') || '#' || (data->>'key')
            WHEN 'no_match' THEN 'no_match@' || coalesce(events.step, '') || '#' || (data->>'keys')
            WHEN 'looked_up' THEN 'looked_up@' || coalesce(events.step, '') || '#' || (data->>'outcome')
            WHEN 'goal_reached' THEN 'goal ' || (data->>'goal')
            WHEN 'survey_answered' THEN 'score ' || (data->>'measure') || ' ' || (data->>'value')
            WHEN 'connected' THEN 'agent ' || (data->>'agent') END
        WHEN 4 THEN 'queue ' || (data->>'queue')
        ELSE 'visit ' || CASE kind WHEN 'connected' THEN 'answered' WHEN 'abandoned' THEN 'abandoned'
            ELSE coalesce(data->>'how', data->>'why') END
        END AS term
    FROM them CROSS JOIN events
    CROSS JOIN (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) AS way
    WHERE events.call_sid = them.call_sid AND (
        way.n = 1 AND kind IN ({at_steps})
        OR way.n = 2 AND kind IN ({anywhere})
        OR way.n = 3 AND (kind IN ('chose', 'looked_up', 'goal_reached', 'survey_answered', 'connected')
            OR kind = 'no_match' AND length(data->>'keys') = 1)
        OR way.n = 4 AND kind IN ({queues})
        OR way.n = 5 AND kind IN ({visits}))
"""

_WENT = """
    SELECT them.began, them.call_sid, 'went ' || (
        SELECT told.step FROM events AS told
        WHERE told.call_sid = events.call_sid AND told.kind = 'entered'
            AND (told.seq < events.seq OR told.seq = events.seq AND told.n < events.n)
        ORDER BY told.seq DESC, told.n DESC LIMIT 1) || '>' || events.step AS term
    FROM them CROSS JOIN events WHERE events.call_sid = them.call_sid AND events.kind = 'entered'
"""

# What a late record may change: hence it goes before it is made again.
_CONCLUDED = """
    SELECT them.began, them.call_sid, CASE
        WHEN them.served_at IS NOT NULL OR (
            SELECT 1 FROM events AS told WHERE told.call_sid = them.call_sid AND (told.kind = 'message_left'
                OR told.kind = 'queue_exited' AND told.data->>'how' = 'callback_booked')
            LIMIT 1) IS NOT NULL THEN 'something'
        WHEN way.n = 1 THEN 'nothing'
        ELSE 'nothing@' || coalesce(events.step, '') END AS term
    FROM them CROSS JOIN events CROSS JOIN (SELECT 1 AS n UNION ALL SELECT 2) AS way
    WHERE events.call_sid = them.call_sid AND events.kind = 'ended' AND data->>'how' <> 'line'
    UNION
    SELECT them.began, them.call_sid, 'ended ' || ({ended}) AS term
    FROM them JOIN v_calls AS it ON it.call_sid = them.call_sid WHERE NOT it.called_back
    UNION
    SELECT them.began, them.call_sid, 'again' AS term
    FROM them JOIN v_goals AS it ON it.call_sid = them.call_sid WHERE {again}
"""

# Cast, and without its union on the outside: SQLite then looks each up by its key.
_GONE = """
    DELETE FROM call_terms WHERE (term, began, call_sid) IN (
        SELECT CAST(gone.term AS TEXT), CAST(gone.began AS BIGINT), CAST(gone.call_sid AS TEXT) FROM (
            SELECT ending.term, them.began, them.call_sid FROM them CROSS JOIN ({endings}) AS ending
            UNION ALL SELECT 'nothing@' || coalesce(events.step, ''), them.began, them.call_sid
                FROM them CROSS JOIN events WHERE events.call_sid = them.call_sid AND events.kind = 'ended'
        ) AS gone)
"""

# The same of all calls of a span: there nothing need be asked of calls of which nothing is said yet.
_GONE_IN_SPAN = (
    """
    DELETE FROM call_terms WHERE (term, began, call_sid) IN (
        SELECT CAST('nothing@' || coalesce(events.step, '') AS TEXT), told.began, told.call_sid
        FROM call_terms AS told CROSS JOIN events
        WHERE told.term = 'nothing' AND told.began >= :since AND told.began < :until
            AND events.call_sid = told.call_sid AND events.kind = 'ended')
    """,
    "DELETE FROM call_terms WHERE term IN :conclusions AND began >= :since AND began < :until",
)

_SPAN = """calls.started_at >= :since AND calls.started_at < :until
    AND (calls.line IS NULL OR calls.line NOT LIKE 'service.%')"""

_SIDS = "calls.started_at IS NOT NULL AND calls.call_sid IN :sids"


def rebuild(connection: Connection, since: int, until: int) -> None:
    """Makes the terms of the calls that began in these quarter-hours (since 1970), from `since` to before `until`."""
    first, last = moment_of(since), moment_of(until)
    span = {"since": micros(first), "until": micros(last)}
    of_steps, alone = _GONE_IN_SPAN
    connection.execute(text(of_steps), span)
    conclusions: BindParameter[Any] = bindparam("conclusions", _CONCLUSIONS, expanding=True)
    connection.execute(text(alone).bindparams(conclusions), span)
    for part in _PARTS:
        # Each by itself: all together they take SQLite half as long again.
        said = text(_filled(_MAKE.replace("part", part), connection.dialect.name, _SPAN))
        said = said.bindparams(bindparam("since", first, type_=Moment), bindparam("until", last, type_=Moment))
        connection.execute(said)


def lengthen(_: Connection, __: int, ___: int) -> None:
    """There are no rows of longer spans."""


ROLLUP = Rollup("terms", rebuild, lengthen)


def forget_terms(connection: Connection, sids: Sequence[str]) -> None:
    """Removes the terms of calls: before their events are, as those say which terms they are."""
    of_events = (
        "DELETE FROM call_terms WHERE (term, began, call_sid) IN "
        "(SELECT CAST(term AS TEXT), CAST(began AS BIGINT), CAST(call_sid AS TEXT) "
        "FROM ({happened} UNION ALL {went}) AS found WHERE term IS NOT NULL)"
    )
    for query in (_GONE, of_events):
        said = text(_filled(query, connection.dialect.name, _SIDS)).bindparams(bindparam("sids", expanding=True))
        connection.execute(said, {"sids": list(sids)})


def micros(moment: datetime) -> int:
    """A moment (aware) as `began` has it."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def began_at(began: int) -> datetime:
    """A `began` as a moment, in UTC. Raises OverflowError for what is none."""
    return _EPOCH + timedelta(microseconds=began)


def _filled(query: str, dialect: str, which: str) -> str:
    """A statement with its parts, for these calls."""
    named = {
        "microseconds": _MICROSECONDS[dialect].format("calls.started_at"),
        "ended": _ENDED.value(dialect),
        "again": goal_again(dialect),
        "endings": " UNION ALL ".join(f"SELECT '{it}' AS term" for it in _CONCLUSIONS),
        "at_steps": _listed(AT_STEPS),
        "anywhere": _listed(ANYWHERE),
        "queues": _listed(_QUEUES),
        "visits": _listed(_VISITS),
        "which": which,
    }
    parts = {name: part.format(**named) for name, part in _PARTS.items()}
    return (_OF_THEM + query).format(**named, **parts)


_CONCLUSIONS = ("nothing", "something", "again", *(f"ended {place}" for place in range(len(ENDINGS))))

_PARTS = {"happened": _HAPPENED, "went": _WENT, "concluded": _CONCLUDED}

_ENDED = next(it for it in SOURCES[0].counts if it.kind == f"{Kind.ENDED:d}")
"""How a call ended, as the roll-ups reckon it: by its place in `ENDINGS`."""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{it}'" for it in sorted(words))
