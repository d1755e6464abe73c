"""Quarter-hours and moments. Where a zone's quarter-hours begin, UTC's do: all zones are whole quarters away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from ivr.store.rollups.rollup import DAY, QUARTER_SECONDS

_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)


def quarter_of(moment: datetime) -> int:
    """The quarter-hour of an aware moment: how many there were since 1970."""
    since = moment - _BEGAN  # days and seconds, each as a whole number: a division of spans takes three times as long
    return since.days * DAY + since.seconds // QUARTER_SECONDS


def moment_of(quarter: int) -> datetime:
    """When a quarter-hour begins; UTC. The last moment that there is for one that lies beyond."""
    try:
        return _BEGAN + timedelta(seconds=QUARTER_SECONDS * quarter)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def seconds_sql(dialect: str, moment: str) -> str:
    """Whole seconds from 1970 to a moment that is an expression of SQL, rounded down."""
    if dialect == "sqlite":
        return f"CAST(strftime('%s', {moment}) AS INTEGER)"
    return f"CAST(floor(extract(epoch FROM {moment})) AS BIGINT)"


def quarter_sql(dialect: str, moment: str) -> str:
    """The quarter-hour of a moment that is an expression of SQL."""
    return f"({seconds_sql(dialect, moment)} / {QUARTER_SECONDS})"


def sql_for(connection: Connection, statement: str) -> str:
    """A statement as the driver takes it, from one with `:since` and `:until`; their values go by their places."""
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    return statement.replace(":since", mark).replace(":until", mark)


def stored(connection: Connection, moment: datetime) -> Any:
    """A moment as the driver takes it, to be held against a column of moments."""
    if connection.dialect.name == "sqlite":
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return moment
