"""What else an aid record says, its versions, and private notes on persons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None

_WHO_RECORDED = """
UPDATE aid_record SET recorded_by = (
    SELECT MIN(event.actor) FROM event
    WHERE event.type IN ('record.added', 'record.imported') AND event.subject = aid_record.id
)
"""


def upgrade() -> None:
    """Add columns and the table of notes; who recorded what is there is in its events."""
    op.create_index("event_of_record", "event", ["subject"])
    for column in (
        sa.Column("frequency", sa.Text),
        sa.Column("means_test", sa.Text),
        sa.Column("protocol", sa.LargeBinary),
        sa.Column("recorded_by", sa.Text),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("replaces", sa.Text),
        sa.Column("status_was", sa.Text),
    ):
        op.add_column("aid_record", column)
    replaced = sa.text("replaces IS NOT NULL")
    op.create_index(
        "ix_aid_record_replaces",
        "aid_record",
        ["replaces"],
        unique=True,
        sqlite_where=replaced,
        postgresql_where=replaced,
    )
    op.execute(_WHO_RECORDED)
    op.drop_index("event_of_record", "event")
    op.create_table(
        "person_note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False),
        sa.Column("written_at", sa.Double, nullable=False),
    )
