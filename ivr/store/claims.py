"""What was asked of the outside: claimed before it is done, if it may be done once at most, and noted if it failed.

A state of the table `effects` is one of

    claimed    somebody is about to do it, or was and died
    done       the carrier says so (kept for what may happen once; what may be repeated leaves no row)
    refused    the carrier will not do it
    late       it could not be done while there was still a point in it
    unknown    nobody knows whether it was done: the answer never came, or who asked died
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.store.log_tables import effects
from ivr.store.sql import for_writing

State = Literal["claimed", "done", "refused", "late", "unknown"]


class Claims:
    """The effects in one database. Every method raises `sqlalchemy.exc.DBAPIError` where it is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = for_writing(engine)

    def claim(self, effect_id: str, *, sid: str, kind: str, at: datetime) -> State | None:
        """Claim an effect, durably; None where it is ours to do now, else what became of it so far."""
        row = {"id": effect_id, "call_sid": sid, "kind": kind, "state": "claimed", "at": at}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(effects).values(row))
        except IntegrityError:
            state: State | None = self.state(effect_id)
            return state
        return None

    def give_up(self, effect_id: str) -> None:
        """Take a claim back, as it was certainly not done: whoever comes next may do it."""
        with self._engine.begin() as connection:
            connection.execute(delete(effects).where(effects.c.id == effect_id, effects.c.state == "claimed"))

    def settle(
        self, effect_id: str, state: State, *, sid: str, kind: str, at: datetime, why: str | None = None
    ) -> None:
        """Note what became of an effect, claimed or not.

        What is unknown to others is known to whoever asked and had an answer, so theirs counts: `unknown`
        replaces a claim alone.
        """
        values = {"state": state, "at": at, "why": why}
        with self._engine.begin() as connection:
            there = connection.execute(select(effects.c.state).where(effects.c.id == effect_id)).scalar_one_or_none()
            if there is None:
                connection.execute(insert(effects).values(id=effect_id, call_sid=sid, kind=kind, **values))
            elif state != "unknown" or there == "claimed":
                connection.execute(update(effects).where(effects.c.id == effect_id).values(values))

    def state(self, effect_id: str) -> State | None:
        """Tell what became of an effect, None where nothing is noted."""
        with self._engine.connect() as connection:
            found: State | None = connection.scalar(select(effects.c.state).where(effects.c.id == effect_id))
        return found
