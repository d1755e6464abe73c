"""The tables of what waits for people: messages that callers left, and callers who want to be called back."""

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text, text

from ivr.store.sql import Moment, metadata

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_sid", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(8), nullable=False, server_default="message"),
    Column("box", Text, nullable=False),
    Column("left_at", Moment, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("recording", Text, nullable=False),
    Column("audio", String(8), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", Moment, nullable=True),
    Column("file", Text, nullable=True),
    Column("removed_at", Moment, nullable=True),
    Column("resolved_at", Moment, nullable=True),
    Column("resolved_by", String(64), nullable=True),
    Column("note", Text, nullable=True),
    Index("uq_messages_call_sid_seq", "call_sid", "seq", unique=True),
    Index("ix_messages_resolved_at_left_at", "resolved_at", "left_at"),
    Index("ix_messages_audio_next_at", "audio", "next_at"),
    Index("ix_messages_kind_left_at", "kind", "left_at"),
)
"""One row a message, or (`kind` is comment, `box` the survey) a comment, which is no task. `recording` is the carrier's
URL; `audio` is waiting, kept (in `file`, below IVR_DATA), failed or erased; `removed_at` says when the carrier was told
to delete its own; who has `resolved_at` is done."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("queue", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("number_sealed", Text, nullable=True),
    Column("number_hash", String(32), nullable=False),
    Column("number_last4", String(4), nullable=False),
    Column("call_sid", Text, nullable=False),
    Column("arrived", Float, nullable=False),
    Column("place", Float, nullable=False),
    Column("booked_at", Moment, nullable=False),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("leg_sid", Text, nullable=True),
    Column("called_at", Moment, nullable=True),
    Column("ended_at", Moment, nullable=True),
    Column("who", String(64), nullable=True),
    Column("why", Text, nullable=True),
    Index("ix_callbacks_state_next_at", "state", "next_at"),
    Index("ix_callbacks_called_at", "called_at"),
    Index("ix_callbacks_call_sid", "call_sid"),
    Index("ix_callbacks_number_hash", "number_hash"),
    # One open callback a number: whoever books again keeps the place of the first.
    Index(
        "uq_callbacks_open",
        "number_hash",
        unique=True,
        sqlite_where=text("state IN ('booked', 'calling', 'waiting', 'talking')"),
        postgresql_where=text("state IN ('booked', 'calling', 'waiting', 'talking')"),
    ),
)
"""One row a callback. `state` is booked, calling (the customer's phone rings), waiting (they pressed 1), talking, done,
failed or cancelled. The whole number is kept only while it is open, sealed; `place` is the order that it keeps in the
queue; `shown` is the line's number, from which they are called; `leg_sid` is the call of the last try."""
