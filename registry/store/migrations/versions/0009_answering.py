"""What members tell of how others answer: counts by asker, day and body, and each day as its asker signed it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "answering_lines",
        sa.Column("asker", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("member", sa.String(40), primary_key=True),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("at_once", sa.Integer, nullable=False),
        sa.Column("in_time", sa.Integer, nullable=False),
        sa.Column("later", sa.Integer, nullable=False),
    )
    op.create_table(
        "answering_reports",
        sa.Column("asker", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
    )
