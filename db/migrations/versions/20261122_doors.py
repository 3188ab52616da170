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
    op.create_table(
        "unknown_device",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "door",
            sa.Enum("NDJSON", "GRAPHQL", "LINE", "MQTT", name="door", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("key_id", sa.BigInteger(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.CheckConstraint("door IN ('NDJSON', 'GRAPHQL', 'LINE', 'MQTT')", name=op.f("ck_unknown_device_door")),
        sa.ForeignKeyConstraint(
            ["building_id"],
            ["physical.building.id"],
            name=op.f("fk_unknown_device_building_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["security.api_key.id"], name=op.f("fk_unknown_device_key_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unknown_device")),
        sa.UniqueConstraint(
            "building_id",
            "name",
            name=op.f("uq_unknown_device_building_id_name"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="telemetry",
    )
    op.create_index(op.f("ix_unknown_device_key_id"), "unknown_device", ["key_id"], schema="telemetry")
    op.create_index(op.f("ix_sensor_external_id"), "sensor", ["external_id"], schema="telemetry")
    op.execute(RENAMED)
    op.add_column("api_key", sa.Column("readings_per_minute", sa.Integer(), nullable=True), schema="security")
    op.create_check_constraint(
        op.f("ck_api_key_readings_per_minute"), "api_key", "readings_per_minute >= 0", schema="security"
    )
