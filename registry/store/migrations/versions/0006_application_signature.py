"""The signature of an application beside it, so that officers verify it on their own consoles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Change the table; whoever waits for approval now files the application again."""
    op.add_column("members", sa.Column("application_signature", sa.LargeBinary()))
