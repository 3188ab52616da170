"""Readings are rolled up by hours and kept for a time."""

revision = "20261122_keeping"
down_revision = "20261122_fanout"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
