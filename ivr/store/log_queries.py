"""Reading the call log: the list of calls, and all that is kept of one.

Every method raises `sqlalchemy.exc.SQLAlchemyError` where the database is away.
"""

from collections import defaultdict
from collections.abc import Collection, Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select

from ivr.store.log_tables import calls, effects, events, records


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call of the list; see `ivr.store.call_rows.CallRow` for what each means."""

    call_sid: str
    line: str | None
    version: str | None
    language: str | None
    caller_last4: str | None
    called: str | None
    started_at: datetime | None
    ended_at: datetime | None
    seconds: int | None
    how: str | None
    step: str | None
    goals: list[str]
    last_seq: int
    last_at: datetime

    @property
    def at(self) -> datetime:
        """When it began, as far as that is known."""
        return self.started_at or self.last_at


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record as it is in SQL, in the shape of its JSON."""

    seq: int
    at: datetime
    input: dict[str, Any]
    events: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class KeptEffect:
    """Something that was asked of the outside for a call, and what became of it."""

    kind: str
    state: str
    at: datetime
    why: str | None


class LogQueries:
    """The call log in one database, read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def newest(
        self, *, since: datetime | None = None, until: datetime | None = None, line: str | None = None
    ) -> Generator[LoggedCall, None, None]:
        """Give calls that began at or after `since` and before `until` (aware), the newest first, one by one.

        `line` is the stem of a line's file. The list is read as it is gone through; to stop early, close it.
        """
        began = func.coalesce(calls.c.started_at, calls.c.last_at)
        query = select(*(calls.c[name] for name in LoggedCall.__slots__)).order_by(began.desc(), calls.c.call_sid)
        if since is not None:
            query = query.where(began >= since)
        if until is not None:
            query = query.where(began < until)
        if line is not None:
            query = query.where(calls.c.line == line)
        # The result is closed by hand: PostgreSQL's cursor complains of a list that was not read to its end.
        with (
            self._engine.connect() as connection,
            connection.execution_options(yield_per=200).execute(query) as result,
        ):
            for found in result.mappings():
                yield LoggedCall(**found)

    def call(self, sid: str) -> LoggedCall | None:
        """Give one call, or None where the log has none of that name."""
        if "\0" in sid:
            return None  # PostgreSQL refuses even the question
        query = select(*(calls.c[name] for name in LoggedCall.__slots__)).where(calls.c.call_sid == sid)
        with self._engine.connect() as connection:
            found = connection.execute(query).mappings().one_or_none()
        return None if found is None else LoggedCall(**found)

    def of_caller(self, caller_hash: str, *, besides: str = "", most: int = 5) -> list[LoggedCall]:
        """Give the latest calls of one caller, the newest first, but one."""
        query = select(*(calls.c[name] for name in LoggedCall.__slots__)).where(calls.c.caller_hash == caller_hash)
        query = query.where(calls.c.call_sid != besides).order_by(calls.c.last_at.desc()).limit(most)
        with self._engine.connect() as connection:
            return [LoggedCall(**found) for found in connection.execute(query).mappings()]

    def newest_of(self, hashes: Collection[str]) -> str | None:
        """Give the one of these callers' hashes who called last; None where the log has none of them."""
        it = calls.c
        query = select(it.caller_hash).where(it.caller_hash.in_(hashes)).order_by(it.started_at.desc()).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def records(self, sid: str) -> list[KeptRecord]:
        """Give the records of a call that are there, in the order of `seq`."""
        happened: dict[int, list[dict[str, Any]]] = defaultdict(list)
        with self._engine.connect() as connection:
            # One transaction: no record without its events.
            query = select(records).where(records.c.call_sid == sid).order_by(records.c.seq)
            inputs = connection.execute(query).all()
            found = select(events).where(events.c.call_sid == sid).order_by(events.c.seq, events.c.n)
            for event in connection.execute(found):
                step = {} if event.step is None else {"step": event.step}
                happened[event.seq].append({"kind": event.kind, **step, **event.data})
        return [KeptRecord(one.seq, one.at, one.input, happened[one.seq]) for one in inputs]

    def effects(self, sid: str) -> list[KeptEffect]:
        """Give what was asked of the outside for a call and is kept: what may happen once, and what failed."""
        query = select(effects).where(effects.c.call_sid == sid).order_by(effects.c.at)
        with self._engine.connect() as connection:
            return [KeptEffect(one.kind, one.state, one.at, one.why) for one in connection.execute(query)]
