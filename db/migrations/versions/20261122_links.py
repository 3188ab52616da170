"""Links of messengers' identities to people, and the one-time codes that make them."""

revision = "20261122_links"
down_revision = "20261122_fire"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
