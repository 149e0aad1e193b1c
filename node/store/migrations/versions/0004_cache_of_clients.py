"""Which cached pseudonyms are of own clients, so that they go when the last record does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the column; of what was cached before nobody knows, and it stays until it expires."""
    op.add_column("pseudonym_cache", sa.Column("own_client", sa.Boolean))
