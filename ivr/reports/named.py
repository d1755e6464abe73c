"""Names by which a part of the log is chosen; `-` asks for what has none, as parts of figures are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_

from ivr.reports.kpi import Scope

NONE = "-"
"""What has no name: no queue, no agent."""


def named(column: ColumnElement[Any], wanted: str) -> ColumnElement[bool]:
    """Whether a column has that name, or none where that is asked."""
    return column.is_(None) if wanted == NONE else column == wanted


def one_of(column: ColumnElement[Any], wanted: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column has one of these names."""
    return or_(false(), *(named(column, it) for it in wanted))


def in_scope(columns: Any, scope: Scope) -> list[ColumnElement[bool]]:
    """What a scope asks of the names of a row: `columns` has line, version, queue, agent and language."""
    names = {name: getattr(scope, name) for name in ("line", "version", "agent", "language")}
    which = [named(columns[name], wanted) for name, wanted in names.items() if wanted is not None]
    if scope.queues is not None:
        which.append(one_of(columns.queue, scope.queues))
    return which
