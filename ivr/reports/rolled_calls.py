"""The figures of whole calls, of roll-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from ivr.reports.kpi import Settings
from ivr.reports.rolled import Cell, Rolled, seconds_of
from ivr.store.rollups.kinds import AGAIN_DAYS, AGAIN_HOURS, ENDINGS, Call, Goal, Kind


def _calls(cell: Cell) -> int | None:
    return None if cell.called_back else 1


def _first_response(cell: Cell) -> int | None:
    return None if cell.called_back else seconds_of(cell)


def _containment(cell: Cell) -> int | None:
    if cell.called_back or not cell.value & Call.OVER:
        return None
    return 0 if cell.value & Call.WANTED_PERSON else 1


def _true_containment(cell: Cell) -> int | None:
    is_ = Call(cell.value)
    if cell.called_back or Call.OVER | Call.NUMBER not in is_:
        return None
    return int(Call.GOAL in is_ and not is_ & (Call.WANTED_PERSON | Call.AGAIN))


def _first_contact(cell: Cell) -> int | None:
    is_ = Goal(cell.value)
    if cell.called_back or Goal.OVER | Goal.NUMBER not in is_:
        return None
    return int(Goal.AGAIN not in is_)


def _truly_contained(settings: Settings) -> Rolled | None:
    if settings["hours"] != AGAIN_HOURS:
        return None
    return Rolled((Kind.CALL,), _true_containment, waits=timedelta(hours=AGAIN_HOURS))


def _resolved(settings: Settings) -> Rolled | None:
    if settings["days"] != AGAIN_DAYS:
        return None
    return Rolled((Kind.GOAL,), _first_contact, waits=timedelta(days=AGAIN_DAYS))


def _ended(place: int) -> Callable[[Settings], Rolled]:
    return lambda _: Rolled((Kind.ENDED,), lambda cell: 1 if cell.value == place and not cell.called_back else None)


OF_CALLS: Mapping[str, Callable[[Settings], Rolled | None]] = {
    "calls": lambda _: Rolled((Kind.CALL,), _calls),
    "first_response": lambda _: Rolled((Kind.RESPONSE,), _first_response, seconds=True),
    "containment": lambda _: Rolled((Kind.CALL,), _containment),
    "true_containment": _truly_contained,
    "first_contact_resolution": _resolved,
    **{f"ended_{ending}": _ended(place) for place, ending in enumerate(ENDINGS)},
}
"""By the figures' names: how each is made with its settings, or None where it cannot."""
