"""How the roll-ups stand: what there is, and what waits to be made anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from ivr.store.rollups.cube import rollups
from ivr.store.rollups.grains import FINEST
from ivr.store.rollups.kinds import Kind
from ivr.store.rollups.moments import moment_of
from ivr.store.rollups.registered import ROLLUPS
from ivr.store.rollups.rollup import BLOCK, DAY
from ivr.store.rollups.settling import marked


@dataclass(frozen=True, slots=True)
class Standing:
    """How they stand."""

    names: tuple[str, ...]
    rows: int
    """Of key figures, in all grains."""
    first: datetime | None
    last: datetime | None
    """When the first and the last quarter-hour with a call begin; UTC."""
    quarters: int
    days: int
    blocks: int
    """Spans that wait to be made anew."""


def standing(engine: Engine) -> Standing:
    """How they stand now. Raises SQLAlchemyError."""
    with engine.connect() as connection:
        ends = []
        for end in (func.min, func.max):
            of_calls = (rollups.c.grain == FINEST.number, rollups.c.kind == Kind.CALL)
            quarter = connection.scalar(select(end(rollups.c.begins)).where(*of_calls))
            ends.append(None if quarter is None else moment_of(quarter))
        rows = connection.scalar(select(func.count()).select_from(rollups)) or 0
        waiting = [len(marked(connection, span)) for span in (1, DAY, BLOCK)]
    return Standing(tuple(it.name for it in ROLLUPS), rows, ends[0], ends[1], *waiting)
