"""What can be taken out of the log: calls, events, answers to surveys; the columns of each, and the query behind it.

Numbers of callers are as in the log: the last four digits, and a hash that is the same for the same caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Table, and_, select

from ivr.reports.views import ANSWERS, CALLS
from ivr.store.log_tables import events, records

Kind = Literal["text", "number", "moment", "flag", "names", "fields"]
"""`names` is a list of texts, `fields` an object of JSON."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One column: what it is called, of what kind it is, where it comes from, what it means."""

    name: str
    kind: Kind
    of: ColumnElement[Any]
    words: str


@dataclass(frozen=True, slots=True)
class Export:
    """What can be taken out: a row for each of its things, in the order of time."""

    name: str
    columns: tuple[Exported, ...]
    rows: Callable[..., Select[Any]]
    """The query of the columns given to it."""
    view: Table
    """What has the names by which rows are chosen: line, version, language, queue, agent."""
    moment: str
    """The view's column that says when a row counts."""


_CALL = (
    Exported("call_sid", "text", CALLS.c.call_sid, "the carrier's name of the call"),
    Exported("line", "text", CALLS.c.line, "the line: the name of its file without .yaml"),
    Exported("version", "text", CALLS.c.version, "the version of the line that the call had"),
    Exported("language", "text", CALLS.c.language, "the language that the caller chose; empty: the line's first"),
    Exported("caller_hash", "text", CALLS.c.caller_hash, "the same for the same caller; empty where none was shown"),
)

_CALLS = Export(
    "calls",
    (
        *_CALL,
        Exported("caller_last4", "text", CALLS.c.caller_last4, "the last four digits of the caller's number"),
        Exported("called", "text", CALLS.c.called, "the number of the line that was called"),
        Exported("called_back", "flag", CALLS.c.called_back, "whether we called, as was agreed"),
        Exported("started_at", "moment", CALLS.c.started_at, "when it began"),
        Exported("ended_at", "moment", CALLS.c.ended_at, "when it ended; empty while it goes on"),
        Exported("seconds", "number", CALLS.c.seconds, "from beginning to end"),
        Exported("how", "text", CALLS.c.how, "how it ended: line, the carrier's word, or lost"),
        Exported("step", "text", CALLS.c.step, "the last step that the caller came to"),
        Exported("goals", "names", CALLS.c.goals, "the goals reached, in their order"),
        Exported("wanted_person", "flag", CALLS.c.wanted_person, "whether a person was asked for, or a message left"),
        Exported("served_at", "moment", CALLS.c.served_at, "when a person answered or a goal was reached at first"),
        Exported("queue", "text", CALLS.c.queue, "the last queue of the call"),
        Exported("agent", "text", CALLS.c.agent, "the last agent who took it"),
        Exported("path_hash", "text", CALLS.c.path_hash, "the same for calls that came to the same steps in order"),
    ),
    lambda *columns: select(*columns).order_by(CALLS.c.started_at, CALLS.c.call_sid),
    CALLS,
    "started_at",
)

_RECORD = and_(records.c.call_sid == events.c.call_sid, records.c.seq == events.c.seq)

_EVENTS = Export(
    "events",
    (
        *_CALL,
        Exported("seq", "number", events.c.seq, "the input at which it happened, from 1"),
        Exported("n", "number", events.c.n, "which event of that input, from 0"),
        Exported("at", "moment", records.c.at, "when"),
        Exported("kind", "text", events.c.kind, "what happened"),
        Exported("step", "text", events.c.step, "at which step"),
        Exported("data", "fields", events.c.data, "what else is known of it, as JSON; of a recording, not where it is"),
    ),
    lambda *columns: (
        select(*columns)
        .select_from(CALLS.join(events, events.c.call_sid == CALLS.c.call_sid).join(records, _RECORD))
        .order_by(CALLS.c.started_at, CALLS.c.call_sid, events.c.seq, events.c.n)
    ),
    CALLS,
    "started_at",
)

_SURVEYS = Export(
    "surveys",
    (
        Exported("call_sid", "text", ANSWERS.c.call_sid, "the carrier's name of the call"),
        Exported("seq", "number", ANSWERS.c.seq, "the input that was the answer"),
        Exported("at", "moment", ANSWERS.c.at, "when it was given"),
        Exported("line", "text", ANSWERS.c.line, "the line"),
        Exported("version", "text", ANSWERS.c.version, "its version"),
        Exported("language", "text", ANSWERS.c.language, "the language that the caller chose"),
        Exported("caller_hash", "text", ANSWERS.c.caller_hash, "the same for the same caller"),
        Exported("survey", "text", ANSWERS.c.survey, "the survey's name"),
        Exported("question", "text", ANSWERS.c.question, "the question's name in it"),
        Exported("kind", "text", ANSWERS.c.kind, "csat, nps, ces, yes_no or comment"),
        Exported("value", "number", ANSWERS.c.value, "the answer; 1 and 0 for yes and no, empty for a comment"),
        Exported("queue", "text", ANSWERS.c.queue, "the queue of the last talk before it"),
        Exported("agent", "text", ANSWERS.c.agent, "the agent of that talk"),
        Exported("goal", "text", ANSWERS.c.goal, "the last goal reached before it"),
    ),
    lambda *columns: select(*columns).order_by(ANSWERS.c.at, ANSWERS.c.call_sid, ANSWERS.c.seq),
    ANSWERS,
    "at",
)

EXPORTS = {it.name: it for it in (_CALLS, _EVENTS, _SURVEYS)}
"""All of them, by name."""
