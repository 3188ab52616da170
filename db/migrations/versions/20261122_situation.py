"""Alarms of a flood are collected in incidents."""

revision = "20261122_situation"
down_revision = "20261122_keeping"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
