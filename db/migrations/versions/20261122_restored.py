"""The stream remembers which database it lives in, so that a restored copy begins anew by itself."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_restored"
down_revision = "20261122_situation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("epoch", sa.Column("lives_in", sa.Text(), nullable=True), schema="live")
