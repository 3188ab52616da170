"""Fire zones, their rooms, and what the panel reported."""

revision = "20261122_fire"
down_revision = "20261122_restored"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
