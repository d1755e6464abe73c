"""What is old: calls that went silent without an end, and whatever is kept no longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, exists, select, update

from ivr.store.agent_tables import agent_states, wrap_ups
from ivr.store.call_rows import LOST
from ivr.store.call_terms import forget_terms
from ivr.store.callbacks import OPEN
from ivr.store.desk_tables import callbacks, messages
from ivr.store.log_tables import calls, effects, events, records, set_aside
from ivr.store.people_tables import audit
from ivr.store.queue_visits import queue_visits
from ivr.store.rollups.marks import mark, mark_calls
from ivr.store.rollups.moments import quarter_of
from ivr.store.sql import for_writing
from ivr.store.survey_tables import survey_answers, surveys_asked
from ivr.store.waits_told import waits_told

OF_A_CALL = (
    waits_told, wrap_ups, messages, events, records, effects, queue_visits, survey_answers, surveys_asked, set_aside,
    calls,
)  # fmt: skip
"""The tables whose rows go with their call."""


CONCLUDE = ("dial_ended", "message_left", "gave_up", "capped")
"""The kinds of event that say how a call ended (`ivr.reports.outcomes`) where its row and its waits do not."""


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
            mark_calls(connection, (call.call_sid,))
            return connection.execute(given_up).rowcount == 1

    def oldest(self, before: datetime, *, most: int = 200) -> list[str]:
        """Give the sids of a batch of calls whose last input came before a moment, the oldest first."""
        query = select(calls.c.call_sid).where(calls.c.last_at < before).order_by(calls.c.last_at).limit(most)
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def remove(self, sids: Sequence[str]) -> None:
        """Remove calls with all that is of them; callbacks that are still open stay until they are over."""
        if not sids:
            return
        over = callbacks.c.state.not_in(OPEN) & (callbacks.c.call_sid.in_(sids) | callbacks.c.leg_sid.in_(sids))
        with self._engine.begin() as connection:
            # Figures follow the log: those of these calls are counted anew.
            mark_calls(connection, sids)
            forget_terms(connection, sids)
            connection.execute(delete(callbacks).where(over))
            without = {"call_sid": None, "offer": None}
            connection.execute(update(agent_states).where(agent_states.c.call_sid.in_(sids)).values(without))
            for table in OF_A_CALL:
                connection.execute(delete(table).where(table.c.call_sid.in_(sids)))

    def remove_loose(self, before: datetime) -> None:
        """Remove what was noted of effects, or set aside, before a moment, whatever became of its call."""
        with self._engine.begin() as connection:
            for table in (effects, set_aside):
                connection.execute(delete(table).where(table.c.at < before))

    def remove_detail(self, since: datetime, before: datetime, *, most: int = 200) -> tuple[int, datetime]:
        """Remove what happened in a batch of calls that ended in a span, key by key; how many, and how far that went.

        What is known of a call as a whole (its row, visits to queues, answers to surveys) stays. So does that such
        a thing happened by which figures tell how it ended, but not where, or with what: else figures of long ago
        would change when the detail goes.
        """
        query = (
            select(calls.c.call_sid, calls.c.last_at)
            .where(calls.c.last_at >= since, calls.c.last_at < before)
            .where(exists().where(records.c.call_sid == calls.c.call_sid))
            .order_by(calls.c.last_at)
            .limit(most)
        )
        with self._engine.begin() as connection:
            found = connection.execute(query).all()
            sids = [one.call_sid for one in found]
            if not sids:
                return 0, before
            mark_calls(connection, sids)
            forget_terms(connection, sids)
            connection.execute(delete(records).where(records.c.call_sid.in_(sids)))
            theirs, it = events.c.call_sid.in_(sids), events.c
            connection.execute(delete(events).where(theirs, it.kind.not_in(CONCLUDE)))
            connection.execute(update(events).where(theirs).values(step=None))
            # Whether a number that was dialled answered is what its event says.
            connection.execute(update(events).where(theirs, it.kind != "dial_ended").values(data={}))
        return len(sids), found[-1].last_at if len(sids) == most else before

    def remove_agent_states(self, before: datetime, *, most: int = 1000) -> int:
        """Remove a batch of what agents were until before a moment; how many."""
        state = agent_states.c
        query = select(state.agent, state.id, state.began_at, state.ended_at).where(state.ended_at < before)
        with self._engine.begin() as connection:
            found = connection.execute(query.order_by(state.began_at).limit(most)).all()
            mark(
                connection,
                {it for one in found for it in range(quarter_of(one.began_at), quarter_of(one.ended_at) + 1)},
            )
            for one in found:
                connection.execute(delete(agent_states).where(state.agent == one.agent, state.id == one.id))
        return len(found)

    def remove_deeds(self, before: datetime, *, most: int = 1000) -> int:
        """Remove a batch of what people did before a moment; how many."""
        with self._engine.begin() as connection:
            oldest = select(audit.c.id).where(audit.c.at < before).order_by(audit.c.at).limit(most)
            ids = list(connection.scalars(oldest))
            connection.execute(delete(audit).where(audit.c.id.in_(ids)))
        return len(ids)
