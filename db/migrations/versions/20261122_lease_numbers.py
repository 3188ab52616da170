"""A lease's number is unique in its building, not in the house: a refusal says nothing of buildings out of sight."""

from alembic import op

revision = "20261122_lease_numbers"
down_revision = "20261122_attempts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_unique_constraint(
        op.f("uq_lease_number_building_id"), "lease", ["number", "building_id"], schema="business"
    )
    op.drop_constraint(op.f("uq_lease_number"), "lease", schema="business")
