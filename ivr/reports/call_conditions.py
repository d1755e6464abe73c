"""What is asked of a call, in SQL: of its row, of what happened in it, of its waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, or_, select

from ivr.reports.call_wanted import VISITS, Range, Wanted
from ivr.reports.named import NONE, named
from ivr.store.call_rows import LOST
from ivr.store.call_terms import call_terms, micros, microseconds
from ivr.store.log_tables import calls, events
from ivr.store.queue_visits import queue_visits
from ivr.store.survey_tables import survey_answers

Terms = tuple[str, ...]
"""Terms of `ivr.store.call_terms` of which a call has one at least."""


def in_span_row(wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    """Calls that began in the span, by their rows."""
    return calls.c.started_at >= wanted.since, calls.c.started_at < wanted.until


def of_terms(terms: tuple[str, ...], wanted: Wanted) -> Select[Any]:
    """The calls of any of these terms that began in the span."""
    it = call_terms.c
    term = it.term == terms[0] if len(terms) == 1 else it.term.in_(terms)
    return select(it.began, it.call_sid).where(term, it.began >= micros(wanted.since), it.began < micros(wanted.until))


def of_row(wanted: Wanted, *, scoped: bool = True) -> Iterator[ColumnElement[bool]]:
    """What its row says, or (the last ones) what is asked of its events where no term says it."""
    it = calls.c
    yield or_(it.line.is_(None), it.line.not_like("service.%"))
    for name in ("line", "version", "language") if scoped else ():
        yield from is_named(it[name], getattr(wanted, name))
    if scoped and wanted.queue == NONE:
        yield it.queue.is_(None)
    if scoped and wanted.agent == NONE:
        yield it.agent.is_(None)
    yield from is_named(it.caller_hash, wanted.caller)
    yield from is_named(it.step, wanted.last)
    yield from is_named(it.path_hash, wanted.path)
    if wanted.came_in:
        yield it.called_back.is_(False)
    match wanted.outcome:
        case None | "message" | "goal" | "nothing" | "something":
            pass
        case "going_on":
            yield it.how.is_(None)
        case "no_end":
            yield or_(it.how.is_(None), it.how == LOST)
        case "no_goal":
            yield ~_has(("goal_reached",))
        case how if how not in VISITS:
            yield it.how == how
    if wanted.key is not None and not _has_term(wanted):
        named = {"no_match": "keys", "looked_up": "outcome"}.get(wanted.event or "", "key")
        here = [events.c.step == wanted.at] if wanted.at else []
        data: Any = events.c.data[named]
        pressed = and_(events.c.kind == wanted.event, data.as_string() == wanted.key, *here)
        yield exists().where(events.c.call_sid == it.call_sid, pressed).correlate(calls)
    if wanted.survey is not None:
        answers = [survey_answers.c.survey == wanted.survey]
        if wanted.score is not None:
            measure, marks = wanted.score
            answers += [survey_answers.c.kind == measure, *within(survey_answers.c.value, marks)]
        yield exists().where(survey_answers.c.call_sid == it.call_sid, *answers).correlate(calls)


def in_index(condition: ColumnElement[bool]) -> bool:
    """Whether the calls' index answers it alone."""
    return "SELECT" not in str(condition)


def _has_term(wanted: Wanted) -> bool:
    """Whether there is a term for the key of an event: at a step, and one key alone where it is one of none."""
    return wanted.at is not None and (wanted.event != "no_match" or len(wanted.key or "") == 1)


def terms_of(wanted: Wanted, *, scoped: bool = True) -> list[Terms]:
    """What happened in it: of each of these, one of the terms at least."""
    found: list[Terms] = []
    for name in ("queue", "agent") if scoped else ():
        if (value := getattr(wanted, name)) not in (None, NONE):
            found.append((f"{name} {value}",))
    if wanted.outcome in VISITS:
        found.append((f"visit {wanted.outcome}",))
    if wanted.outcome in _OUTCOMES:
        found.append((_OUTCOMES[wanted.outcome],))
    if wanted.step is not None:
        found.append((f"went {wanted.step}>{wanted.next}" if wanted.next else f"entered@{wanted.step}",))
    elif wanted.next is not None:
        found.append((f"entered@{wanted.next}",))
    if (wanted.event, wanted.outcome) == ("ended", "nothing") and wanted.at is not None:
        found.append((f"nothing@{wanted.at}",))
    elif wanted.event is not None:
        term = wanted.event if wanted.at is None else f"{wanted.event}@{wanted.at}"
        found.append((f"{term}#{wanted.key}" if wanted.key is not None and _has_term(wanted) else term,))
    if wanted.trouble is not None:
        found.append(tuple(f"{kind}@{wanted.trouble}" for kind in ("nothing", "gave_up", "capped", "rescued")))
    if wanted.goal is not None:
        found.append((f"goal {wanted.goal}",))
    if wanted.score is not None:
        measure, marks = wanted.score
        found.append(tuple(f"score {measure} {it}" for it in range(marks.low or 0, (marks.high or 0) + 1)))
    if wanted.wait is not None:
        found.append(("queue_entered",))
    return found


_OUTCOMES = {"message": "message_left", "goal": "goal_reached", "nothing": "nothing", "something": "something"}


def of_visits(wanted: Wanted) -> ColumnElement[bool] | None:
    """What is asked of a visit to a queue, if anything is."""
    return None if wanted.wait is None else and_(*within(queue_visits.c.waited, wanted.wait))


def visited(visits: ColumnElement[bool], sid: ColumnElement[Any]) -> ColumnElement[bool]:
    """The call of a sid has such a visit."""
    return exists().where(queue_visits.c.call_sid == sid, visits)


def all_of(terms: list[Terms]) -> list[ColumnElement[bool]]:
    """Of each of these, a call has one."""
    return [_has(it) for it in terms]


def _has(terms: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a call has one of these terms."""
    it = call_terms.c
    same = and_(it.began == microseconds(calls.c.started_at), it.call_sid == calls.c.call_sid)
    return exists().where(call_terms.c.term.in_(terms), same).correlate(calls)


def is_named(column: ColumnElement[Any], name: str | None) -> list[ColumnElement[bool]]:
    """A column has that name, or (`NONE`) none; nothing is asked where there is no name."""
    return [] if name is None else [named(column, name)]


def within(column: ColumnElement[Any], it: Range) -> list[ColumnElement[bool]]:
    """A column is in a range."""
    if it.low is not None and it.low == it.high:
        return [column == it.low]
    low = [] if it.low is None else [column >= it.low]
    return low if it.high is None else [*low, column <= it.high]


def looked_for(wanted: Wanted, sid: ColumnElement[Any], view: FromClause) -> list[ColumnElement[bool]]:
    """What is asked of the call of a row of a view, besides the names and moments that the view has itself.

    What happened in calls is known once their quarter-hours are settled.
    """
    also = [*of_row(wanted, scoped=False), *all_of(terms_of(wanted, scoped=False))]
    if (visits := of_visits(wanted)) is not None:
        also.append(visited(visits, calls.c.call_sid))
    # The first says that it is no call of the service's own lines, of which views have none.
    return [exists().where(calls.c.call_sid == sid, *also).correlate(view)] if len(also) > 1 else []
