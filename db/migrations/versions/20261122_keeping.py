"""Readings are rolled up by hours and kept for a time."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_keeping"
down_revision = "20261122_fanout"
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
        IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('telemetry.' || name)) THEN
            LOCK TABLE telemetry.reading IN SHARE UPDATE EXCLUSIVE MODE;
            IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('telemetry.' || name)) THEN
                EXECUTE format('CREATE TABLE IF NOT EXISTS telemetry.%I (LIKE telemetry.reading INCLUDING ALL)', name);
                EXECUTE format(
                    'ALTER TABLE telemetry.reading ATTACH PARTITION telemetry.%I FOR VALUES FROM (%L) TO (%L)',
                    name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
                made := made + 1;
            END IF;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END $$
"""
"""As before, but a partition is made first and attached then: nobody who reads or writes waits for that."""

MONTHS = r"""
CREATE VIEW telemetry.reading_month AS
SELECT c.relname AS name, m.since AT TIME ZONE 'UTC' AS since, (m.since + interval '1 month') AT TIME ZONE 'UTC' AS until,
    i.inhrelid IS NOT NULL AS attached, coalesce(i.inhdetachpending, false) AS leaving
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'telemetry'
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = 'telemetry.reading'::regclass
CROSS JOIN LATERAL (SELECT to_date(substr(c.relname, 9), 'YYYY_MM')::timestamp AS since) m
WHERE c.relkind = 'r' AND c.relname ~ '^reading_\d{4,}_\d\d$'
"""
ZONE_MOVED = """
CREATE FUNCTION telemetry.zone_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS (
        SELECT h.sensor_id, h.hour FROM telemetry.sensor s JOIN telemetry.reading_hour h ON h.sensor_id = s.id
        WHERE s.building_id = NEW.id AND date_trunc('hour', h.hour, NEW.time_zone) <> h.hour
            AND h.hour >= (SELECT min(since) FROM telemetry.reading_month WHERE attached)
    ), gone AS (
        DELETE FROM telemetry.reading_hour h USING moved m WHERE h.sensor_id = m.sensor_id AND h.hour = m.hour
    )
    INSERT INTO telemetry.reading_dirty (sensor_id, hour)
    SELECT DISTINCT sensor_id, date_trunc('hour', at, NEW.time_zone)
    FROM moved, LATERAL (VALUES (hour), (hour + interval '59:59.999999')) part(at);
    RETURN NULL;
END $$;
CREATE TRIGGER zone_moved AFTER UPDATE OF time_zone ON physical.building
    FOR EACH ROW WHEN (OLD.time_zone <> NEW.time_zone) EXECUTE FUNCTION telemetry.zone_moved()
"""
"""Hours of a zone whose minutes differ (Berlin, Kolkata) begin elsewhere: they are rolled anew from what is there."""
PARTS = """
CREATE FUNCTION telemetry.reading_parts(sensor bigint, zone text, since timestamptz, until timestamptz)
RETURNS TABLE (hour timestamptz, at timestamptz, count bigint, sum float8, low float8, low_at timestamptz,
    high float8, high_at timestamptz, first float8, last float8)
LANGUAGE sql STABLE AS $$
    SELECT h.hour, h.hour, h.count::bigint, h.sum, h.low, h.low_at, h.high, h.high_at, h.first, h.last
    FROM telemetry.reading_hour h
    WHERE h.sensor_id = $1 AND h.hour >= $3 AND h.hour <= $4 - interval '1 hour'
        AND h.hour < (SELECT date_trunc('hour', rolled, $2) FROM telemetry.rolling)
        AND NOT EXISTS (SELECT FROM telemetry.reading_dirty d WHERE d.sensor_id = h.sensor_id AND d.hour = h.hour)
    UNION ALL
    SELECT r.hour, r.at, 1, CASE WHEN abs(r.value) < 1e290 THEN r.value ELSE 'NaN' END,
        r.value, r.at, r.value, r.at, r.value, r.value
    FROM (
        SELECT edge, greatest($3, least($4, edge) - interval '2 hours') AS rest
        FROM (SELECT coalesce(date_trunc('hour', rolled, $2), '-infinity') AS edge FROM telemetry.rolling) w
    ) w CROSS JOIN LATERAL (
        SELECT $3, least($3 + interval '2 hours', w.rest), NULL::timestamptz
        UNION ALL SELECT w.rest, $4, NULL
        UNION ALL SELECT DISTINCT d.hour, d.hour + interval '1 hour', d.hour FROM telemetry.reading_dirty d
            WHERE d.sensor_id = $1 AND d.hour >= $3 AND d.hour <= $4 - interval '1 hour' AND d.hour < w.edge
    ) e(since, until, dirty) CROSS JOIN LATERAL (
        SELECT date_trunc('hour', r.at, $2) AS hour, r.at, r.value FROM telemetry.reading r
        WHERE r.sensor_id = $1 AND r.at >= e.since AND r.at < e.until
    ) r WHERE CASE WHEN e.dirty IS NULL
        THEN r.hour < $3 OR r.hour > $4 - interval '1 hour' OR r.hour >= w.edge ELSE r.hour = e.dirty END
$$
"""
"""What the readings of a sensor from `since` up to `until` consist of, each in one part: hours that are rolled up, wholly
within and not dirty; and, one by one, readings at both ends, after what is rolled up, and of dirty hours. Where the
minutes of a zone change, hours overlap, but `hour` (of the zone) puts each reading into one. PostgreSQL takes this
into the statement that asks."""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "reading_hour",
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("hour", moment, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sum", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("low_at", moment, nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
        sa.Column("high_at", moment, nullable=False),
        sa.Column("first", sa.Float(), nullable=False),
        sa.Column("last", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint(
            "sensor_id",
            "hour",
            name=op.f("pk_reading_hour"),
            postgresql_include=["count", "sum", "low", "low_at", "high", "high_at", "first", "last"],
        ),
        schema="telemetry",
    )
    op.create_table(
        "reading_dirty",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("hour", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_dirty")),
        schema="telemetry",
    )
    op.create_index(
        op.f("ix_reading_dirty_sensor_id_hour"),
        "reading_dirty",
        ["sensor_id", "hour"],
        unique=False,
        schema="telemetry",
    )
    op.create_table(
        "rolling",
        sa.Column("one", sa.SmallInteger(), nullable=False),
        sa.Column("closing", moment, nullable=True),
        sa.Column("rolled", moment, nullable=True),
        sa.CheckConstraint("one = 1", name=op.f("ck_rolling_one")),
        sa.CheckConstraint("rolled <= closing", name=op.f("ck_rolling_order")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_rolling")),
        schema="telemetry",
    )
    op.create_table(
        "history",
        sa.Column("month", moment, nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_history")),
        schema="telemetry",
    )
    op.create_index(
        "ix_change_arrivals",
        "change",
        ["at"],
        unique=False,
        schema="live",
        postgresql_where=sa.text("kind = 'readings' AND payload <> '{}'::jsonb"),
    )
    op.execute("INSERT INTO telemetry.rolling (one) VALUES (1)")
    for statement in (PARTITIONS, MONTHS, ZONE_MOVED, PARTS):
        op.execute(statement)
