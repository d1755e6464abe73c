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

from sqlalchemy import ColumnElement, Engine, Table

from ivr.reports.figure import Figure, Unit

Setting = float | bool
By = Literal["all", "line", "version", "queue", "agent", "language", "quarter", "hour", "day"]


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

        Days, hours and quarter-hours are those of the zone; a quarter-hour is named by its beginning in ISO 8601, an
        hour is one of the week: "1-09" is from nine to ten on Mondays. What nothing happened to is missing; "-" is what
        has no name. From two minutes on, medians and percentiles are off by 1.6 % at most. Raises SQLAlchemyError.
        """
        # Here, since measuring goes by what a figure is.
        from ivr.reports.measuring import measure_all

        return measure_all(engine, (self,), scope, {self.name: given or {}}, by=by or self.of, zone=zone)[self.name]
