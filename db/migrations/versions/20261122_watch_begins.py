"""A watch judges the readings that are newer than those its sensor had when the watch began."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_watch_begins"
down_revision = "20261122_access_notices"
branch_labels = None
depends_on = None

RULE_BEGINS = """
CREATE OR REPLACE FUNCTION alarm.rule_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO alarm.watch (sensor_id, rule_id, phase, begins_after)
        SELECT sensor_id, rule_id, 'NORMAL', at FROM (
            SELECT t.sensor_id, r.id AS rule_id, t.at
            FROM born r JOIN telemetry.sensor s
                ON s.building_id = r.building_id AND (s.id = r.sensor_id OR s.kind = r.sensor_kind)
                AND (r.room_id IS NULL OR r.room_id = s.room_id)
            JOIN telemetry.sensor_state t ON t.sensor_id = s.id
            WHERE r.enabled
            ORDER BY t.sensor_id FOR UPDATE OF t
        ) watched;
    RETURN NULL;
END $$
"""
"""Locks the sensors' states as ingest does: what a writer is storing just now is either before the watch or judged."""


def upgrade() -> None:
    op.add_column("watch", sa.Column("begins_after", sa.DateTime(timezone=True), nullable=True), schema="alarm")
    op.drop_column("watch", "since_value", schema="alarm")
    op.execute(RULE_BEGINS)
