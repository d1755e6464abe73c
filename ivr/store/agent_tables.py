"""The tables of what agents did: what they were when, and what they made of each call afterwards."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, text

from ivr.store.sql import Moment, metadata

MISSED = {"busy": "was busy", "failed": "could not be called"}
"""The reasons for which an agent is away whose phone did not ring to its end, by what the carrier said of it."""

_LASTING = text("ended_at IS NULL")
_MISSED = text("how IN ('missed', 'expired')")

agent_states = Table(
    "agent_states",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("how", String(10), nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=True),
    Column("offer", Text, nullable=True),
    Column("call_sid", Text, nullable=True),
    Column("queue", Text, nullable=True),
    Column("follows", BigInteger, nullable=True),
    Index("ix_agent_states_began_at", "began_at"),
    Index("ix_agent_states_call_sid", "call_sid"),
    # Those that last (one an agent), and those that were missed: found without a look at all the others.
    Index("ix_agent_states_lasting", "agent", sqlite_where=_LASTING, postgresql_where=_LASTING),
    Index("ix_agent_states_missed", "began_at", sqlite_where=_MISSED, postgresql_where=_MISSED),
    sqlite_with_rowid=False,
)
"""One row each time that an agent became something: `state` is away, available, offered, talking or wrap_up. `id`
rises with each change of an agent; `follows` is that of the one before, as Redis knew it. `how` is what made it: set
(somebody chose it), offered, taken, over (the talk), wrapped (the wrap-up ran out), missed or expired (they did not
answer), left (the caller hung up while it rang) or failed (nobody came). `offer`, `call_sid` and `queue` are of the
call, where one made it."""

wrap_ups = Table(
    "wrap_ups",
    metadata,
    Column("offer", Text, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("call_sid", Text, nullable=False),
    Column("began_at", Moment, nullable=True),
    Column("ended_at", Moment, nullable=True),
    Column("seconds", Integer, nullable=True),
    Column("code", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("noted", BigInteger, nullable=True),
    Index("ix_wrap_ups_call_sid", "call_sid"),
    Index("ix_wrap_ups_began_at", "began_at"),
    sqlite_with_rowid=False,
)
"""One row a talk: the wrap-up after it (`began_at` is the talk's end; both moments are the same where there was none,
`seconds` is empty while it lasts, and where nobody knows), and what the agent said of the call, empty where nothing.
`noted` is when that was said last, as `id` counts."""
