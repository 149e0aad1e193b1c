"""What was asked about under each procedure, and the sums."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "procedure_item",
        sa.Column("procedure", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, primary_key=True),
        sa.Column("class", sa.Text, primary_key=True),
        sa.Column("item", sa.LargeBinary, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "procedure_budget",
        sa.Column("procedure", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, primary_key=True),
        sa.Column("class", sa.Text, primary_key=True),
        sa.Column("spent", sa.Integer, nullable=False),
    )
