"""How calls ended: each call in exactly one outcome, so that all of them together are the calls.

An outcome is a key figure of its own, so its calls can be looked up as those of any other. The conditions are asked in
their order, and the first that holds is the call's: who talked to a person and then left a message talked to a person.
Those in which no person was asked for are together what containment counts.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, not_, or_

from ivr.reports.kpi import Kpi, Scope, Settings
from ivr.reports.views import CALLS, VISITS
from ivr.store.log_tables import events

_OVER, _WANTED = CALLS.c.ended_at.is_not(None), CALLS.c.wanted_person


def _event(*kinds: str, outcome: str | None = None) -> ColumnElement[bool]:
    happened = exists().where(events.c.call_sid == CALLS.c.call_sid, events.c.kind.in_(kinds))
    return happened if outcome is None else happened.where(events.c.data["outcome"].as_string() == outcome)


def _waited(outcome: str) -> ColumnElement[bool]:
    return exists().where(VISITS.c.call_sid == CALLS.c.call_sid, VISITS.c.outcome == outcome)


_IN_ORDER: tuple[tuple[str, str, str, ColumnElement[bool]], ...] = (
    ("going_on", "Going on", "calls that are not over", not_(_OVER)),
    (
        "talked",
        "Talked to a person",
        "calls in which an agent, or somebody at a number that was dialled, answered",
        and_(_WANTED, or_(CALLS.c.agent.is_not(None), _event("dial_ended", outcome="answered"))),
    ),
    (
        "callback",
        "Callback booked",
        "calls in which nobody answered and a callback was booked",
        and_(_WANTED, _waited("callback_booked")),
    ),
    (
        "message",
        "Left a message",
        "calls in which nobody answered and a message was left",
        and_(_WANTED, _event("message_left")),
    ),
    (
        "abandoned",
        "Abandoned in a queue",
        "calls whose caller hung up while waiting in a queue, with no callback and no message",
        and_(_WANTED, _waited("abandoned")),
    ),
    (
        "nobody",
        "Reached nobody",
        "calls in which a person was asked for, nobody answered, and the caller did not hang up while waiting: the "
        "queue was closed, full or left, or the number dialled did not answer",
        _WANTED,
    ),
    (
        "goal",
        "Helped by the line",
        "calls in which a goal was reached and no person asked for",
        CALLS.c.goals_reached > 0,
    ),
    (
        "gave_up",
        "Tries used up",
        "calls with no goal and no person asked for, in which the caller's tries at a step, or in the whole call, "
        "were used up",
        _event("gave_up", "capped"),
    ),
    (
        "heard",
        "Heard to the end",
        "calls with no goal and no person asked for, which the line itself ended",
        CALLS.c.how == "line",
    ),
    (
        "lost",
        "Lost",
        "calls with no goal and no person asked for, whose end nobody reported, or which failed at the carrier",
        or_(CALLS.c.how.is_(None), CALLS.c.how != "completed"),
    ),
    (
        "hung_up",
        "Hung up in the menu",
        "calls with no goal and no person asked for, whose caller hung up",
        CALLS.c.how == "completed",
    ),
)


def _outcome(place: int) -> Kpi:
    name, title, formula, which = _IN_ORDER[place]
    before = [(earlier, None) for _, _, _, earlier in _IN_ORDER[:place]]

    def value(_: Settings, __: Scope) -> ColumnElement[Any]:
        return case((CALLS.c.called_back, None), *before, (which, 1))

    return Kpi(
        name=f"ended_{name}",
        title=title,
        formula=formula,
        unit="number",
        of="line",
        view=CALLS,
        moment="started_at",
        value=value,
        source="Counted. A call counts in the first outcome that fits, in their order, at the moment at which it "
        "began; calls that we made to call somebody back are left out.",
    )


OUTCOMES: tuple[Kpi, ...] = tuple(_outcome(it) for it in range(len(_IN_ORDER)))
"""All of them, in the order in which they are asked for."""
