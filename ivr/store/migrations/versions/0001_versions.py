"""The first table: versions, one row a publishing."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("version", sa.String(12), nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_versions_line_id", "versions", ["line", "id"])
    op.create_index("ix_versions_version", "versions", ["version"])


def downgrade() -> None:
    op.drop_table("versions")
