"""How versions go live: what each row of `versions` did, the share of callers, the commit, what was forced."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("versions", sa.Column("deed", sa.String(12), nullable=False, server_default="published"))
    op.add_column("versions", sa.Column("share", sa.Float, nullable=True))
    op.add_column("versions", sa.Column("git", sa.String(41), nullable=True))
    op.add_column("versions", sa.Column("forced", sa.Text, nullable=True))
    op.add_column("versions", sa.Column("follows", sa.Integer, nullable=True))
    # Of two who publish at once, each after the same row, one wins. Rows of before have no such number.
    op.create_index("uq_versions_line_follows", "versions", ["line", "follows"], unique=True)
