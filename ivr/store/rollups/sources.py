"""What the cube is made of: the views of the log, and what is counted of their rows.

The rules are those of the key figures (`ivr/reports`), said once more in SQL; a property test holds both together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.store.rollups.kinds import (
    AGAIN_DAYS,
    AGAIN_HOURS,
    ANSWERS,
    AS_TOLD,
    ENDINGS,
    LONGER,
    MEASURES,
    NO_MARK,
    NONE,
    OUTCOMES,
    SHORTER,
    Call,
    Goal,
    Kind,
    bucket_sql,
)
from ivr.store.rollups.moments import seconds_sql

Sql = Callable[[str], str]
"""An expression over a row `it` of the view, in the dialect of that name."""


@dataclass(frozen=True, slots=True)
class Count:
    """One kind of rows, or several that are told apart by an expression."""

    kind: str
    value: Sql
    seconds: Sql | None = None
    """What is added up in `total`, where the value is a bucket of it."""
    only: str = "true"
    """Of which rows of the view."""


@dataclass(frozen=True, slots=True)
class Source:
    """One view of the log."""

    view: str
    moment: str
    """When its rows count."""
    counts: tuple[Count, ...]
    called_back: bool = True
    """Whether it says whether we called."""
    names: bool = True
    """Whether it may have names that no other source has."""

    @property
    def between(self) -> str:
        """The condition that a row `it` counts between two moments."""
        return f"it.{self.moment} >= :since AND it.{self.moment} < :until"


def _next_call(dialect: str, view: str, more: str = "") -> str:
    """Seconds from the end of `it` to the next call of the same caller that came in; NULL where there is none."""
    return (
        f"(SELECT {seconds_sql(dialect, 'again.started_at')} FROM {view} AS again "  # noqa: S608 - our own names
        f"WHERE again.caller_hash = it.caller_hash AND again.started_at > it.started_at {more} "
        f"AND NOT again.called_back ORDER BY again.started_at LIMIT 1) - {seconds_sql(dialect, 'it.ended_at')}"
    )


def _flags(flags: dict[int, str]) -> str:
    return " + ".join(f"CASE WHEN {true} THEN {flag:d} ELSE 0 END" for flag, true in flags.items())


def _call(dialect: str) -> str:
    # The next call is looked up only where it decides something.
    contained = "it.caller_hash IS NOT NULL AND NOT it.wanted_person AND it.goals_reached > 0 AND NOT it.called_back"
    again = f"({contained} AND it.ended_at IS NOT NULL AND {_next_call(dialect, 'v_calls')} <= {AGAIN_HOURS * 3600})"
    return _flags(
        {
            Call.OVER: "it.ended_at IS NOT NULL",
            Call.WANTED_PERSON: "it.wanted_person",
            Call.GOAL: "it.goals_reached > 0",
            Call.NUMBER: "it.caller_hash IS NOT NULL",
            Call.AGAIN: again,
        }
    )


def goal_again(dialect: str) -> str:
    """Whether the caller of a row `it` of v_goals called again in time, and reached the same goal once more."""
    judged = "it.caller_hash IS NOT NULL AND NOT it.called_back AND it.ended_at IS NOT NULL"
    return f"({judged} AND {_next_call(dialect, 'v_goals', 'AND again.goal = it.goal')} <= {AGAIN_DAYS * 86_400})"


def _goal(dialect: str) -> str:
    again = goal_again(dialect)
    return _flags({Goal.OVER: "it.ended_at IS NOT NULL", Goal.NUMBER: "it.caller_hash IS NOT NULL", Goal.AGAIN: again})


def _response(dialect: str) -> str:
    return f"({seconds_sql(dialect, 'it.served_at')} - {seconds_sql(dialect, 'it.started_at')})"


def _bucket(seconds: Sql) -> Sql:
    return lambda dialect: f"coalesce({bucket_sql(seconds(dialect))}, {NONE})"


def _seconds(kind: str, seconds: str, only: str = "true") -> Count:
    return Count(kind, _bucket(lambda _: seconds), lambda _: seconds, only)


def _any(of: str) -> str:
    """Whether there is a row. Not by EXISTS: PostgreSQL then reads the whole table once, to look things up in it."""
    return f"(SELECT 1 FROM {of} LIMIT 1) IS NOT NULL"  # noqa: S608 - our own names


def _ended(_: str) -> str:
    """The first ending that holds, in their order: `ivr.reports.outcomes` has them in words."""

    def event(*kinds: str, more: str = "") -> str:
        names = ", ".join(f"'{kind}'" for kind in kinds)
        which = f"told.call_sid = it.call_sid AND told.kind IN ({names}){more}"
        return _any(f"events AS told WHERE {which}")

    def waited(outcome: str) -> str:
        which = f"told.call_sid = it.call_sid AND told.outcome = '{outcome}'"
        return _any(f"queue_visits AS told WHERE {which}")

    answered = event("dial_ended", more=" AND told.data->>'outcome' = 'answered'")
    holds = {
        "going_on": "it.ended_at IS NULL",
        "talked": f"it.wanted_person AND (it.agent IS NOT NULL OR {answered})",
        "callback": f"it.wanted_person AND {waited('callback_booked')}",
        "message": f"it.wanted_person AND {event('message_left')}",
        "abandoned": f"it.wanted_person AND {waited('abandoned')}",
        "nobody": "it.wanted_person",
        "goal": "it.goals_reached > 0",
        "gave_up": event("gave_up", "capped"),
        "heard": "it.how = 'line'",
        "lost": "it.how IS NULL OR it.how <> 'completed'",
        "hung_up": "it.how = 'completed'",
    }
    cases = " ".join(f"WHEN {holds[ending]} THEN {place}" for place, ending in enumerate(ENDINGS))
    return f"CASE {cases} END"


def _answered(_: str) -> str:
    """Whether anything was answered of a survey that was asked."""
    which = "told.call_sid = it.call_sid AND told.survey = it.survey AND told.seq > it.seq"
    return f"CASE WHEN {_any(f'survey_answers AS told WHERE {which}')} THEN 1 ELSE 0 END"


def _answer(_: str) -> str:
    measures = " ".join(f"WHEN '{name}' THEN {number}" for name, number in MEASURES.items())
    return f"CASE it.kind {measures} ELSE 0 END * {ANSWERS} + coalesce(it.value, {NO_MARK})"


_LOW = "(CASE WHEN it.high <= 60 THEN 0 WHEN it.low / 60 < 1 THEN 60 ELSE it.low / 60 * 60 END)"
_MOST = "((it.high + 59) / 60 * 60)"
_HIGH = f"(CASE WHEN it.high <= 60 THEN 60 WHEN {_MOST} < {_LOW} + 60 THEN {_LOW} + 60 ELSE {_MOST} END)"
"""The range of a wait as it was heard, which `ivr.reports.estimate_kpis` has, too."""


def _still(dialect: str) -> str:
    """Seconds that the wait went on after the caller was told."""
    return f"({seconds_sql(dialect, 'it.ended_at')} - {seconds_sql(dialect, 'it.at')})"


def _told(dialect: str) -> str:
    still = _still(dialect)
    return (
        f"CASE WHEN it.outcome IS NULL OR it.outcome <> 'answered' THEN {NONE} WHEN {still} < {_LOW} THEN {SHORTER} "
        f"WHEN {still} > {_HIGH} THEN {LONGER} ELSE {AS_TOLD} END"
    )


def _mistold(dialect: str) -> str:
    return f"CASE WHEN it.outcome = 'answered' THEN abs({_still(dialect)} - ({_LOW} + {_HIGH}) / 2) END"


def _outcome() -> str:
    kinds = " ".join(f"WHEN '{outcome}' THEN {kind:d}" for outcome, kind in OUTCOMES.items())
    return f"CASE it.outcome {kinds} ELSE {Kind.ENDED_OTHERWISE:d} END"


_KEPT = f"CASE WHEN it.state = 'done' THEN 1 WHEN it.state IN ('failed', 'cancelled') THEN 0 ELSE {NONE} END"

SOURCES: tuple[Source, ...] = (
    Source(
        "v_calls",
        "started_at",
        (
            Count(f"{Kind.CALL:d}", _call),
            Count(f"{Kind.RESPONSE:d}", _bucket(_response), _response),
            Count(f"{Kind.ENDED:d}", _ended),
        ),
    ),
    Source("v_goals", "started_at", (Count(f"{Kind.GOAL:d}", _goal),), names=False),
    Source(
        "v_queue_visits",
        "at",
        (
            _seconds(_outcome(), "it.waited"),
            _seconds(f"CASE WHEN it.wrapped IS NULL THEN {Kind.TALK:d} ELSE {Kind.WRAPPED_TALK:d} END", "it.talked"),
            _seconds(f"{Kind.HANDLING:d}", "(it.talked + it.wrapped)", "it.wrapped IS NOT NULL"),
            _seconds(f"{Kind.WRAP_UP:d}", "it.wrapped", "it.wrapped IS NOT NULL"),
        ),
    ),
    Source(
        "v_waits_told", "at", (Count(f"{Kind.TOLD:d}", _told), Count(f"{Kind.MISTOLD:d}", _bucket(_mistold), _mistold))
    ),
    Source("v_missed_offers", "at", (Count(f"{Kind.MISSED:d}", lambda _: "0"),)),
    Source("v_callbacks", "booked_at", (Count(f"{Kind.CALLBACK:d}", lambda _: _KEPT),), called_back=False),
    Source("v_surveys_asked", "at", (Count(f"{Kind.ASKED:d}", _answered),)),
    Source("v_survey_answers", "at", (Count(f"{Kind.ANSWER:d}", _answer),)),
)
