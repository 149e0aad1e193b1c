"""Until when help is promised; promises of before get the term of their kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

_TERM = """
UPDATE aid_record SET reserved_until = recorded_at
    + CASE WHEN facet IN ('food_parcel', 'food_voucher', 'canteen') THEN 43200 ELSE 864000 END
WHERE status = 'reserved'
"""


def upgrade() -> None:
    """Add the column, and the index over the few rows that have one."""
    op.add_column("aid_record", sa.Column("reserved_until", sa.Double))
    op.execute(_TERM)
    there = sa.text("reserved_until IS NOT NULL")
    op.create_index(
        "ix_aid_record_reserved_until", "aid_record", ["reserved_until"], sqlite_where=there, postgresql_where=there
    )
