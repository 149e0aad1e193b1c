"""Persons sent to other bodies and received from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the referrals."""
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("peer", sa.Text, nullable=False),
        sa.Column("referral_id", sa.LargeBinary, nullable=False),
        sa.Column("facet", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("untold", sa.Text),
        sa.Column("unread", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
        sa.Column("keep_until", sa.Date, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("direction", "peer", "referral_id", name=op.f("uq_referral_direction")),
    )
    op.create_index(op.f("ix_referral_untold"), "referral", ["untold"])
    op.create_index(op.f("ix_referral_unread"), "referral", ["unread"])
