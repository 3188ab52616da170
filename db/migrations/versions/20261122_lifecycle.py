"""Alarms can be latched, shelved, suppressed, out of service and escalated."""

revision = "20261122_lifecycle"
down_revision = "20261122_conditions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
