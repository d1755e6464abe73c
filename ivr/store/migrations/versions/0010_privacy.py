"""What keeping and erasing need."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    erased_calls()
    search_indexes()


def erased_calls() -> None:
    op.create_table(
        "erased_calls",
        sa.Column("sid_hash", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sid_hash", name="pk_erased_calls"),
    )
    # By which retention finds the oldest without reading them all.
    op.create_index("ix_messages_kind_left_at", "messages", ["kind", "left_at"])
    op.create_index("ix_callbacks_call_sid", "callbacks", ["call_sid"])
    op.create_index("ix_callbacks_number_hash", "callbacks", ["number_hash"])


def search_indexes() -> None:
    """What the search for calls goes by: their terms, and of their rows an index that answers by itself."""
    op.create_table(
        "call_terms",
        sa.Column("term", sa.Text, nullable=False),
        sa.Column("began", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("term", "began", "call_sid", name="pk_call_terms"),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_calls_started_at", "calls")
    op.create_index(
        "ix_calls_search",
        "calls",
        ["started_at", "call_sid", "line", "version", "language", "how", "step", "path_hash", "called_back"],
    )
    op.create_index("ix_queue_visits_waited", "queue_visits", ["waited", "call_sid"])
