"""A member's whole life: changes in drafts, suspensions by number, the office's own log, when nodes were heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add columns and tables."""
    op.add_column("members", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.add_column("members", sa.Column("serial", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("history", sa.Column("entry", sa.BigInteger(), nullable=True))
    op.add_column("tokens", sa.Column("used", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("drafts", sa.Column("changes", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("publications", sa.Column("procedures", sa.LargeBinary(), nullable=True))
    op.create_table(
        "sightings",
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("heard_at", sa.Float(), nullable=False),
        sa.Column("timestamp_version", sa.BigInteger(), nullable=False),
        sa.Column("cosigned_at", sa.Float(), nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("member"),
    )
    _create_log()


def _create_log() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "log_entry",
        sa.Column("idx", number, primary_key=True, autoincrement=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
    )
    op.create_table(
        "log_tile",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", number, primary_key=True, autoincrement=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("cosigned", sa.Boolean, nullable=False),
    )
