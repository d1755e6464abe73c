"""The tables of surveys: which callers were asked, and what they answered."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from ivr.store.sql import Moment, metadata

surveys_asked = Table(
    "surveys_asked",
    metadata,
    Column("call_sid", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("survey", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("line", Text, nullable=True),
    Column("version", Text, nullable=True),
    Column("caller_hash", String(32), nullable=True),
    Column("queue", Text, nullable=True),
    Column("agent", Text, nullable=True),
    Column("goal", Text, nullable=True),
    Column("path_hash", String(32), nullable=False),
    Index("ix_surveys_asked_caller_hash_survey_at", "caller_hash", "survey", "at"),
    Index("ix_surveys_asked_at", "at"),
)
"""One row for each time that a caller was asked, or invited to be: `seq` is the record at which they were."""

survey_answers = Table(
    "survey_answers",
    metadata,
    Column("call_sid", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("survey", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("value", Integer, nullable=True),
    Column("at", Moment, nullable=False),
    Column("line", Text, nullable=True),
    Column("version", Text, nullable=True),
    Column("queue", Text, nullable=True),
    Column("agent", Text, nullable=True),
    Column("goal", Text, nullable=True),
    Column("path_hash", String(32), nullable=False),
    Index("ix_survey_answers_at", "at"),
    Index("ix_survey_answers_agent_at", "agent", "at"),
)
"""One row an answer. `kind` is csat, nps, ces, yes_no (1 and 0) or comment, which has no value: its audio is in the row
of `messages` with the same call and seq. `queue` and `agent` are of the last talk before it, `goal` is the last one
reached by then, and `path_hash` that of the steps to which the caller had come."""
