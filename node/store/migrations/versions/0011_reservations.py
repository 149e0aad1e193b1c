"""Reservations: what is asked about each, what was shown beside it, and what came late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the tables; they go with the record that they speak of."""
    of_record = sa.ForeignKey("aid_record.id", ondelete="CASCADE")
    op.create_table(
        "reservation",
        sa.Column("record_id", sa.Text, of_record, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("months", sa.Integer, nullable=False),
        sa.Column("reserved_by", sa.Text, nullable=False),
        sa.Column("renewed_at", sa.Double),
    )
    op.create_table(
        "reservation_sight",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("record_id", sa.Text, sa.ForeignKey("aid_record.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("shown_to", sa.Text, nullable=False),
        sa.Column("check_id", sa.Text, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("found", sa.Integer, nullable=False),
        sa.Column("gaps", sa.Text, nullable=False),
        sa.Column("unchecked", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.Column("reason", sa.LargeBinary),
    )
    op.create_table(
        "reservation_late",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "sight_id",
            sa.Integer,
            sa.ForeignKey("reservation_sight.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary),
    )
