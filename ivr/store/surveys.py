"""Surveys in SQL: what callers were asked and answered, and how often one was asked lately.

The log writer keeps the rows with the records, in the same transaction. A call's rows are made from its events as SQL
has them by then, all anew: so they are the same in whatever order, and however often, its records come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, insert, select

from ivr.store.call_rows import LoggedRecord, path_on
from ivr.store.log_tables import calls, events, records
from ivr.store.survey_tables import survey_answers, surveys_asked

_ROWS = frozenset({"survey_asked", "survey_answered", "survey_commented"})
"""The kinds of event that have a row."""

_KINDS = (*_ROWS, "entered", "connected", "goal_reached")
"""And those that say what goes with it."""


LONGEST_KIND, LARGEST = 8, 10
"""What no answer goes beyond, whatever a record says: it shall not keep the record out of the log."""


class Surveys:
    """The surveys of one database. Safe between threads; raises `SQLAlchemyError` where it is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def asked(self, caller_hash: str, survey: str, since: datetime) -> int:
        """How often a caller was asked since a moment (aware)."""
        it = surveys_asked.c
        query = select(func.count()).where(it.caller_hash == caller_hash, it.survey == survey, it.at >= since)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()


@dataclass(frozen=True, slots=True)
class _Before:
    """What goes with an answer: what came before it."""

    queue: str | None = None
    agent: str | None = None
    goal: str | None = None
    path_hash: str = ""


def note_surveys(
    connection: Connection, new: Iterable[tuple[str, Sequence[LoggedRecord]]], late: Iterable[str]
) -> None:
    """Keeps the rows of the calls of these records, which are in SQL already, as are the rows of the calls.

    `late` are the calls of which records came out of their order.
    """
    sids = {sid for sid, fresh in new if any(event["kind"] in _ROWS for record in fresh for event in record.events)}
    for sid in sorted(sids | set(late)):
        _keep(connection, sid)


def _keep(connection: Connection, sid: str) -> None:
    """Makes the rows of one call anew."""
    query = (
        select(events.c.seq, events.c.kind, events.c.step, events.c.data, records.c.at)
        .join(records, and_(records.c.call_sid == events.c.call_sid, records.c.seq == events.c.seq))
        .where(events.c.call_sid == sid, events.c.kind.in_(_KINDS))
        .order_by(events.c.seq, events.c.n)
    )
    happened = connection.execute(query).all()
    for table in (surveys_asked, survey_answers):
        connection.execute(delete(table).where(table.c.call_sid == sid))
    if not any(event.kind in _ROWS for event in happened):
        return
    query = select(calls.c.line, calls.c.version, calls.c.caller_hash).where(calls.c.call_sid == sid)
    call = connection.execute(query).one()
    asked: dict[int, dict[str, object]] = {}  # by seq: a record has one such event
    answers: dict[int, dict[str, object]] = {}
    before = _Before()
    for event in happened:
        known = {
            "call_sid": sid, "seq": event.seq, "survey": _text(event.data, "survey") or "", "at": event.at,
            "line": call.line, "version": call.version,
            "queue": before.queue, "agent": before.agent, "goal": before.goal, "path_hash": before.path_hash,
        }  # fmt: skip
        match event.kind:
            case "survey_asked":
                asked[event.seq] = known | {"caller_hash": call.caller_hash}
            case "survey_answered" | "survey_commented":
                answers[event.seq] = known | _answer(event.data)
            case "connected":
                before = replace(before, queue=_text(event.data, "queue"), agent=_text(event.data, "agent"))
            case "goal_reached":
                before = replace(before, goal=_text(event.data, "goal"))
            case _:
                before = replace(before, path_hash=path_on(before.path_hash, event.step or ""))
    if asked:
        connection.execute(insert(surveys_asked), list(asked.values()))
    if answers:
        connection.execute(insert(survey_answers), list(answers.values()))


def _answer(data: Mapping[str, Any]) -> dict[str, object]:
    value = data.get("value")
    return {
        "question": _text(data, "question") or "",
        "kind": (_text(data, "measure") or "comment")[:LONGEST_KIND],
        "value": value if type(value) is int and 0 <= value <= LARGEST else None,
    }


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) else None
