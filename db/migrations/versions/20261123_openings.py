"""Doors and passages of a floor, as lines in metres."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_openings"
down_revision = "20261122_lease_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("floor", sa.Column("openings", JSONB), schema="physical")
