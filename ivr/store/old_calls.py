"""Calls by their age: those that went silent without an end, and those that are kept no longer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select, update

from ivr.store.call_rows import LOST
from ivr.store.log_tables import calls, effects, events, records, set_aside
from ivr.store.queue_visits import queue_visits
from ivr.store.sql import for_writing
from ivr.store.survey_tables import survey_answers, surveys_asked


@dataclass(frozen=True, slots=True)
class SilentCall:
    """A call without an end."""

    call_sid: str
    started_at: datetime | None
    last_at: datetime
    last_seq: int


class OldCalls:
    """The old calls of one database. Every method raises `SQLAlchemyError` where it is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = for_writing(engine)

    def silent(self, before: datetime, *, after: str = "", most: int = 200) -> list[SilentCall]:
        """Give calls without an end whose last input came before a moment, by their sid, from one sid on."""
        query = (
            select(calls.c.call_sid, calls.c.started_at, calls.c.last_at, calls.c.last_seq)
            .where(calls.c.ended_at.is_(None), calls.c.last_at < before, calls.c.call_sid > after)
            .order_by(calls.c.call_sid)
            .limit(most)
        )
        with self._engine.connect() as connection:
            return [SilentCall(*found) for found in connection.execute(query)]

    def lost(self, call: SilentCall) -> bool:
        """Give a call up that still is as it was when it was found: it ended with its last input. Whether it was.

        A record that comes later takes this back.
        """
        seconds = None if call.started_at is None else max(0, round((call.last_at - call.started_at).total_seconds()))
        same = (calls.c.call_sid == call.call_sid, calls.c.ended_at.is_(None), calls.c.last_seq == call.last_seq)
        given_up = update(calls).where(*same).values(ended_at=call.last_at, how=LOST, seconds=seconds)
        with self._engine.begin() as connection:
            return connection.execute(given_up).rowcount == 1

    def remove(self, before: datetime, *, most: int = 200) -> int:
        """Remove a batch of calls whose last input came before a moment, with their records and events; how many.

        With the last of them goes what was set aside, or noted of effects, before that moment.
        """
        with self._engine.begin() as connection:
            oldest = select(calls.c.call_sid).where(calls.c.last_at < before).order_by(calls.c.last_at).limit(most)
            sids = list(connection.scalars(oldest))
            for table in (events, records, effects, queue_visits, survey_answers, surveys_asked, calls):
                connection.execute(delete(table).where(table.c.call_sid.in_(sids)))
            if len(sids) < most:
                for table in (effects, set_aside):
                    connection.execute(delete(table).where(table.c.at < before))
        return len(sids)
