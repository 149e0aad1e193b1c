"""Two epochs: for which a body is ready, and how many elements it enrolled under each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Change the tables; what was enrolled before was so under the first epoch."""
    op.add_column("sightings", sa.Column("ready_epochs", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "enrolments",
        sa.Column("member", sa.String(40), nullable=False),
        sa.Column("class", sa.String(20), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("elements", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("member", "class", "epoch"),
    )
    op.execute(
        "INSERT INTO enrolments (member, class, epoch, elements) SELECT member, class, 1, sum(elements) "
        "FROM evaluations WHERE use = 'enrolment' GROUP BY member, class"
    )
