"""Who lives together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the places of persons in households."""
    op.create_table(
        "household_place",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_index", sa.LargeBinary, nullable=False, index=True),
        sa.Column("household", sa.LargeBinary, nullable=False, index=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
