"""Devices that nobody knows yet are remembered."""

revision = "20261122_doors"
down_revision = "20261122_lifecycle"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
