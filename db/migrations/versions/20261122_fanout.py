"""Readings are told to those who listen."""

revision = "20261122_fanout"
down_revision = "20261122_doors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
