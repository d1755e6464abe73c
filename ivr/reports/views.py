"""The SQL views that key figures are made of: `docs/sql.md` says what each column means.

They are tables to SQLAlchemy, and made by a migration. Calls to the service's own lines (`service.*`) are in none.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, ColumnElement, Integer, MetaData, Table, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from ivr.store.sql import Moment

_VIEWS = MetaData()


def _view(name: str, *columns: Column[Any]) -> Table:
    dimensions = (Column(it, Text) for it in ("line", "version", "language", "queue", "agent"))
    return Table(name, _VIEWS, *dimensions, *columns)


def _seq_and_at() -> tuple[Column[Any], Column[Any]]:
    return Column("seq", Integer), Column("at", Moment)


CALLS = _view(
    "v_calls",
    Column("call_sid", Text),
    Column("caller_hash", Text),
    Column("caller_last4", Text),
    Column("called", Text),
    Column("called_back", Boolean),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("seconds", Integer),
    Column("how", Text),
    Column("step", Text),
    Column("goals", JSON),
    Column("path_hash", Text),
    Column("served_at", Moment),
    Column("wanted_person", Boolean),
    Column("goals_reached", Integer),
)
"""A call."""

VISITS = _view(
    "v_queue_visits",
    Column("call_sid", Text),
    Column("called_back", Boolean),
    Column("outcome", Text),
    Column("waited", Integer),
    Column("talked", Integer),
    Column("wrapped", Integer),
    Column("at", Moment),
)
"""A wait in a queue that is over."""

WAITS_TOLD = _view(
    "v_waits_told",
    Column("call_sid", Text),
    Column("called_back", Boolean),
    Column("low", Integer),
    Column("high", Integer),
    Column("outcome", Text),
    Column("ended_at", Moment),
    *_seq_and_at(),
)
"""What a caller in a queue was told of the wait."""

MISSED_OFFERS = _view("v_missed_offers", Column("call_sid", Text), Column("called_back", Boolean), Column("at", Moment))
"""A call that was offered to an agent who did not take it."""

AGENT_STATES = _view(
    "v_agent_states",
    Column("call_sid", Text),
    Column("state", Text),
    Column("reason", Text),
    Column("how", Text),
    Column("began_at", Moment),
    Column("ended_at", Moment),
)
"""What an agent was, from when until when."""

WRAP_UPS = _view(
    "v_wrap_ups",
    Column("call_sid", Text),
    Column("code", Text),
    Column("seconds", Integer),
    Column("began_at", Moment),
    Column("ended_at", Moment),
)
"""What an agent did after a talk."""

GOALS = _view(
    "v_goals",
    Column("call_sid", Text),
    Column("goal", Text),
    Column("caller_hash", Text),
    Column("called_back", Boolean),
    Column("started_at", Moment),
    Column("ended_at", Moment),
)
"""A goal that a call reached."""

CALLBACKS = _view(
    "v_callbacks",
    Column("id", Text),
    Column("state", Text),
    Column("booked_at", Moment),
)
"""A callback that somebody booked."""

SURVEYS_ASKED = _view("v_surveys_asked", Column("call_sid", Text), Column("survey", Text), *_seq_and_at())
"""A survey that a caller was asked, or invited to."""

ANSWERS = _view(
    "v_survey_answers",
    Column("call_sid", Text),
    Column("caller_hash", Text),
    Column("survey", Text),
    Column("question", Text),
    Column("goal", Text),
    Column("kind", Text),
    Column("value", Integer),
    *_seq_and_at(),
)
"""An answer to a question of a survey."""


class whole_seconds(GenericFunction[int]):  # noqa: N801 - named as functions of SQL are
    """Whole seconds from 1970 to a moment, rounded down."""

    type = BigInteger()
    inherit_cache = True


@compiles(whole_seconds, "sqlite")
def _sqlite(element: whole_seconds, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **kwargs)}) AS INTEGER)"


@compiles(whole_seconds, "postgresql")
def _postgresql(element: whole_seconds, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **kwargs)})) AS BIGINT)"


QUARTER = 900
"""Seconds. Where a zone's quarter-hours begin, UTC's do: every zone is whole quarters away from it."""


def quarter(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """The quarter-hour of a moment: how many there were since 1970."""
    return whole_seconds(moment) // QUARTER
