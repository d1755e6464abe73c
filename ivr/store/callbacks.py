"""Callbacks: who wants to be called back, and how far that is. One open callback a number, whatever its queue.

    booked -> calling -> waiting -> talking -> done
       ^________|    nobody there: again later, or failed      cancelled from anywhere before done

Each change says from which state it starts, so of two who change one at once one wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.store.desk_tables import callbacks
from ivr.store.rollups.marks import mark, mark_moment
from ivr.store.rollups.moments import quarter_of

State = Literal["booked", "calling", "waiting", "talking", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
OPEN: tuple[State, ...] = ("booked", "calling", "waiting", "talking")


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback; `ivr.store.desk_tables` says what each column means."""

    id: str
    queue: str
    line: str
    version: str
    step: str
    language: str
    shown: str
    number_sealed: str | None
    number_hash: str
    number_last4: str
    call_sid: str
    arrived: float
    place: float
    booked_at: datetime
    state: State
    tries: int
    next_at: datetime
    leg_sid: str | None = None
    called_at: datetime | None = None
    ended_at: datetime | None = None
    who: str | None = None
    why: str | None = None


class Callbacks:
    """The callbacks of one database. Safe between threads; raises `SQLAlchemyError` where it is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def book(self, callback: Callback) -> bool:
        """Keeps a new one. False where it is there already, or the number has an open one: that one stays."""
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(callbacks).values(**asdict(callback)))
                mark_moment(connection, callback.booked_at)
        except IntegrityError:
            return False
        return True

    def get(self, id_: str) -> Callback | None:
        """One callback."""
        with self._engine.connect() as connection:
            row = connection.execute(select(callbacks).where(callbacks.c.id == id_)).mappings().one_or_none()
        return Callback(**row) if row else None

    def open(self, queues: Iterable[str] | None = None) -> list[Callback]:
        """All that are not over, in the order of their places; of these queues alone where they are given."""
        query = select(callbacks).where(callbacks.c.state.in_(OPEN)).order_by(callbacks.c.place, callbacks.c.id)
        if queues is not None:
            query = query.where(callbacks.c.queue.in_(list(queues)))
        with self._engine.connect() as connection:
            return [Callback(**row) for row in connection.execute(query).mappings()]

    def ended(
        self, queues: Iterable[str] | None = None, *, since: datetime | None = None, most: int = 50
    ) -> list[Callback]:
        """Those that were over last, the newest first; of these queues, due since a moment, where they are given."""
        query = select(callbacks).where(callbacks.c.ended_at.is_not(None)).order_by(callbacks.c.ended_at.desc())
        if queues is not None:
            query = query.where(callbacks.c.queue.in_(list(queues)))
        if since is not None:  # by way of the index on both
            query = query.where(callbacks.c.state.not_in(OPEN), callbacks.c.next_at >= since)
        with self._engine.connect() as connection:
            return [Callback(**row) for row in connection.execute(query.limit(most)).mappings()]

    def made_since(self, moment: datetime) -> dict[str, int]:
        """How many calls were made of each queue's callbacks whose last try is not older than the moment."""
        query = (
            select(callbacks.c.queue, func.sum(callbacks.c.tries).label("number"))
            .where(callbacks.c.called_at >= moment)
            .group_by(callbacks.c.queue)
        )
        with self._engine.connect() as connection:
            return {row.queue: int(row.number) for row in connection.execute(query)}

    def call(self, id_: str, now: datetime) -> bool:
        """It is called now: said before the carrier is asked, so that nobody is called twice."""
        return self._change(id_, ("booked",), state="calling", tries=callbacks.c.tries + 1, called_at=now, leg_sid=None)

    def called(self, id_: str, leg_sid: str) -> None:
        """The call that the carrier made of it."""
        self._change(id_, ("calling",), leg_sid=leg_sid)

    def taken(self, id_: str, leg_sid: str) -> bool:
        """The customer pressed 1: only on the leg of the last try, and once; a leg that comes twice is told so."""
        mine = (callbacks.c.leg_sid == leg_sid) | callbacks.c.leg_sid.is_(None)
        return self._change(id_, ("calling",), mine, state="waiting", leg_sid=leg_sid)

    def talking(self, leg_sid: str) -> bool:
        """An agent talks to the one of this leg."""
        which = (callbacks.c.leg_sid == leg_sid) & (callbacks.c.state == "waiting")
        return self._update(which, state="talking")

    def not_reached(self, id_: str, leg_sid: str | None, again_at: datetime | None, now: datetime, why: str) -> bool:
        """Nobody pressed 1, or they hung up before an agent came: again then, or it has failed."""
        leg = None if leg_sid is None else (callbacks.c.leg_sid == leg_sid) | callbacks.c.leg_sid.is_(None)
        if again_at is None:
            return self._change(id_, ("calling", "waiting"), leg, state="failed", **_over(now, why))
        return self._change(id_, ("calling", "waiting"), leg, state="booked", next_at=again_at, why=why)

    def done(self, id_: str, now: datetime) -> bool:
        """They were served."""
        return self._change(id_, ("waiting", "talking"), state="done", **_over(now, "served"))

    def cancel(self, id_: str, who: str, why: str, now: datetime) -> bool:
        """Somebody cancels it, before anybody talks. Whether it was cancelled now."""
        return self._change(id_, ("booked", "calling", "waiting"), state="cancelled", who=who, **_over(now, why))

    def _change(self, id_: str, states: tuple[State, ...], also: object = None, **values: object) -> bool:
        which = (callbacks.c.id == id_) & callbacks.c.state.in_(states)
        if also is not None:
            which = which & also
        return self._update(which, **values)

    def _update(self, which: ColumnElement[bool], **values: object) -> bool:
        """Changes one, and marks the quarter-hour that it counts in. Whether there was one."""
        change = update(callbacks).where(which).values(**values).returning(callbacks.c.booked_at)
        with self._engine.begin() as connection:
            changed = connection.scalars(change).all()
            mark(connection, map(quarter_of, changed))
        return len(changed) == 1


def _over(now: datetime, why: str) -> dict[str, object]:
    """What goes with an end: the whole number is kept no longer."""
    return {"ended_at": now, "why": why, "number_sealed": None}
