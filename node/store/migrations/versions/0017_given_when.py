"""When and by whom a promise was made help given, and what it was until then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add to reservations what undoing a confirmation needs; none for those confirmed before."""
    for column in (
        sa.Column("given_at", sa.Double),
        sa.Column("given_by", sa.Text),
        sa.Column("held_day", sa.Date),
        sa.Column("held_cents", sa.BigInteger),
        sa.Column("held_until", sa.Double),
    ):
        op.add_column("reservation", column)
