"""Notices, closings and special days."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("words", sa.JSON, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("since", MOMENT, nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Text, nullable=True),
        sa.Column("prepared", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_until", "notices", ["until"])
    op.create_table(
        "special_days",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("of", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("hours", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("dropped_at", MOMENT, nullable=True),
        sa.Column("dropped_by", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_special_days"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_special_days_day", "special_days", ["day"])
