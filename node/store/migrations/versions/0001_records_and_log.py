"""Records, papers, pseudonyms, budgets, operators, events and the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create every table of the first version."""
    for name in ("person", "need"):
        op.create_table(
            name,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("type", sa.Text, nullable=False),
            sa.Column("code", sa.LargeBinary, nullable=False),
            sa.Column("code_index", sa.LargeBinary, nullable=False, unique=True),
        )
    _create_records()
    _create_papers()
    _create_pseudonyms()
    _create_staff()
    _create_log()


def _create_records() -> None:
    op.create_table(
        "aid_record",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("need_id", sa.Integer, sa.ForeignKey("need.id"), index=True),
        sa.Column("source_key", sa.LargeBinary),
        sa.Column("source_key_index", sa.LargeBinary, unique=True),
        sa.Column("content_hash", sa.LargeBinary, nullable=False),
        sa.Column("facet", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("amount_cents", sa.BigInteger),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("creditor", sa.LargeBinary),
        sa.Column("period_from", sa.Date),
        sa.Column("period_to", sa.Date),
        sa.Column("consent_purposes", sa.Text),
        sa.Column("consent_notice", sa.Text),
        sa.Column("consent_language", sa.Text),
        sa.Column("consent_day", sa.Date),
        sa.Column("consent_method", sa.Text),
        sa.Column("consent_withdrawn", sa.Boolean, nullable=False),
        sa.Column("objection", sa.Boolean, nullable=False),
        sa.Column("keep_until", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.Double, nullable=False),
    )


def _create_papers() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("purposes", sa.Text, nullable=False),
        sa.Column("notice_version", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("withdrawn_on", sa.Date),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("protocol", sa.Text, nullable=False),
    )


def _create_pseudonyms() -> None:
    op.create_table(
        "pseudonym",
        sa.Column("class", sa.Text, primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("pseudonym", sa.LargeBinary(16), primary_key=True),
        sa.Column("subject_id", sa.Integer, nullable=False),
        sa.UniqueConstraint("class", "epoch", "subject_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pseudonym_cache",
        sa.Column("subject_index", sa.LargeBinary, primary_key=True),
        sa.Column("key_set", sa.LargeBinary, primary_key=True),
        sa.Column("pseudonyms", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.Double, nullable=False, index=True),
    )


def _create_staff() -> None:
    op.create_table(
        "budget_item",
        sa.Column("budget", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("item", sa.LargeBinary, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "operator",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
    )
    op.create_table("field_key", sa.Column("proof", sa.LargeBinary, primary_key=True))


def _create_log() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "log_entry",
        sa.Column("idx", number, primary_key=True, autoincrement=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
    )
    op.create_table(
        "log_tile",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", number, primary_key=True, autoincrement=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("cosigned", sa.Boolean, nullable=False),
    )
