"""Calls that nobody made, in the log: told from the others by how their sids begin, and removed by that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, func, insert, not_, select, text

from ivr.store.agent_tables import agent_states
from ivr.store.bulk import insert_many, prepare
from ivr.store.call_rows import LoggedRecord
from ivr.store.call_terms import forget_terms
from ivr.store.desk_tables import callbacks
from ivr.store.log_tables import calls
from ivr.store.old_calls import OF_A_CALL
from ivr.store.queue_visits import note_visits
from ivr.store.rollups.marks import mark
from ivr.store.rollups.moments import quarter_of
from ivr.store.sql import for_writing
from ivr.store.versions import TO_ALL, versions

PREFIX = "CAde30da7a"
"""How the sids of calls begin that nobody made."""

AFTER = "CAde30da7b"
"""What comes after all of them."""

STATE_IDS = 2048
"""From where on the last twelve bits of an agent's state say that nobody was in it; those of real ones count from 0."""

WHO = "demo-data"
"""Who published their versions."""

_AT_ONCE = 2000

Rows = Mapping[str, Sequence[tuple[Any, ...]]]
"""Rows by their tables."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A version of a line, from when on (aware) it was live, and why."""

    line: str
    version: str
    files: Mapping[str, bytes]
    at: datetime
    why: str


class DemoCalls:
    """Those of one database. Raises `SQLAlchemyError` where it is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = for_writing(engine)

    def counted(self) -> tuple[int, int]:
        """How many calls nobody made, and how many somebody did, but for those to the service's own lines."""
        mine = calls.c.call_sid.between(PREFIX, AFTER)
        with self._engine.connect() as connection:
            demo = connection.execute(select(func.count()).select_from(calls).where(mine)).scalar_one()
            others = connection.execute(select(func.count()).select_from(calls).where(not_(mine))).scalar_one()
        return demo, others

    def publish(self, issues: Iterable[Issued], until: datetime) -> None:
        """Keeps versions; what was live of their lines before is so again at the end."""
        rows = [
            {"line": it.line, "version": it.version, "files": _texts(it.files), "published_at": it.at, "who": WHO,
             "why": it.why, "deed": "published"}
            for it in issues
        ]  # fmt: skip
        lines = {row["line"] for row in rows}
        with self._engine.begin() as connection:
            of_lines = versions.c.line.in_(lines) & versions.c.deed.in_(TO_ALL)
            newest = select(func.max(versions.c.id)).where(of_lines).group_by(versions.c.line)
            before = connection.execute(select(versions).where(versions.c.id.in_(newest))).mappings().all()
            for row in before:
                same = {name: row[name] for name in ("line", "version", "files", "deed")}
                rows.append({**same, "published_at": until, "who": WHO, "why": "as it was before the demonstration"})
            connection.execute(insert(versions), rows)

    def write(
        self,
        columns: Mapping[str, Sequence[str]],
        rows: Rows,
        visits: Sequence[tuple[str, Sequence[LoggedRecord]]],
    ) -> None:
        """Writes rows in one transaction; the visits of these calls are made of their events."""
        with self._engine.begin() as connection:
            prepare(connection)
            for table, its in rows.items():
                insert_many(connection, table, columns[table], its)
            if visits:
                note_visits(connection, visits)
            if rows["calls"]:
                mark(connection, _quarters(columns["calls"], rows["calls"]))

    def analyze(self) -> None:
        """Lets the database see what it has, so that it chooses the right indexes."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA analysis_limit = 2000")
            connection.execute(text("ANALYZE"))

    def remove(self, done: Callable[[int], None] = lambda _: None) -> int:
        """Takes all of them out again, in transactions of their own; how many calls. `done` is told of each batch."""
        removed = 0
        while sids := self._some():
            span = sids[0], sids[-1]
            with self._engine.begin() as connection:
                forget_terms(connection, sids)
                connection.execute(delete(callbacks).where(callbacks.c.call_sid.between(*span)))
                for table in OF_A_CALL:
                    connection.execute(delete(table).where(table.c.call_sid.between(*span)))
            removed += len(sids)
            done(len(sids))
        with self._engine.begin() as connection:
            used = select(calls.c.version).where(calls.c.version.is_not(None)).distinct()
            connection.execute(delete(agent_states).where(agent_states.c.id % 4096 >= STATE_IDS))
            connection.execute(delete(versions).where(versions.c.who == WHO, versions.c.version.not_in(used)))
        return removed

    def _some(self) -> list[str]:
        query = select(calls.c.call_sid).where(calls.c.call_sid.between(PREFIX, AFTER))
        with self._engine.connect() as connection:
            return list(connection.scalars(query.order_by(calls.c.call_sid).limit(_AT_ONCE)))


def _quarters(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> range:
    """The quarter-hours from the first of these calls to the end of the last."""
    began, last = columns.index("started_at"), columns.index("last_at")
    since, until = min(row[began] for row in rows), max(row[last] for row in rows)
    first, end = (quarter_of(datetime.fromisoformat(f"{it}+00:00")) for it in (since, until))
    return range(first, end + 1)


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: data.decode("utf-8") for name, data in files.items()}
