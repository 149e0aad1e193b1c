"""Codes that another one replaced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add former codes, each on the file of the person who has another one now."""
    op.create_table(
        "known_as",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("former_index", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("former", sa.LargeBinary, nullable=False),
        sa.Column("former_id", sa.Integer, sa.ForeignKey("person.id"), unique=True),
        sa.Column("former_name", sa.Integer, unique=True),
        sa.Column("current_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("linked_at", sa.Double, nullable=False),
        sa.Column("linked_by", sa.Text, nullable=False),
        sa.Column("answers_until", sa.Date, nullable=False),
        sa.Column("undo", sa.LargeBinary),
    )
