"""Calls for applicants: files, their rows, and what bodies said of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "batch",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("mark", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("opened_by", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("erase_on", sa.Date, nullable=False),
        sa.Column("is_done", sa.Boolean, nullable=False),
        sa.Column("stopped", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "batch_page",
        sa.Column("batch_id", sa.Text, sa.ForeignKey("batch.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "batch_reply",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("batch_id", sa.Text, sa.ForeignKey("batch.id"), nullable=False, index=True),
        sa.Column("question", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("ending", sa.LargeBinary, nullable=False),
    )
