"""A key figure as data: what it is called, its formula in words, what can be set of it, and the query behind it.

`docs/kpis.md` is what each says of itself; a figure never comes without how many it is made of and how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Engine, RowMapping, Select

Setting = float | bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be set of a figure; `words` say what it means, with its unit."""

    name: str
    default: Setting
    words: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the log counts: moments from `since` to before `until` (aware), and names of `of` (all: None)."""

    since: datetime
    until: datetime
    of: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: of what, its value (None where there was nothing to measure), of how many, how sure.

    `low` and `high` are the ends of its interval (95 %), `counts` the numbers that it is made of.
    """

    of: str
    value: float | None
    n: int
    low: float | None
    high: float | None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure. `query` gives a row for each thing it is of, and `figure` makes the figure of a row."""

    name: str
    title: str
    formula: str
    unit: Literal["share", "seconds", "number"]
    of: str
    """What it is of: a queue, a line, an agent."""
    parameters: tuple[Parameter, ...]
    source: str
    """Where the definition comes from, and what it decides where practice differs."""
    query: Callable[[Scope, Mapping[str, Setting]], Select[Any]]
    figure: Callable[[RowMapping], Figure]

    def settings(self, given: Mapping[str, Setting] | None = None) -> dict[str, Setting]:
        """All settings: those given, else the defaults. Raises KeyError for one that the figure does not have."""
        known = {it.name: it.default for it in self.parameters}
        if unknown := set(given or {}) - set(known):
            raise KeyError(f"{self.name} has no parameter {', '.join(sorted(unknown))}")
        return known | dict(given or {})

    def measure(self, engine: Engine, scope: Scope, given: Mapping[str, Setting] | None = None) -> dict[str, Figure]:
        """The figures by what they are of. What nothing happened to is missing. Raises SQLAlchemyError."""
        with engine.connect() as connection:
            rows = connection.execute(self.query(scope, self.settings(given))).mappings().all()
        return {figure.of: figure for figure in map(self.figure, rows)}
