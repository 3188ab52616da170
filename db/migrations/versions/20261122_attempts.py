"""Attempts to sign in and to link, counted by the whole house."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "20261122_attempts"
down_revision = "20261122_links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("times", ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_attempt")),
        schema="security",
    )
