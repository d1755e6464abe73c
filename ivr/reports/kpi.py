"""A key figure as data: what it is called, its formula in words, what can be set of it, and how to measure it.

`docs/kpis.md` is what each says of itself; a figure never comes without how many it is made of and how sure it is.

A figure looks at the rows of one view, each of which is one thing at one moment (a call, a visit to a queue, …), and
says of each what it counts for: a number, or nothing. Whatever the rows are sorted by, each is in one place, so the
parts add up to the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, Integer, Select, Table, case, func, literal, select

from ivr.reports.figure import Figure, Unit, figure
from ivr.reports.spread import Spread
from ivr.reports.views import QUARTER, quarter

Setting = float | bool
By = Literal["all", "line", "version", "queue", "agent", "language", "quarter", "day"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be set of a figure; `words` say what it means, with its unit."""

    name: str
    default: Setting
    words: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the log counts: moments from `since` to before `until` (aware), and names, where they are given.

    `now` (aware) is when the log was looked at, for figures that wait for what callers do next; None: long after.
    """

    since: datetime
    until: datetime
    queues: tuple[str, ...] | None = None
    line: str | None = None
    version: str | None = None
    agent: str | None = None
    language: str | None = None
    now: datetime | None = None


Settings = Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure."""

    name: str
    title: str
    formula: str
    unit: Unit
    of: By
    """What it is of by custom: a queue, a line."""
    view: Table
    moment: str
    """The view's column that says when a row counts."""
    value: Callable[[Settings, Scope], ColumnElement[Any]]
    """What a row counts for: 1 or 0 for a share, seconds, a mark; NULL where it does not count."""
    parameters: tuple[Parameter, ...] = ()
    source: str = ""
    """Where the definition comes from, and what it decides where practice differs."""
    counts: Callable[[Settings], Mapping[str, ColumnElement[bool]]] = field(default=lambda _: {})
    """What else is counted of the same rows."""

    def settings(self, given: Settings | None = None) -> dict[str, Setting]:
        """All settings: those given, else the defaults. Raises KeyError for one that the figure does not have."""
        known = {it.name: it.default for it in self.parameters}
        if unknown := set(given or {}) - set(known):
            raise KeyError(f"{self.name} has no parameter {', '.join(sorted(unknown))}")
        return known | dict(given or {})

    def measure(
        self,
        engine: Engine,
        scope: Scope,
        given: Settings | None = None,
        *,
        by: By | None = None,
        zone: tzinfo = UTC,
    ) -> dict[str, Figure]:
        """The figures by what they are of, in its order: by `of` where nothing is said, "" for `all`.

        Days and quarter-hours are those of the zone; a quarter-hour is named by its beginning in ISO 8601. What
        nothing happened to is missing; "-" is what has no name. Raises SQLAlchemyError.
        """
        by, settings = by or self.of, self.settings(given)
        counted = self.counts(settings)
        spreads: dict[str, Spread] = {}
        counts: dict[str, dict[str, int]] = {}
        with engine.connect() as connection:
            for row in connection.execute(self._query(scope, settings, counted, by)).mappings():
                of = _named(row["of"], by, zone)
                spread = spreads.setdefault(of, Spread())
                if row["value"] is not None:
                    spread.add(int(row["value"]), row["times"])
                sums = counts.setdefault(of, dict.fromkeys(counted, 0))
                for name in counted:
                    sums[name] += int(row[name])
        return {of: figure(self.unit, of, spreads[of], counts[of]) for of in sorted(spreads)}

    def _query(
        self, scope: Scope, settings: Settings, counted: Mapping[str, ColumnElement[bool]], by: By
    ) -> Select[Any]:
        columns = self.view.c
        moment = columns[self.moment]
        match by:
            case "all":
                of: ColumnElement[Any] = literal("")
            case "quarter" | "day":
                of = quarter(moment)
            case _:
                of = columns[by]
        numbers = [_one_or_nought(which).label(name) for name, which in counted.items()]
        rows = select(of.label("of"), self.value(settings, scope).label("value"), *numbers)
        rows = rows.where(moment >= scope.since, moment < scope.until)
        if scope.queues is not None:
            rows = rows.where(columns.queue.in_(scope.queues))
        for name in ("line", "version", "agent", "language"):
            if (wanted := getattr(scope, name)) is not None:
                rows = rows.where(columns[name] == wanted)
        # In two: to PostgreSQL the same expression with other parameters is another one, and cannot be grouped by.
        each = rows.subquery().c
        sums = [func.sum(each[name]).label(name) for name in counted]
        return select(each.of, each.value, func.count().label("times"), *sums).group_by(each.of, each.value)


def _one_or_nought(which: ColumnElement[bool]) -> ColumnElement[int]:
    return case((which, literal(1, Integer)), else_=literal(0, Integer))


def _named(of: Any, by: By, zone: tzinfo) -> str:
    if by not in ("quarter", "day"):
        return "-" if of is None else str(of)
    began = datetime.fromtimestamp(of * QUARTER, zone)
    return began.date().isoformat() if by == "day" else began.isoformat(timespec="minutes")
