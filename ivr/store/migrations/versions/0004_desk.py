"""What waits for people: messages and callbacks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("state IN ('booked', 'calling', 'waiting', 'talking')")


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("box", sa.Text, nullable=False),
        sa.Column("left_at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("recording", sa.Text, nullable=False),
        sa.Column("audio", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("file", sa.Text, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("resolved_by", sa.String(64), nullable=True),
        sa.Column("note", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("uq_messages_call_sid_seq", "messages", ["call_sid", "seq"], unique=True)
    op.create_index("ix_messages_resolved_at_left_at", "messages", ["resolved_at", "left_at"])
    op.create_index("ix_messages_audio_next_at", "messages", ["audio", "next_at"])
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("number_sealed", sa.Text, nullable=True),
        sa.Column("number_hash", sa.String(32), nullable=False),
        sa.Column("number_last4", sa.String(4), nullable=False),
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("arrived", sa.Float, nullable=False),
        sa.Column("place", sa.Float, nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("leg_sid", sa.Text, nullable=True),
        sa.Column("called_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("who", sa.String(64), nullable=True),
        sa.Column("why", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
    )
    op.create_index("ix_callbacks_state_next_at", "callbacks", ["state", "next_at"])
    op.create_index("ix_callbacks_called_at", "callbacks", ["called_at"])
    op.create_index(
        "uq_callbacks_open", "callbacks", ["number_hash"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
