"""Rules may also hold for states, rates, silence and pairs of sensors."""

revision = "20261122_conditions"
down_revision = "20261122_naming"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
