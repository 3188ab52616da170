"""Devices that nobody knows yet are remembered; a key may have a limit of its own."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_doors"
down_revision = "20261122_lifecycle"
branch_labels = None
depends_on = None


RENAMED = """
CREATE OR REPLACE TRIGGER renamed AFTER INSERT OR DELETE OR UPDATE OF code, building_id, external_id OR TRUNCATE
    ON telemetry.sensor FOR EACH STATEMENT EXECUTE FUNCTION telemetry.renamed()
"""


def upgrade() -> None:
    op.create_index(op.f("ix_sensor_external_id"), "sensor", ["external_id"], schema="telemetry")
    op.execute(RENAMED)
    op.add_column("api_key", sa.Column("readings_per_minute", sa.Integer(), nullable=True), schema="security")
    op.create_check_constraint(
        op.f("ck_api_key_readings_per_minute"), "api_key", "readings_per_minute >= 0", schema="security"
    )
