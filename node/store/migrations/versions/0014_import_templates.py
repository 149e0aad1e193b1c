"""How files of other programs are read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the templates of imports."""
    op.create_table(
        "import_template",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("saved_by", sa.Text, nullable=False),
    )
