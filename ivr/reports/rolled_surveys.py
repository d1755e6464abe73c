"""The figures of surveys, of roll-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivr.reports.kpi import Settings
from ivr.reports.rolled import Cell, Rolled
from ivr.store.rollups.kinds import ANSWERS, MEASURES, NO_MARK, Kind


def _marks(measure: str, value: Callable[[int], int]) -> Callable[[Settings], Rolled]:
    """What marks of that measure count for; an answer without one is the worst."""

    def counts(cell: Cell) -> int | None:
        of, mark = divmod(cell.value, ANSWERS)
        if of != MEASURES[measure]:
            return None
        return 0 if mark == NO_MARK else value(mark)

    return lambda _: Rolled((Kind.ANSWER,), counts)


OF_SURVEYS: Mapping[str, Callable[[Settings], Rolled | None]] = {
    "survey_response": lambda _: Rolled((Kind.ASKED,), lambda cell: cell.value),
    "csat": _marks("csat", lambda mark: int(mark >= 4)),
    "nps": _marks("nps", lambda mark: 1 if mark >= 9 else -1 if mark <= 6 else 0),
    "ces": _marks("ces", lambda mark: int(mark > 4)),
}
"""By the figures' names: how each is made with its settings, or None where it cannot."""
