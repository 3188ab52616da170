"""A status says why and by whom; alarms of a flood are collected in incidents."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_situation"
down_revision = "20261122_keeping"
branch_labels = None
depends_on = None

RING = """
CREATE FUNCTION physical.ring(ring jsonb) RETURNS polygon LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(ring) = 'array' AND jsonb_array_length(ring) > 2
        THEN translate(ring::text, '[]', '()')::polygon END
$$
"""
"""A ring of an outline as PostgreSQL has polygons; null when it is none."""
OVERLAP = """
CREATE FUNCTION physical.overlap(one jsonb, other jsonb) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN shared IS NOT NULL AND width(shared) > 0.05 AND height(shared) > 0.05 THEN (
        SELECT count(*) * width(shared) * height(shared) / 400
        FROM generate_series(0, 19) x, generate_series(0, 19) y, point(
            (shared[1])[0] + (x + 0.5) * width(shared) / 20, (shared[1])[1] + (y + 0.5) * height(shared) / 20
        ) p
        WHERE a @> p AND b @> p AND (jsonb_array_length(one) = 1 AND jsonb_array_length(other) = 1 OR NOT EXISTS (
            SELECT FROM (SELECT one UNION ALL SELECT other) o(rings),
                jsonb_array_elements(rings) WITH ORDINALITY r(ring, place)
            WHERE place > 1 AND physical.ring(ring) @> p
        ))
    ) ELSE 0 END
    FROM (SELECT physical.ring(one -> 0), physical.ring(other -> 0)) rings(a, b), LATERAL (SELECT box(a) # box(b)) s(shared)
$$
"""
"""The area that two outlines share, in m², by 400 places in the box that their boxes share."""
ROOMS_HIT = """
CREATE FUNCTION physical.rooms_hit(room bigint, down boolean) RETURNS TABLE (room_id bigint, below boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT room, false WHERE room IS NOT NULL
    UNION ALL
    SELECT lower.id, true
    FROM physical.room upper
    JOIN physical.floor storey ON storey.id = upper.floor_id
    JOIN physical.floor next ON next.building_id = storey.building_id AND next.level = (
        SELECT max(level) FROM physical.floor f WHERE f.building_id = storey.building_id AND f.level < storey.level
    )
    JOIN physical.room lower ON lower.floor_id = next.id
    WHERE upper.id = room AND down AND coalesce(
        physical.overlap(upper.outline, lower.outline) > 0.1,
        substring(upper.number FROM '[0-9][0-9]$') = substring(lower.number FROM '[0-9][0-9]$'),
        false
    )
$$
"""
"""A room, and with `down` those of the next lower floor beneath it: by outlines, or where one has none by numbers."""
FUNCTIONS = (RING, OVERLAP, ROOMS_HIT)


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
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
    _incidents()


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("floor_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('RISER', 'FLOOR', 'BUILDING')", name=op.f("ck_incident_kind")),
        sa.CheckConstraint("(kind = 'FLOOR') = (floor_id IS NOT NULL)", name=op.f("ck_incident_floor")),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_incident_building_id")),
        sa.ForeignKeyConstraint(["floor_id"], ["physical.floor.id"], name=op.f("fk_incident_floor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        schema="alarm",
    )
    op.create_index(op.f("ix_incident_building_id_opened_at"), "incident", ["building_id", "opened_at"], schema="alarm")
    op.create_index(
        "ix_incident_open", "incident", ["id"], schema="alarm", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.add_column("alarm", sa.Column("incident_id", sa.BigInteger(), nullable=True), schema="alarm")
    op.create_foreign_key(
        op.f("fk_alarm_incident_id"),
        "alarm",
        "incident",
        ["incident_id"],
        ["id"],
        source_schema="alarm",
        referent_schema="alarm",
    )
    op.create_index(
        "ix_alarm_incident_id",
        "alarm",
        ["incident_id"],
        schema="alarm",
        postgresql_where=sa.text("incident_id IS NOT NULL"),
    )
