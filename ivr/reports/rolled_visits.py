"""The figures of waits in queues and of talks, of roll-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivr.reports.kpi import Settings
from ivr.reports.rolled import Cell, Rolled, at_least, at_most, needs, seconds_of
from ivr.store.rollups.kinds import AS_TOLD, LONGER, NONE, SHORTER, TALKS, VISITS, Kind

Value = Callable[[Cell], int | None]


def _counts(settings: Settings, cell: Cell) -> bool:
    return bool(settings["callbacks"]) or not cell.called_back


def _number(kind: Kind) -> Callable[[Settings], Rolled]:
    def rolled(settings: Settings) -> Rolled:
        return Rolled(VISITS, lambda cell: 1 if cell.kind == kind and _counts(settings, cell) else None)

    return rolled


def _waited(*kinds: Kind) -> Callable[[Settings], Rolled]:
    def rolled(settings: Settings) -> Rolled:
        def value(cell: Cell) -> int | None:
            return seconds_of(cell) if cell.kind in kinds and _counts(settings, cell) else None

        return Rolled(VISITS, value, seconds=True)

    return rolled


def _long(cell: Cell, short: int) -> bool:
    """Whether the caller hung up, and not within the first seconds."""
    return cell.kind == Kind.ABANDONED and cell.value != NONE and cell.value >= short


def _abandonment(settings: Settings) -> Rolled | None:
    short = at_least(settings["short"])

    def value(cell: Cell) -> int | None:
        if not _counts(settings, cell):
            return None
        return 0 if cell.kind == Kind.ANSWERED else 1 if _long(cell, short) else None

    fine = needs(short)
    return None if fine is None else Rolled(VISITS, value, fine=fine)


def _service_level(settings: Settings) -> Rolled | None:
    late, short = at_most(settings["seconds"]), at_least(settings["short"])

    def in_time(cell: Cell) -> bool:
        return cell.kind == Kind.ANSWERED and cell.value != NONE and cell.value < late

    def value(cell: Cell) -> int | None:
        if not _counts(settings, cell):
            return None
        if cell.kind == Kind.ANSWERED:
            return int(in_time(cell))
        return 0 if settings["abandoned"] and _long(cell, short) else None

    def brief(cell: Cell) -> bool:
        return cell.kind == Kind.ABANDONED and cell.value != NONE and cell.value < short

    counts: dict[str, Callable[[Cell], bool]] = {
        "in_time": lambda cell: _counts(settings, cell) and in_time(cell),
        "connected": lambda cell: _counts(settings, cell) and cell.kind == Kind.ANSWERED,
        "abandoned": lambda cell: _counts(settings, cell) and cell.kind == Kind.ABANDONED,
        "short": lambda cell: _counts(settings, cell) and brief(cell),
    }
    fine = needs(late, short)
    return None if fine is None else Rolled(VISITS, value, counts=counts, fine=fine)


def _seconds(settings: Settings, *kinds: Kind, plus: int = 0, there: tuple[Kind, ...] = TALKS) -> Rolled:
    """Of talks: seconds of these kinds, and so many more where the wrap-up is not known."""

    def value(cell: Cell) -> int | None:
        return seconds_of(cell) if cell.kind in kinds and _counts(settings, cell) else None

    more: Callable[[Cell], int] = lambda cell: plus if cell.kind == Kind.TALK else 0  # noqa: E731
    return Rolled(tuple({*kinds, *there}), value, seconds=True, plus=more)


def _handling(settings: Settings) -> Rolled:
    return _seconds(settings, Kind.TALK, Kind.HANDLING, plus=round(settings["wrap_up"]))


_TOLD = Rolled(
    (Kind.TOLD,),
    lambda cell: None if cell.value == NONE else int(cell.value == AS_TOLD),
    counts={"shorter": lambda cell: cell.value == SHORTER, "longer": lambda cell: cell.value == LONGER},
)

OF_VISITS: Mapping[str, Callable[[Settings], Rolled | None]] = {
    "service_level": _service_level,
    "asa": _waited(Kind.ANSWERED),
    "abandonment": _abandonment,
    "time_to_abandon": _waited(Kind.ABANDONED),
    "other_waits": _waited(*(kind for kind in VISITS if kind not in (Kind.ANSWERED, Kind.ABANDONED))),
    "handled": _number(Kind.ANSWERED),
    "abandoned": _number(Kind.ABANDONED),
    "timed_out": _number(Kind.TIMED_OUT),
    "left": _number(Kind.LEFT),
    "turned_away": _number(Kind.TURNED_AWAY),
    "callbacks_booked": _number(Kind.CALLBACK_BOOKED),
    "callbacks_kept": lambda _: Rolled((Kind.CALLBACK,), seconds_of),
    "handling_time": _handling,
    "total_handling_time": _handling,
    "talk_time": lambda settings: _seconds(settings, Kind.TALK, Kind.WRAPPED_TALK),
    "wrap_up_time": lambda settings: _seconds(settings, Kind.WRAP_UP),
    "missed": lambda _: Rolled((Kind.MISSED,), lambda _: 1),
    "estimate_right": lambda _: _TOLD,
    "estimate_error": lambda _: Rolled((Kind.MISTOLD,), seconds_of, seconds=True),
}
"""By the figures' names: how each is made with its settings, or None where it cannot."""
