"""Rules may also hold for states, rates, silence and pairs of sensors."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_conditions"
down_revision = "20261122_naming"
branch_labels = None
depends_on = None

CHECKS = {
    "condition": "condition IN ('ABOVE', 'BELOW', 'BETWEEN', 'EQUALS', 'RATE', 'STALE', 'DEVIATION')",
    "between": "(condition = 'BETWEEN') = (threshold_high IS NOT NULL)"
    " AND threshold_high > threshold AND threshold_high < 'Infinity'",
    "equals": "condition <> 'EQUALS' OR deadband = 0",
    "rate": """(condition = 'RATE') = ("window" IS NOT NULL) AND "window" > 0"""
    " AND (condition <> 'RATE' OR threshold <> 0)",
    "stale": "condition <> 'STALE' OR (threshold > 0 AND deadband = 0 AND on_delay = 0)",
    "deviation": "(condition = 'DEVIATION') = (reference_id IS NOT NULL) AND sensor_id <> reference_id"
    " AND (condition <> 'DEVIATION' OR (sensor_id IS NOT NULL AND deadband <= threshold))",
}
DEPTH = """
CREATE FUNCTION alarm.depth(value float8, worst float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE worst WHEN 'Infinity' THEN value WHEN '-Infinity' THEN -value ELSE -abs(value - worst) END
$$;
COMMENT ON FUNCTION alarm.depth IS 'How far in alarm a value is, where `worst` is the one that would be furthest.';
"""
RULE_BEGINS = """
CREATE OR REPLACE FUNCTION alarm.rule_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH watched AS (
        SELECT s.id AS sensor_id, r.id AS rule_id, r.reference_id, r.condition, r.threshold
        FROM born r JOIN telemetry.sensor s
            ON s.building_id = r.building_id AND (s.id = r.sensor_id OR s.kind = r.sensor_kind)
            AND (r.room_id IS NULL OR r.room_id = s.room_id)
        WHERE r.enabled
    ), locked AS MATERIALIZED (
        SELECT t.sensor_id, t.at FROM telemetry.sensor_state t
        WHERE t.sensor_id IN (SELECT sensor_id FROM watched UNION SELECT reference_id FROM watched)
        ORDER BY t.sensor_id FOR UPDATE
    ), begun AS (
        SELECT w.*, greatest(t.at, o.at) AS at
        FROM watched w JOIN locked t USING (sensor_id) LEFT JOIN locked o ON o.sensor_id = w.reference_id
    )
    INSERT INTO alarm.watch (sensor_id, rule_id, phase, begins_after, heard_at, deadline)
        SELECT sensor_id, rule_id, 'NORMAL', at, CASE WHEN condition = 'STALE' THEN at END,
            CASE WHEN condition = 'STALE' THEN at + make_interval(secs => threshold) END
        FROM begun;
    RETURN NULL;
END $$
"""
"""Locks the sensors' states as ingest does: what a writer is storing just now is either before the watch or judged."""


def upgrade() -> None:
    op.add_column("rule", sa.Column("threshold_high", sa.Float(), nullable=True), schema="alarm")
    op.add_column("rule", sa.Column("window", sa.Integer(), nullable=True), schema="alarm")
    op.add_column("rule", sa.Column("reference_id", sa.BigInteger(), nullable=True), schema="alarm")
    op.create_foreign_key(
        op.f("fk_rule_reference_id"),
        "rule",
        "sensor",
        ["reference_id"],
        ["id"],
        source_schema="alarm",
        referent_schema="telemetry",
        ondelete="CASCADE",
    )
    op.create_index(op.f("ix_rule_reference_id"), "rule", ["reference_id"], unique=False, schema="alarm")
    op.drop_constraint(op.f("ck_rule_condition"), "rule", schema="alarm")
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_rule_{name}"), "rule", check, schema="alarm")
    op.add_column("watch", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True), schema="alarm")
    op.execute(DEPTH)
    op.execute(RULE_BEGINS)
