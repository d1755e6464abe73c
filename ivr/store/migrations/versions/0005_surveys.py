"""Surveys: who was asked, what they answered, and their spoken comments among the messages."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "surveys_asked",
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("line", sa.Text, nullable=True),
        sa.Column("version", sa.Text, nullable=True),
        sa.Column("caller_hash", sa.String(32), nullable=True),
        sa.Column("queue", sa.Text, nullable=True),
        sa.Column("agent", sa.Text, nullable=True),
        sa.Column("goal", sa.Text, nullable=True),
        sa.Column("path_hash", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("call_sid", "seq", name="pk_surveys_asked"),
    )
    op.create_index("ix_surveys_asked_caller_hash_survey_at", "surveys_asked", ["caller_hash", "survey", "at"])
    op.create_index("ix_surveys_asked_at", "surveys_asked", ["at"])
    op.create_table(
        "survey_answers",
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.Integer, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("line", sa.Text, nullable=True),
        sa.Column("version", sa.Text, nullable=True),
        sa.Column("queue", sa.Text, nullable=True),
        sa.Column("agent", sa.Text, nullable=True),
        sa.Column("goal", sa.Text, nullable=True),
        sa.Column("path_hash", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("call_sid", "seq", name="pk_survey_answers"),
    )
    op.create_index("ix_survey_answers_at", "survey_answers", ["at"])
    op.create_index("ix_survey_answers_agent_at", "survey_answers", ["agent", "at"])
    op.add_column("messages", sa.Column("kind", sa.String(8), nullable=False, server_default="message"))
