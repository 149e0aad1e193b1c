"""How other bodies answered, by the day, and when this node served; counted from the log at the first start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision: str | None = "0020"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the counts, empty: the node makes them from its log."""
    op.create_table(
        "answering_line",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("member", sa.Text, primary_key=True),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("at_once", sa.Integer, nullable=False),
        sa.Column("in_time", sa.Integer, nullable=False),
        sa.Column("later", sa.Integer, nullable=False),
        sa.Column("answered_at", sa.BigInteger, nullable=False),
        sa.Column("missed_since", sa.BigInteger, nullable=False),
        sa.Column("missed_until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "answering_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("unheard", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("told_on", sa.Date),
    )
    op.create_table(
        "answering_place",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.BigInteger, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
    )
