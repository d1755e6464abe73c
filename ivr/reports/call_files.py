"""What hangs on a call: recordings that the caller left, and callbacks that were booked in it or made by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Engine, or_, select

from ivr.store.desk_tables import callbacks, messages
from ivr.store.log_tables import calls


@dataclass(frozen=True, slots=True)
class Recording:
    """A message or a comment: `kind` says which; `box` is its box or survey; `audio` as in `desk_tables`."""

    id: int
    call_sid: str
    seq: int
    kind: str
    box: str
    left_at: datetime
    seconds: int
    audio: str
    file: str | None


@dataclass(frozen=True, slots=True)
class CallCallback:
    """A callback; `call_sid` is the call in which it was booked, `leg_sid` the last one by which we made it."""

    id: str
    queue: str
    state: str
    booked_at: datetime
    call_sid: str
    leg_sid: str | None
    number_last4: str
    number_sealed: str | None
    why: str | None


_RECORDING = [messages.c[it.name] for it in fields(Recording)]
_CALLBACK = [callbacks.c[it.name] for it in fields(CallCallback)]


def recording(engine: Engine, id_: int) -> Recording | None:
    """One recording."""
    with engine.connect() as connection:
        row = connection.execute(select(*_RECORDING).where(messages.c.id == id_)).mappings().one_or_none()
    return Recording(**row) if row else None


def recordings_of(engine: Engine, sid: str) -> Mapping[int, list[Recording]]:
    """The recordings of a call, by the records at which they were left."""
    query = select(*_RECORDING).where(messages.c.call_sid == sid).order_by(messages.c.seq)
    found: dict[int, list[Recording]] = defaultdict(list)
    with engine.connect() as connection:
        for row in connection.execute(query).mappings():
            found[row["seq"]].append(Recording(**row))
    return dict(found)


def callbacks_of(engine: Engine, sid: str) -> list[CallCallback]:
    """The callbacks that were booked in a call, and the one that the call was."""
    query = select(*_CALLBACK).where(or_(callbacks.c.call_sid == sid, callbacks.c.leg_sid == sid))
    with engine.connect() as connection:
        return [CallCallback(**row) for row in connection.execute(query.order_by(callbacks.c.booked_at)).mappings()]


def hash_of(engine: Engine, sid: str) -> str | None:
    """The keyed hash of who called."""
    with engine.connect() as connection:
        return connection.execute(select(calls.c.caller_hash).where(calls.c.call_sid == sid)).scalar_one_or_none()
