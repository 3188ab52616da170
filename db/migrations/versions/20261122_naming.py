"""A version of the names of sensors: whoever remembers them knows by it whether they still hold."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_naming"
down_revision = "20261122_partitions_race"
branch_labels = None
depends_on = None

RENAMED = """
CREATE FUNCTION telemetry.renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telemetry.naming SET version = gen_random_uuid()::text;
    RETURN NULL;
END $$
"""
SENSORS = """
CREATE TRIGGER renamed AFTER INSERT OR DELETE OR UPDATE OF code, building_id OR TRUNCATE ON telemetry.sensor
    FOR EACH STATEMENT EXECUTE FUNCTION telemetry.renamed()
"""
BUILDINGS = """
CREATE TRIGGER renamed AFTER UPDATE OF code ON physical.building
    FOR EACH STATEMENT EXECUTE FUNCTION telemetry.renamed()
"""


def upgrade() -> None:
    op.create_table(
        "naming",
        sa.Column("one", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_naming_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_naming")),
        schema="telemetry",
    )
    op.execute("INSERT INTO telemetry.naming (one, version) VALUES (1, gen_random_uuid()::text)")
    for statement in (RENAMED, SENSORS, BUILDINGS):
        op.execute(statement)
