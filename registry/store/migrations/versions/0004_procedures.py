"""What each body had evaluated under each procedure, over the procedure's whole life."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "procedure_evaluations",
        sa.Column("procedure", sa.String(length=40), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("class", sa.String(length=20), nullable=False),
        sa.Column("elements", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("procedure", "member", "class"),
    )
