"""The audit trail in SQL: what people did, when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select

from ivr.store.people_tables import audit


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody did; `about` says to what."""

    at: datetime
    who: str
    did: str
    about: Mapping[str, str]


class Audit:
    """The audit trail of one database. `clock` gives aware UTC datetimes. Safe between threads."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def note(self, who: str, did: str, **about: str) -> None:
        """Writes one deed. What is passed is stored as it stands: no secrets, no whole numbers of callers."""
        with self._engine.begin() as connection:
            connection.execute(insert(audit).values(at=self._clock(), who=who[:64], did=did, about=about))

    def newest(self, most: int = 100, did: str | Collection[str] | None = None) -> list[Deed]:
        """The newest deeds, the newest first; of one kind, or of some, where `did` names them."""
        query = select(audit).order_by(audit.c.id.desc()).limit(most)
        if did is not None:
            query = query.where(audit.c.did.in_([did] if isinstance(did, str) else did))
        with self._engine.connect() as connection:
            return [Deed(row.at, row.who, row.did, row.about) for row in connection.execute(query)]
