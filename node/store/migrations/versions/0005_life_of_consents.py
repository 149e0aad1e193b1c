"""How far a consent goes, what a person said against it, and who is to be told of that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

_WHO_RECORDED = """
UPDATE consent SET recorded_by = (
    SELECT event.actor FROM event WHERE event.type = 'consent.added' AND event.subject = CAST(consent.id AS TEXT)
)
"""


def upgrade() -> None:
    """Add columns and tables; who recorded the consents there are is in their events."""
    for name, kind in (
        ("audience", sa.Text), ("expires", sa.Date), ("purposes_left", sa.Text), ("recorded_by", sa.Text)
    ):  # fmt: skip
        op.add_column("consent", sa.Column(name, kind))
    op.execute(_WHO_RECORDED)
    op.add_column("aid_record", sa.Column("consent_audience", sa.Text))
    op.add_column("aid_record", sa.Column("consent_expires", sa.Date))
    op.create_table(
        "opposition",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("purposes", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("traced", sa.Boolean, nullable=False),
    )
    op.create_table(
        "to_tell",
        sa.Column("opposition_id", sa.Integer, sa.ForeignKey("opposition.id"), primary_key=True, autoincrement=False),
        sa.Column("member", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("told_on", sa.Date),
        sa.Column("told_by", sa.Text),
    )
