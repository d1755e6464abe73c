"""The call log: calls, records, events, what was set aside, and effects."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=True),
        sa.Column("version", sa.Text, nullable=True),
        sa.Column("language", sa.Text, nullable=True),
        sa.Column("caller_hash", sa.String(32), nullable=True),
        sa.Column("caller_last4", sa.String(4), nullable=True),
        sa.Column("called", sa.Text, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("seconds", sa.Integer, nullable=True),
        sa.Column("how", sa.Text, nullable=True),
        sa.Column("step", sa.Text, nullable=True),
        sa.Column("goals", sa.JSON, nullable=False),
        sa.Column("path_hash", sa.String(32), nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("call_sid", name="pk_calls"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_calls_started_at", "calls", ["started_at"])
    op.create_index("ix_calls_ended_at_last_at", "calls", ["ended_at", "last_at"])
    op.create_index("ix_calls_last_at", "calls", ["last_at"])
    op.create_table(
        "records",
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("input", sa.JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("call_sid", "seq", name="pk_records"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=True),
        sa.Column("data", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("call_sid", "seq", "n", name="pk_events"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "set_aside",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("call_sid", sa.Text, nullable=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("stream", "entry", name="pk_set_aside"),
    )
    op.create_table(
        "effects",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("why", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_effects"),
    )
    op.create_index("ix_effects_call_sid", "effects", ["call_sid"])


def downgrade() -> None:
    for table in ("effects", "set_aside", "events", "records", "calls"):
        op.drop_table(table)
