"""Two makers of one partition wait for each other by a lock after which both see what is there."""

from alembic import op

revision = "20261122_partitions_race"
down_revision = "20261122_search"
branch_labels = None
depends_on = None

PARTITIONS = """
CREATE OR REPLACE FUNCTION telemetry.make_partitions(since timestamptz, until timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', since AT TIME ZONE 'UTC');
    name text;
    made int := 0;
BEGIN
    WHILE month <= until AT TIME ZONE 'UTC' LOOP
        name := 'reading_' || to_char(month, 'YYYY_MM');
        IF to_regclass('telemetry.' || name) IS NULL THEN
            LOCK TABLE telemetry.reading IN SHARE UPDATE EXCLUSIVE MODE;
            IF to_regclass('telemetry.' || name) IS NULL THEN
                EXECUTE format(
                    'CREATE TABLE telemetry.%I PARTITION OF telemetry.reading FOR VALUES FROM (%L) TO (%L)',
                    name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
                made := made + 1;
            END IF;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END $$
"""
"""The lock of a table, unlike an advisory one, makes a session look again at what others have created."""


def upgrade() -> None:
    op.execute(PARTITIONS)
