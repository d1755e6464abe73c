"""The tables of the call log: what was written of calls, what could not be, and what was done outside.

`records` is the log itself: every input of every call, in the order of `seq`. `events` is what happened at each
input, and `calls` sums a call up in a row; both could be made again from the records.
"""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, false

from ivr.store.sql import Moment, metadata

calls = Table(
    "calls",
    metadata,
    Column("call_sid", Text, primary_key=True),
    Column("line", Text, nullable=True),
    Column("version", Text, nullable=True),
    Column("language", Text, nullable=True),
    Column("caller_hash", String(32), nullable=True),
    Column("caller_last4", String(4), nullable=True),
    Column("called", Text, nullable=True),
    Column("started_at", Moment, nullable=True),
    Column("ended_at", Moment, nullable=True),
    Column("seconds", Integer, nullable=True),
    Column("how", Text, nullable=True),
    Column("step", Text, nullable=True),
    Column("goals", JSON, nullable=False),
    Column("path_hash", String(32), nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("records", Integer, nullable=False),
    Column("queue", Text, nullable=True),
    Column("agent", Text, nullable=True),
    Column("served_at", Moment, nullable=True),
    Column("wanted_person", Boolean, nullable=False, server_default=false()),
    Column("called_back", Boolean, nullable=False, server_default=false()),
    # With all of a row that a search asks for, so that the index alone answers.
    Index(
        "ix_calls_search",
        *("started_at", "call_sid", "line", "version", "language", "how", "step", "path_hash", "called_back"),
    ),
    Index("ix_calls_ended_at_last_at", "ended_at", "last_at"),
    Index("ix_calls_last_at", "last_at"),
    # With all that is asked of a caller's next call, so that the index alone answers.
    Index("ix_calls_caller_hash_started_at", "caller_hash", "started_at", "called_back", "line"),
    # Whatever finds a call finds it by its sid: the row lies with its key.
    sqlite_with_rowid=False,
)
"""One row a call; `ivr.store.call_rows` says what each column means and how it comes about."""

records = Table(
    "records",
    metadata,
    Column("call_sid", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("input", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
"""One row an input, as `ivr.call.wire` writes it, but with the caller's number masked; `at` is its moment."""

events = Table(
    "events",
    metadata,
    Column("call_sid", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("step", Text, nullable=True),
    Column("data", JSON, nullable=False),
    sqlite_with_rowid=False,
)
"""One row an event: the `n`th (from 0) of the record `seq`; `data` has its fields but `kind` and `step`."""

set_aside = Table(
    "set_aside",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("call_sid", Text, nullable=True),
    Column("why", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""What could not be written: one row an entry of a stream, with its bytes, numbers in them masked."""

effects = Table(
    "effects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call_sid", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    Column("why", Text, nullable=True),
    Index("ix_effects_call_sid", "call_sid"),
)
"""What was asked of the outside and may happen once at most, or failed; see `ivr.store.claims`."""
