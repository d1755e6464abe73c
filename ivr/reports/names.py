"""The names that the log has: of lines, their versions, queues, agents, languages. To choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, exists, select

from ivr.reports.call_kpis import CALLS_IN
from ivr.reports.handling_kpis import MISSED
from ivr.reports.kpi import By, Scope
from ivr.reports.measuring import measure_all
from ivr.reports.named import NONE
from ivr.reports.survey_kpis import CSAT, RESPONSE
from ivr.reports.views import CALLS
from ivr.reports.waiting_kpis import ASA, CALLBACKS_KEPT
from ivr.store.rollups.reading import settled
from ivr.store.rollups.settling import EVER
from ivr.store.versions import versions

_ALL_TIME = Scope(datetime(1971, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))

_EVERYWHERE = (CALLS_IN, ASA, MISSED, CALLBACKS_KEPT, RESPONSE, CSAT)
"""Figures of all that has names: what happened to a name is in one of them, whether it counts there or not."""

_KINDS: tuple[By, ...] = ("line", "version", "language", "queue", "agent")


@dataclass(frozen=True, slots=True)
class Names:
    """Each in its order; versions the newest first, each with its line."""

    line: tuple[str, ...] = ()
    version: tuple[tuple[str, str], ...] = ()
    queue: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    language: tuple[str, ...] = ()

    def has(self, kind: str, name: str) -> bool:
        """Whether there is that line, version, …"""
        if kind == "version":
            return any(version == name for version, _ in self.version)
        return name in getattr(self, kind)


def is_empty(engine: Engine) -> bool:
    """Whether the log has no call at all. Raises SQLAlchemyError."""
    with engine.connect() as connection:
        return not connection.execute(select(exists(select(CALLS.c.call_sid)))).scalar_one()


def log_begins(engine: Engine) -> datetime | None:
    """When the first call of the log began; None of an empty one. Raises SQLAlchemyError."""
    first = select(CALLS.c.started_at).where(CALLS.c.started_at.is_not(None)).order_by(CALLS.c.started_at).limit(1)
    with engine.connect() as connection:
        return connection.execute(first).scalar_one_or_none()


def names_in_log(engine: Engine) -> Names:
    """All names that were ever there, and the versions that were published. Raises SQLAlchemyError."""
    with engine.connect() as connection:
        newest = select(versions.c.version, versions.c.line).order_by(versions.c.id.desc())
        published = dict.fromkeys((row.version, row.line) for row in connection.execute(newest))
    found = _rolled_up(engine) if settled(engine, *EVER) else _logged(engine)
    lines = {line for _, line in published if not line.startswith("service.")} | found["line"]
    known = [(version, line) for version, line in published if line in lines]
    unknown = sorted(found["version"] - {version for version, _ in known})
    return Names(
        tuple(sorted(lines)),
        (*known, *((version, "") for version in unknown)),
        tuple(sorted(found["queue"])),
        tuple(sorted(found["agent"])),
        tuple(sorted(found["language"])),
    )


def _rolled_up(engine: Engine) -> dict[By, set[str]]:
    """Those that figures are sorted by."""
    found: dict[By, set[str]] = {}
    for by in _KINDS:
        measured = measure_all(engine, _EVERYWHERE, _ALL_TIME, by=by, medians=False)
        found[by] = {name for figures in measured.values() for name in figures} - {NONE}
    return found


def _logged(engine: Engine) -> dict[By, set[str]]:
    """The same from the log itself, while much of it has still to be rolled up: a second for a million calls."""
    found: dict[By, set[str]] = {by: set() for by in _KINDS}
    with engine.connect() as connection:
        for view in (kpi.view.c for kpi in _EVERYWHERE):
            for row in connection.execute(select(*(view[by] for by in _KINDS)).distinct()):
                for by, name in zip(_KINDS, row, strict=True):
                    if name is not None:
                        found[by].add(name)
    return found
