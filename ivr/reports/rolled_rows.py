"""Reading the cube: what is asked of it, in one query over the fewest rows that answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import tzinfo
from typing import NamedTuple

from sqlalchemy import Connection, text

from ivr.reports.kpi import By, Scope
from ivr.reports.local_spans import Shift, day_name, day_sql, hour_name, hour_sql, local_name, shifts
from ivr.reports.named import NONE
from ivr.reports.rolled import Cell
from ivr.store.rollups.grains import DIMENSIONS, FINEST, HALF_HOUR, grain_for, spans_for
from ivr.store.rollups.names import ids, names
from ivr.store.rollups.reading import Settled
from ivr.store.rollups.rollup import BLOCK, DAY


class RolledRow(NamedTuple):
    """So many things in a cell, their seconds in all, and the squares of those."""

    of: str
    cell: Cell
    times: int
    total: int
    squares: int


def rolled_rows(
    connection: Connection, rows: Settled, kinds: Collection[int], scope: Scope, by: By, zone: tzinfo, *, fine: bool
) -> Iterator[RolledRow]:
    """All cells of these kinds in a scope, in the quarter-hours of `rows` alone; `fine`: with seconds in buckets."""
    if by in _OF_TIME:
        rows = _there(connection, rows, kinds)
    if rows.since >= rows.until:
        return
    known = shifts(zone, rows.since, rows.until) if by in _OF_TIME else []
    wanted = _wanted(connection, scope)
    dimensions = {*wanted, *({by} & set(DIMENSIONS))}
    spans = [span for span in spans_for(dimensions, fine=fine) if span <= _longest(by, known)]
    of = _of(by, known)
    selects = []
    for piece in rows.pieces(spans):
        grain = grain_for(piece.span, dimensions, fine=fine) or FINEST
        which = [f"grain = {grain.number}", f"kind IN ({_listed(kinds)})"]
        which += [f"begins >= {piece.since}", f"begins < {piece.until}"]
        which += [f"{name} IN ({_listed(numbers)})" for name, numbers in wanted.items()]
        columns = f"{of} AS part, kind, called_back, value, times, total, squares"
        selects.append(f"SELECT {columns} FROM rollups WHERE {' AND '.join(which)}")  # noqa: S608
    query = (
        "SELECT part, kind, called_back, value, sum(times), sum(total), sum(squares) "  # noqa: S608 - numbers alone
        f"FROM ({' UNION ALL '.join(selects)}) AS pieces GROUP BY part, kind, called_back, value"
    )
    name = _naming(connection, by, zone)
    parts: dict[int, str] = {}
    cells: dict[tuple[int, int, int], Cell] = {}
    # All at once, and few objects: of a year by the day there are tens of thousands.
    for part, kind, called_back, value, times, total, squares in connection.execute(text(query)).all():
        if (of_part := parts.get(part)) is None:
            of_part = parts[part] = name(part)
        if (cell := cells.get((kind, called_back, value))) is None:
            cell = cells[kind, called_back, value] = Cell(kind, called_back, value)
        yield RolledRow(of_part, cell, int(times), int(total), int(squares))


_OF_TIME = ("day", "hour", "quarter")


def _of(by: By, known: list[Shift]) -> str:
    """What rows are sorted by, as an expression over them."""
    match by:
        case "all":
            return "0"
        case "day":
            return day_sql(known)
        case "hour":
            return hour_sql(known)
        case "quarter":
            return "begins"
        case _:
            return by


def _naming(connection: Connection, by: By, zone: tzinfo) -> Callable[[int], str]:
    """The name of what rows are sorted by."""
    match by:
        case "all":
            return lambda _: ""
        case "day":
            return day_name
        case "hour":
            return hour_name
        case "quarter":
            return lambda quarter: local_name(quarter, by, zone)
        case _:
            known = {0: NONE} | names(connection)
            return lambda number: known[number]


def _longest(by: By, known: list[Shift]) -> int:
    """The longest span that lies in one part each."""
    if by not in _OF_TIME:
        return BLOCK
    if by == "quarter":
        return 1
    if by == "day" and all(shift.ahead % DAY == 0 for shift in known):
        return DAY
    in_step = all(shift.ahead % HALF_HOUR == 0 for shift in known)
    # Where the clock changes, a half-hour must begin; the first shift has no change.
    return HALF_HOUR if in_step and all(shift.since % HALF_HOUR == 0 for shift in known[1:]) else 1


def _wanted(connection: Connection, scope: Scope) -> dict[str, list[int]]:
    """The numbers of the names that a scope has, by dimension."""
    given = {name: (getattr(scope, name),) for name in ("line", "version", "agent", "language")}
    named: dict[str, tuple[str, ...]] = {name: ones for name, ones in given.items() if ones[0] is not None}
    if scope.queues is not None:
        named["queue"] = scope.queues
    known = ids(connection, {one for ones in named.values() for one in ones}) if named else {}
    known[NONE] = 0
    return {name: [known[one] for one in ones] or [-1] for name, ones in named.items()}


def _there(connection: Connection, rows: Settled, kinds: Collection[int]) -> Settled:
    """The part of it that has rows at all, in whole days."""
    ends: dict[str, list[int]] = {"min": [], "max": []}
    for kind in kinds:
        for end, found in ends.items():
            query = (
                f"SELECT {end}(begins) FROM rollups WHERE grain = {FINEST.number} AND kind = {kind:d} "  # noqa: S608
                f"AND begins >= {rows.since} AND begins < {rows.until}"
            )
            if (one := connection.execute(text(query)).scalar()) is not None:
                found.append(one)
    if not ends["min"]:
        return rows.part(rows.since, rows.since)
    began, ended = min(ends["min"]) // DAY * DAY, (max(ends["max"]) // DAY + 1) * DAY
    return rows.part(max(rows.since, began), min(rows.until, ended))


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(f"{number:d}" for number in sorted(numbers))
