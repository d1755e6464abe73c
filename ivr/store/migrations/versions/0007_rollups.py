"""Roll-ups of the call log by quarter-hour and by longer spans; all of the log is marked to be rolled up."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DIMENSIONS = ("line", "version", "language", "queue", "agent")
KEY = ("grain", "kind", "begins", *DIMENSIONS, "called_back", "value")

SECONDS = {  # from 1970 to a moment
    "sqlite": "CAST(strftime('%s', {at}) AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM {at})) AS BIGINT)",
}
COUNTED = {"calls": "started_at", "queue_visits": "at", "surveys_asked": "at", "survey_answers": "at", "callbacks": "booked_at"}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "rollup_names",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_index("uq_rollup_names_name", "rollup_names", ["name"], unique=True)
    op.create_table(
        "rollup_marks",
        sa.Column("span", sa.Integer, nullable=False),
        sa.Column("begins", sa.Integer, nullable=True),
        sa.Column("call_sid", sa.Text, nullable=True),
    )
    small, whole, large = sa.SmallInteger, sa.Integer, sa.BigInteger
    op.create_table(
        "rollups",
        sa.Column("grain", small, nullable=False),
        sa.Column("kind", small, nullable=False),
        sa.Column("begins", whole, nullable=False),
        *(sa.Column(name, whole, nullable=False) for name in DIMENSIONS),
        sa.Column("called_back", small, nullable=False),
        sa.Column("value", whole, nullable=False),
        sa.Column("times", whole, nullable=False),
        sa.Column("total", large, nullable=False),
        sa.Column("squares", large, nullable=False),
        # In SQLite the rows lie in the order of their key; in PostgreSQL a key of ten columns would be as large as they.
        *([sa.PrimaryKeyConstraint(*KEY, name="pk_rollups")] if dialect == "sqlite" else []),
        sqlite_with_rowid=False,
    )
    if dialect != "sqlite":
        op.create_index("ix_rollups_grain_kind_begins", "rollups", ["grain", "kind", "begins"])
    for table, at in COUNTED.items():
        quarter = f"{SECONDS[dialect].format(at=at)} / 900"
        op.execute(f"INSERT INTO rollup_marks (span, begins) SELECT DISTINCT 1, {quarter} FROM {table} WHERE {at} IS NOT NULL")
    # Others' roll-ups: their tables.
    step_tallies()


def step_tallies() -> None:
    op.create_table(
        "step_tallies",
        sa.Column("span", sa.Integer, nullable=False),
        sa.Column("begins", sa.Integer, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("tally", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("span", "begins", "line", "version", "language", name="pk_step_tallies"),
        sqlite_with_rowid=False,
    )
