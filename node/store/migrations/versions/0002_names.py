"""Persons on file by name, without any code, and the help they had."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the tables of names, which nothing ties to those of codes and pseudonyms."""
    op.create_table(
        "named_person",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("who", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", sa.Double, nullable=False),
    )
    op.create_table(
        "named_key",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("named_person.id"), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "named_aid",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("named_person.id"), nullable=False, index=True),
        sa.Column("facet", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("amount_cents", sa.BigInteger),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("creditor", sa.LargeBinary),
        sa.Column("keep_until", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.Double, nullable=False),
    )
