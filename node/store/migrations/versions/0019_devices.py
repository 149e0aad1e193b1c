"""Consoles that are let in from anywhere, and the invites they are enrolled with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add devices and invites; nobody is enrolled yet."""
    op.create_table(
        "device",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("otp_secret", sa.LargeBinary, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("enrolled_at", sa.Double, nullable=False),
        sa.Column("used_at", sa.Double),
        sa.Column("wrong", sa.Integer, nullable=False),
    )
    op.create_index("ix_device_user", "device", ["user"])
    op.create_table(
        "device_invite",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
    )
