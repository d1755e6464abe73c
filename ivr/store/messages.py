"""Messages that callers left: each is a task until a person resolves it, and its audio is fetched meanwhile.

What callers say in a survey is no task: it is kept here for the sake of its audio, and is a `Comment`.

The log writer adds a row with the record of the message, in the same transaction: each message is there once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from ivr.store.call_rows import LoggedRecord
from ivr.store.desk_tables import messages
from ivr.store.log_tables import calls

MESSAGE, COMMENT = "message", "comment"
"""What a row is."""

UNTOLD = timedelta(seconds=30)
"""How long a message's audio is waited for before it is asked for unasked."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message, and what is known of its call."""

    id: int
    call_sid: str
    box: str
    left_at: datetime
    seconds: int
    recording: str
    audio: str
    tries: int
    file: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    note: str | None
    line: str | None
    language: str | None
    last4: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """What a caller said in a survey; `file` has its audio once that is fetched."""

    id: int
    call_sid: str
    seq: int
    survey: str
    left_at: datetime
    seconds: int
    audio: str
    file: str | None


@dataclass(frozen=True, slots=True)
class Audio:
    """The audio of a message or comment: our file below IVR_DATA, the carrier's URL, and whether that is deleted."""

    id: int
    file: str | None
    recording: str
    removed_at: datetime | None


class Messages:
    """The messages of one database. Safe between threads; raises `SQLAlchemyError` where it is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, boxes: Iterable[str] | None = None, *, most: int = 200) -> list[Message]:
        """Those that nobody resolved yet, the oldest first; of these boxes alone where they are given."""
        query = _tasks().where(messages.c.resolved_at.is_(None)).order_by(messages.c.left_at, messages.c.id)
        return self._all(_of(query, boxes).limit(most))

    def done(self, boxes: Iterable[str] | None = None, *, most: int = 50) -> list[Message]:
        """Those that were resolved last, the newest first."""
        query = _tasks().where(messages.c.resolved_at.is_not(None)).order_by(messages.c.resolved_at.desc())
        return self._all(_of(query, boxes).limit(most))

    def get(self, id_: int) -> Message | None:
        """One message; None for what is none, as a comment."""
        found = self._all(_tasks().where(messages.c.id == id_))
        return found[0] if found else None

    def comments(self, surveys: Iterable[str] | None = None, *, most: int = 200) -> list[Comment]:
        """What callers said in surveys, the newest first; in these surveys alone where they are given."""
        names = [spec.name for spec in fields(Comment) if spec.name != "survey"]
        columns = [*(messages.c[name] for name in names), messages.c.box.label("survey")]
        query = select(*columns).where(messages.c.kind == COMMENT)
        query = _of(query, surveys).order_by(messages.c.left_at.desc(), messages.c.id.desc()).limit(most)
        with self._engine.connect() as connection:
            return [Comment(**row) for row in connection.execute(query).mappings()]

    def waiting(self) -> dict[str, int]:
        """How many are open in each box."""
        query = (
            select(messages.c.box, func.count().label("number"))
            .where(messages.c.kind == MESSAGE, messages.c.resolved_at.is_(None))
            .group_by(messages.c.box)
        )
        with self._engine.connect() as connection:
            return {row.box: row.number for row in connection.execute(query)}

    def resolve(self, id_: int, who: str, note: str, at: datetime) -> bool:
        """Somebody did what the message asks for. False where somebody else was faster."""
        mine = (messages.c.id == id_) & messages.c.resolved_at.is_(None)
        return self._change(mine, resolved_at=at, resolved_by=who, note=note or None)

    def reopen(self, id_: int) -> bool:
        """It is a task again."""
        done = (messages.c.id == id_) & messages.c.resolved_at.is_not(None)
        return self._change(done, resolved_at=None, resolved_by=None)

    def to_fetch(self, now: datetime, *, most: int = 20) -> list[Message]:
        """Those, and comments, whose audio should be asked for now."""
        due = (messages.c.audio == "waiting") & or_(messages.c.next_at.is_(None), messages.c.next_at <= now)
        return self._all(_whole().where(due).order_by(messages.c.next_at, messages.c.id).limit(most))

    def kept(self, id_: int, file: str, removed_at: datetime | None) -> None:
        """Its audio is in `file` now; `removed_at` says when the carrier deleted its own."""
        self._change(messages.c.id == id_, audio="kept", file=file, removed_at=removed_at, next_at=None)

    def not_yet(self, id_: int, next_at: datetime | None) -> None:
        """Its audio could not be had: try again then, or never."""
        audio = case((messages.c.audio != "waiting", messages.c.audio), else_="waiting" if next_at else "failed")
        self._change(messages.c.id == id_, audio=audio, tries=messages.c.tries + 1, next_at=next_at)

    def audio_of_calls(self, sids: Iterable[str]) -> list[Audio]:
        """The audio of all messages and comments of these calls."""
        return self._audio(messages.c.call_sid.in_(list(sids)))

    def audio_left_before(self, kind: str, moment: datetime, *, most: int) -> list[Audio]:
        """The audio of the oldest left before a moment: of comments, or of messages that are no task any more."""
        done = messages.c.resolved_at.is_not(None) if kind == MESSAGE else true()
        return self._audio((messages.c.kind == kind) & (messages.c.left_at < moment) & done, most)

    def forget(self, ids: Iterable[int]) -> int:
        """Removes the rows of messages or comments, whose audio is gone; how many."""
        with self._engine.begin() as connection:
            return connection.execute(delete(messages).where(messages.c.id.in_(list(ids)))).rowcount

    def _audio(self, which: ColumnElement[bool], most: int | None = None) -> list[Audio]:
        query = select(*(messages.c[spec.name] for spec in fields(Audio))).where(which)
        with self._engine.connect() as connection:
            return [Audio(*row) for row in connection.execute(query.order_by(messages.c.left_at).limit(most))]

    def _change(self, which: object, **values: object) -> bool:
        with self._engine.begin() as connection:
            return connection.execute(update(messages).where(which).values(**values)).rowcount == 1  # type: ignore[arg-type]

    def _all(self, query: Select[tuple[object, ...]]) -> list[Message]:
        with self._engine.connect() as connection:
            return [Message(**row) for row in connection.execute(query).mappings()]


def note_messages(connection: Connection, new: Iterable[tuple[str, Iterable[LoggedRecord]]]) -> None:
    """Adds the messages of records that are new, and notes whose audio is ready. In the records' own transaction."""
    for sid, fresh in new:
        for record in fresh:
            for event in record.events:
                match event["kind"]:
                    case "message_left":
                        left = _left(sid, record, event, MESSAGE, "box")
                        connection.execute(insert(messages).values(**left))
                    case "survey_commented":
                        left = _left(sid, record, event, COMMENT, "survey")
                        connection.execute(insert(messages).values(**left))
                    case "audio_ready":
                        ready = (messages.c.call_sid == sid) & (messages.c.audio == "waiting")
                        same = ready & (messages.c.recording == event.get("url"))
                        connection.execute(update(messages).where(same).values(next_at=record.at))


def _left(sid: str, record: LoggedRecord, event: Mapping[str, Any], kind: str, box: str) -> dict[str, object]:
    return {
        "kind": kind,
        "call_sid": sid,
        "seq": record.seq,
        "box": str(event.get(box, "")),
        "left_at": record.at,
        "seconds": int(event.get("seconds") or 0),
        "recording": str(event.get("url", "")),
        "audio": "waiting",
        "tries": 0,
        # "The file may not exist yet": it is asked for when the carrier says so, or after a while all the same.
        "next_at": record.at + UNTOLD,
    }


def _whole() -> Select[tuple[object, ...]]:
    names = ("id", "call_sid", "box", "left_at", "seconds", "recording", "audio", "tries", "file")
    columns = [messages.c[name] for name in (*names, "resolved_at", "resolved_by", "note")]
    known = (calls.c.line, calls.c.language, calls.c.caller_last4.label("last4"))
    return select(*columns, *known).join_from(messages, calls, messages.c.call_sid == calls.c.call_sid, isouter=True)


def _tasks() -> Select[tuple[object, ...]]:
    return _whole().where(messages.c.kind == MESSAGE)


def _of(query: Select[tuple[object, ...]], boxes: Iterable[str] | None) -> Select[tuple[object, ...]]:
    return query if boxes is None else query.where(messages.c.box.in_(list(boxes)))
