"""A status says why and by whom; alarms of a flood are collected in incidents."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_situation"
down_revision = "20261122_keeping"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("status_change", sa.Column("reason", sa.Text(), nullable=True), schema="telemetry")
    op.add_column("status_change", sa.Column("user_id", sa.BigInteger(), nullable=True), schema="telemetry")
    op.create_foreign_key(
        op.f("fk_status_change_user_id"),
        "status_change",
        "user",
        ["user_id"],
        ["id"],
        source_schema="telemetry",
        referent_schema="security",
    )
