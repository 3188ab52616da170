"""The five nouns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_five_nouns"
down_revision = None
branch_labels = None
depends_on = None


SCHEMAS = ("physical", "business", "telemetry", "alarm", "security", "live")

PLACEMENT_WITHIN_LEASE = """
CREATE FUNCTION business.placement_within_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM business.placement p
        JOIN business.lease l ON l.id = p.lease_id
        JOIN physical.room r ON r.id = p.room_id
        WHERE CASE TG_TABLE_NAME WHEN 'placement' THEN p.id = NEW.id ELSE p.lease_id = NEW.id END
            AND (NOT p.period <@ l.period OR r.building_id <> l.building_id)
    ) THEN
        RAISE EXCEPTION 'a placement lies outside its lease'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_placement_within_lease',
                SCHEMA = 'business', TABLE = 'placement';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER placement_within_lease AFTER INSERT OR UPDATE ON business.placement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION business.placement_within_lease();
CREATE CONSTRAINT TRIGGER lease_around_placements AFTER UPDATE OF period, building_id ON business.lease
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION business.placement_within_lease();
"""

APPEND_ONLY = """
CREATE FUNCTION security.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON security.audit
    FOR EACH STATEMENT EXECUTE FUNCTION security.append_only();
"""

STATE_OF_EACH_SENSOR = """
CREATE FUNCTION telemetry.sensor_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO telemetry.sensor_state (sensor_id, status) SELECT id, 'UNKNOWN' FROM born;
    INSERT INTO alarm.watch (sensor_id, rule_id, phase)
        SELECT s.id, r.id, 'NORMAL' FROM born s JOIN alarm.rule r
            ON r.enabled AND r.building_id = s.building_id AND r.sensor_kind = s.kind
            AND (r.room_id IS NULL OR r.room_id = s.room_id);
    RETURN NULL;
END $$;
CREATE TRIGGER sensor_begins AFTER INSERT ON telemetry.sensor
    REFERENCING NEW TABLE AS born FOR EACH STATEMENT EXECUTE FUNCTION telemetry.sensor_begins();
CREATE FUNCTION alarm.rule_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO alarm.watch (sensor_id, rule_id, phase)
        SELECT s.id, r.id, 'NORMAL' FROM born r JOIN telemetry.sensor s
            ON s.building_id = r.building_id AND (s.id = r.sensor_id OR s.kind = r.sensor_kind)
            AND (r.room_id IS NULL OR r.room_id = s.room_id)
        WHERE r.enabled;
    RETURN NULL;
END $$;
CREATE TRIGGER rule_begins AFTER INSERT ON alarm.rule
    REFERENCING NEW TABLE AS born FOR EACH STATEMENT EXECUTE FUNCTION alarm.rule_begins();
"""

PARTITIONS = """
CREATE FUNCTION telemetry.make_partitions(since timestamptz, until timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', since AT TIME ZONE 'UTC');
    name text;
    made int := 0;
BEGIN
    WHILE month <= until AT TIME ZONE 'UTC' LOOP
        name := 'reading_' || to_char(month, 'YYYY_MM');
        IF to_regclass('telemetry.' || name) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('telemetry.make_partitions'));
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
END $$;
"""

FIRST_ROWS = """
INSERT INTO live.epoch (one, epoch, began_at) VALUES (1, replace(gen_random_uuid()::text, '-', ''), clock_timestamp());
INSERT INTO live.clock (one, mode, speed) VALUES (1, 'REAL', 1);
"""


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA {schema}")
    op.execute("CREATE SEQUENCE live.change_number")
    op.create_table(
        "tenant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tax_number", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("name", name=op.f("uq_tenant_name")),
        sa.UniqueConstraint("tax_number", name=op.f("uq_tenant_tax_number")),
        schema="business",
    )
    op.create_table(
        "change",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("tenant_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_change")),
        schema="live",
    )
    op.create_index(op.f("ix_change_at"), "change", ["at"], unique=False, schema="live")
    op.create_table(
        "clock",
        sa.Column("one", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "mode", sa.Enum("REAL", "SPEED", "MAX", name="clockmode", native_enum=False, length=24), nullable=False
        ),
        sa.Column("house_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("real_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.CheckConstraint("mode IN ('REAL', 'SPEED', 'MAX')", name=op.f("ck_clock_mode")),
        sa.CheckConstraint("one = 1", name=op.f("ck_clock_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_clock")),
        schema="live",
    )
    op.create_table(
        "epoch",
        sa.Column("one", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_epoch_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_epoch")),
        schema="live",
    )
    op.create_table(
        "building",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Enum("RU", "EN", name="language", native_enum=False, length=24), nullable=False),
        sa.Column("global_id", sa.Text(), nullable=True),
        sa.CheckConstraint("code ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$'", name=op.f("ck_building_code_form")),
        sa.CheckConstraint("language IN ('RU', 'EN')", name=op.f("ck_building_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("code", name=op.f("uq_building_code")),
        sa.UniqueConstraint("global_id", name=op.f("uq_building_global_id")),
        schema="physical",
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
        schema="security",
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False, schema="security")
    op.create_index(op.f("ix_audit_user_id_number"), "audit", ["user_id", "number"], unique=False, schema="security")
    op.create_table(
        "user",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("language", sa.Enum("RU", "EN", name="language", native_enum=False, length=24), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("language IN ('RU', 'EN')", name=op.f("ck_user_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
        schema="security",
    )
    op.create_table(
        "reading",
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("sensor_id", "at", name=op.f("pk_reading")),
        schema="telemetry",
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table(
        "lease",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        sa.Column("rent", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_lease_currency")),
        sa.CheckConstraint("NOT isempty(period) AND NOT lower_inf(period)", name=op.f("ck_lease_period")),
        sa.CheckConstraint("rent >= 0 AND (rent IS NULL) = (currency IS NULL)", name=op.f("ck_lease_rent")),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_lease_building_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["business.tenant.id"], name=op.f("fk_lease_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
        sa.UniqueConstraint("id", "building_id", name=op.f("uq_lease_id_building_id")),
        sa.UniqueConstraint("number", name=op.f("uq_lease_number")),
        schema="business",
    )
    op.create_index(op.f("ix_lease_building_id"), "lease", ["building_id"], unique=False, schema="business")
    op.create_index(op.f("ix_lease_tenant_id"), "lease", ["tenant_id"], unique=False, schema="business")
    op.create_table(
        "floor",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("elevation", sa.Float(), nullable=True),
        sa.Column("outline", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("global_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_floor_building_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor")),
        sa.UniqueConstraint("building_id", "global_id", name=op.f("uq_floor_building_id_global_id")),
        sa.UniqueConstraint("building_id", "level", name=op.f("uq_floor_building_id_level")),
        sa.UniqueConstraint("id", "building_id", name=op.f("uq_floor_id_building_id")),
        schema="physical",
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Enum("DEVICE", "AGENT", name="keykind", native_enum=False, length=24), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'DEVICE') = (building_id IS NOT NULL)", name=op.f("ck_api_key_scope")),
        sa.CheckConstraint("kind IN ('DEVICE', 'AGENT')", name=op.f("ck_api_key_kind")),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_api_key_building_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
        schema="security",
    )
    op.create_index(op.f("ix_api_key_building_id"), "api_key", ["building_id"], unique=False, schema="security")
    op.create_table(
        "confirmation",
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["security.user.id"], name=op.f("fk_confirmation_user_id")),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_confirmation")),
        schema="security",
    )
    op.create_table(
        "grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "ADMIN",
                "MANAGER",
                "DISPATCHER",
                "GUARD",
                "TENANT",
                "DEVICE",
                "VIEWER",
                name="role",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "CASE role WHEN 'ADMIN' THEN building_id IS NULL AND tenant_id IS NULL WHEN 'TENANT' THEN building_id IS NULL AND tenant_id IS NOT NULL WHEN 'DEVICE' THEN false ELSE building_id IS NOT NULL AND tenant_id IS NULL END",
            name=op.f("ck_grant_scope"),
        ),
        sa.CheckConstraint(
            "role IN ('ADMIN', 'MANAGER', 'DISPATCHER', 'GUARD', 'TENANT', 'DEVICE', 'VIEWER')",
            name=op.f("ck_grant_role"),
        ),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_grant_building_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["business.tenant.id"], name=op.f("fk_grant_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["security.user.id"], name=op.f("fk_grant_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "building_id",
            "tenant_id",
            name=op.f("uq_grant_user_id_role_building_id_tenant_id"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="security",
    )
    op.create_index(op.f("ix_grant_building_id"), "grant", ["building_id"], unique=False, schema="security")
    op.create_index(op.f("ix_grant_tenant_id"), "grant", ["tenant_id"], unique=False, schema="security")
    op.create_table(
        "room",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("floor_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "OFFICE",
                "MEETING",
                "CORRIDOR",
                "LOBBY",
                "STAIRS",
                "LIFT",
                "TOILET",
                "KITCHEN",
                "STORAGE",
                "TECHNICAL",
                "SERVER",
                "RETAIL",
                "PARKING",
                "LIVING",
                "OTHER",
                name="roomkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("area", sa.Float(), nullable=True),
        sa.Column("declared_area", sa.Float(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("outline", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("global_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('OFFICE', 'MEETING', 'CORRIDOR', 'LOBBY', 'STAIRS', 'LIFT', 'TOILET', 'KITCHEN', 'STORAGE', 'TECHNICAL', 'SERVER', 'RETAIL', 'PARKING', 'LIVING', 'OTHER')",
            name=op.f("ck_room_kind"),
        ),
        sa.CheckConstraint("area >= 0 AND declared_area >= 0 AND capacity >= 0", name=op.f("ck_room_sizes")),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_room_building_id")),
        sa.ForeignKeyConstraint(
            ["floor_id", "building_id"],
            ["physical.floor.id", "physical.floor.building_id"],
            name=op.f("fk_room_floor_id_building_id"),
        ),
        sa.ForeignKeyConstraint(["floor_id"], ["physical.floor.id"], name=op.f("fk_room_floor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("building_id", "global_id", name=op.f("uq_room_building_id_global_id")),
        sa.UniqueConstraint("building_id", "number", name=op.f("uq_room_building_id_number")),
        sa.UniqueConstraint("id", "building_id", name=op.f("uq_room_id_building_id")),
        schema="physical",
    )
    op.create_index(op.f("ix_room_floor_id"), "room", ["floor_id"], unique=False, schema="physical")
    op.create_table(
        "placement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lease_id", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(room_id, room_id, '[]')"), "&&"),
            (sa.column("period"), "&&"),
            using="gist",
            name="ex_placement_room_period",
        ),
        sa.CheckConstraint("NOT isempty(period) AND NOT lower_inf(period)", name=op.f("ck_placement_period")),
        sa.ForeignKeyConstraint(["lease_id"], ["business.lease.id"], name=op.f("fk_placement_lease_id")),
        sa.ForeignKeyConstraint(["room_id"], ["physical.room.id"], name=op.f("fk_placement_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        schema="business",
    )
    op.create_index(op.f("ix_placement_lease_id"), "placement", ["lease_id"], unique=False, schema="business")
    op.create_index(op.f("ix_placement_room_id"), "placement", ["room_id"], unique=False, schema="business")
    op.create_table(
        "alias",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("floor_id", sa.BigInteger(), nullable=True),
        sa.Column("room_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Enum("RU", "EN", name="language", native_enum=False, length=24), nullable=False),
        sa.CheckConstraint("language IN ('RU', 'EN')", name=op.f("ck_alias_language")),
        sa.CheckConstraint("num_nonnulls(building_id, floor_id, room_id) = 1", name=op.f("ck_alias_one_target")),
        sa.ForeignKeyConstraint(
            ["building_id"], ["physical.building.id"], name=op.f("fk_alias_building_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["floor_id"], ["physical.floor.id"], name=op.f("fk_alias_floor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["physical.room.id"], name=op.f("fk_alias_room_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
        sa.UniqueConstraint(
            "building_id",
            "floor_id",
            "room_id",
            "name",
            name=op.f("uq_alias_building_id_floor_id_room_id_name"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="physical",
    )
    op.create_index(op.f("ix_alias_building_id"), "alias", ["building_id"], unique=False, schema="physical")
    op.create_index(op.f("ix_alias_floor_id"), "alias", ["floor_id"], unique=False, schema="physical")
    op.create_index(op.f("ix_alias_room_id"), "alias", ["room_id"], unique=False, schema="physical")
    op.create_table(
        "sensor",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "TEMPERATURE",
                "HUMIDITY",
                "CO2",
                "OCCUPANCY",
                "MOTION",
                "DOOR",
                "LEAK",
                "SMOKE",
                "POWER",
                "LIGHT",
                "NOISE",
                "VALVE",
                "OTHER",
                name="sensorkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("interval", sa.Integer(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.CheckConstraint("code ~ '^[^/[:space:]]+$'", name=op.f("ck_sensor_code_form")),
        sa.CheckConstraint(
            "kind IN ('TEMPERATURE', 'HUMIDITY', 'CO2', 'OCCUPANCY', 'MOTION', 'DOOR', 'LEAK', 'SMOKE', 'POWER', 'LIGHT', 'NOISE', 'VALVE', 'OTHER')",
            name=op.f("ck_sensor_kind"),
        ),
        sa.CheckConstraint("interval > 0", name=op.f("ck_sensor_interval")),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_sensor_building_id")),
        sa.ForeignKeyConstraint(
            ["room_id", "building_id"],
            ["physical.room.id", "physical.room.building_id"],
            name=op.f("fk_sensor_room_id_building_id"),
        ),
        sa.ForeignKeyConstraint(["room_id"], ["physical.room.id"], name=op.f("fk_sensor_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor")),
        sa.UniqueConstraint("building_id", "code", name=op.f("uq_sensor_building_id_code")),
        schema="telemetry",
    )
    op.create_index(op.f("ix_sensor_room_id"), "sensor", ["room_id"], unique=False, schema="telemetry")
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=True),
        sa.Column("sensor_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_event_building_id")),
        sa.ForeignKeyConstraint(["room_id"], ["physical.room.id"], name=op.f("fk_event_room_id")),
        sa.ForeignKeyConstraint(["sensor_id"], ["telemetry.sensor.id"], name=op.f("fk_event_sensor_id")),
        sa.ForeignKeyConstraint(["user_id"], ["security.user.id"], name=op.f("fk_event_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        schema="alarm",
    )
    op.create_index(op.f("ix_event_building_id_at"), "event", ["building_id", "at"], unique=False, schema="alarm")
    op.create_index(op.f("ix_event_room_id"), "event", ["room_id"], unique=False, schema="alarm")
    op.create_table(
        "rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=True),
        sa.Column("sensor_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "sensor_kind",
            sa.Enum(
                "TEMPERATURE",
                "HUMIDITY",
                "CO2",
                "OCCUPANCY",
                "MOTION",
                "DOOR",
                "LEAK",
                "SMOKE",
                "POWER",
                "LIGHT",
                "NOISE",
                "VALVE",
                "OTHER",
                name="sensorkind",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "condition", sa.Enum("ABOVE", "BELOW", name="condition", native_enum=False, length=24), nullable=False
        ),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("deadband", sa.Float(), nullable=False),
        sa.Column("on_delay", sa.Integer(), nullable=False),
        sa.Column("off_delay", sa.Integer(), nullable=False),
        sa.Column(
            "priority",
            sa.Enum("LOW", "MEDIUM", "HIGH", "CRITICAL", name="priority", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "COMFORT",
                "AIR",
                "LEAK",
                "FIRE",
                "SECURITY",
                "POWER",
                "EQUIPMENT",
                name="category",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("latching", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "category IN ('COMFORT', 'AIR', 'LEAK', 'FIRE', 'SECURITY', 'POWER', 'EQUIPMENT')",
            name=op.f("ck_rule_category"),
        ),
        sa.CheckConstraint("condition IN ('ABOVE', 'BELOW')", name=op.f("ck_rule_condition")),
        sa.CheckConstraint("priority IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')", name=op.f("ck_rule_priority")),
        sa.CheckConstraint(
            "sensor_kind IN ('TEMPERATURE', 'HUMIDITY', 'CO2', 'OCCUPANCY', 'MOTION', 'DOOR', 'LEAK', 'SMOKE', 'POWER', 'LIGHT', 'NOISE', 'VALVE', 'OTHER')",
            name=op.f("ck_rule_sensor_kind"),
        ),
        sa.CheckConstraint(
            "threshold NOT IN ('NaN', 'Infinity', '-Infinity') AND deadband < 'Infinity'", name=op.f("ck_rule_finite")
        ),
        sa.CheckConstraint("(sensor_id IS NULL) <> (sensor_kind IS NULL)", name=op.f("ck_rule_scope")),
        sa.CheckConstraint("deadband >= 0 AND on_delay >= 0 AND off_delay >= 0", name=op.f("ck_rule_sizes")),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_rule_building_id")),
        sa.ForeignKeyConstraint(["room_id"], ["physical.room.id"], name=op.f("fk_rule_room_id")),
        sa.ForeignKeyConstraint(["sensor_id"], ["telemetry.sensor.id"], name=op.f("fk_rule_sensor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        schema="alarm",
    )
    op.create_index(op.f("ix_rule_building_id"), "rule", ["building_id"], unique=False, schema="alarm")
    op.create_index(op.f("ix_rule_room_id"), "rule", ["room_id"], unique=False, schema="alarm")
    op.create_index(op.f("ix_rule_sensor_id"), "rule", ["sensor_id"], unique=False, schema="alarm")
    op.create_table(
        "sensor_state",
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("OK", "STALE", "FAULT", "UNKNOWN", name="sensorstatus", native_enum=False, length=24),
            nullable=False,
        ),
        sa.CheckConstraint("status IN ('OK', 'STALE', 'FAULT', 'UNKNOWN')", name=op.f("ck_sensor_state_status")),
        sa.ForeignKeyConstraint(
            ["sensor_id"], ["telemetry.sensor.id"], name=op.f("fk_sensor_state_sensor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sensor_id", name=op.f("pk_sensor_state")),
        schema="telemetry",
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "status_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum("OK", "STALE", "FAULT", "UNKNOWN", name="sensorstatus", native_enum=False, length=24),
            nullable=False,
        ),
        sa.CheckConstraint("status IN ('OK', 'STALE', 'FAULT', 'UNKNOWN')", name=op.f("ck_status_change_status")),
        sa.ForeignKeyConstraint(
            ["sensor_id"], ["telemetry.sensor.id"], name=op.f("fk_status_change_sensor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_change")),
        schema="telemetry",
    )
    op.create_index(
        op.f("ix_status_change_sensor_id_at"), "status_change", ["sensor_id", "at"], unique=False, schema="telemetry"
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "sensor_kind",
            sa.Enum(
                "TEMPERATURE",
                "HUMIDITY",
                "CO2",
                "OCCUPANCY",
                "MOTION",
                "DOOR",
                "LEAK",
                "SMOKE",
                "POWER",
                "LIGHT",
                "NOISE",
                "VALVE",
                "OTHER",
                name="sensorkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("ACTIVE", "ACKNOWLEDGED", "RETURNED", "CLOSED", name="alarmstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "priority",
            sa.Enum("LOW", "MEDIUM", "HIGH", "CRITICAL", name="priority", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "COMFORT",
                "AIR",
                "LEAK",
                "FIRE",
                "SECURITY",
                "POWER",
                "EQUIPMENT",
                name="category",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("peak", sa.Float(), nullable=True),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (state <> 'CLOSED')", name=op.f("ck_alarm_closed")),
        sa.CheckConstraint(
            "category IN ('COMFORT', 'AIR', 'LEAK', 'FIRE', 'SECURITY', 'POWER', 'EQUIPMENT')",
            name=op.f("ck_alarm_category"),
        ),
        sa.CheckConstraint("priority IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')", name=op.f("ck_alarm_priority")),
        sa.CheckConstraint(
            "sensor_kind IN ('TEMPERATURE', 'HUMIDITY', 'CO2', 'OCCUPANCY', 'MOTION', 'DOOR', 'LEAK', 'SMOKE', 'POWER', 'LIGHT', 'NOISE', 'VALVE', 'OTHER')",
            name=op.f("ck_alarm_sensor_kind"),
        ),
        sa.CheckConstraint("state IN ('ACTIVE', 'ACKNOWLEDGED', 'RETURNED', 'CLOSED')", name=op.f("ck_alarm_state")),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["security.user.id"], name=op.f("fk_alarm_acknowledged_by_id")),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_alarm_building_id")),
        sa.ForeignKeyConstraint(["room_id"], ["physical.room.id"], name=op.f("fk_alarm_room_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["alarm.rule.id"], name=op.f("fk_alarm_rule_id")),
        sa.ForeignKeyConstraint(["sensor_id"], ["telemetry.sensor.id"], name=op.f("fk_alarm_sensor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        schema="alarm",
    )
    op.create_index(
        op.f("ix_alarm_building_id_last_raised_at"),
        "alarm",
        ["building_id", "last_raised_at"],
        unique=False,
        schema="alarm",
    )
    op.create_index(op.f("ix_alarm_room_id"), "alarm", ["room_id"], unique=False, schema="alarm")
    op.create_index(
        op.f("ix_alarm_sensor_id_last_raised_at"),
        "alarm",
        ["sensor_id", "last_raised_at"],
        unique=False,
        schema="alarm",
    )
    op.create_index(
        "uq_alarm_live",
        "alarm",
        ["rule_id", "sensor_id"],
        unique=True,
        schema="alarm",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "watch",
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum("NORMAL", "RAISING", "ACTIVE", "RETURNING", name="phase", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since_value", sa.Float(), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(since IS NULL) = (phase IN ('NORMAL', 'ACTIVE'))", name=op.f("ck_watch_since")),
        sa.CheckConstraint("phase IN ('NORMAL', 'RAISING', 'ACTIVE', 'RETURNING')", name=op.f("ck_watch_phase")),
        sa.ForeignKeyConstraint(["rule_id"], ["alarm.rule.id"], name=op.f("fk_watch_rule_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["sensor_id"], ["telemetry.sensor.id"], name=op.f("fk_watch_sensor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sensor_id", "rule_id", name=op.f("pk_watch")),
        schema="alarm",
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        "ix_watch_deadline",
        "watch",
        ["deadline"],
        unique=False,
        schema="alarm",
        postgresql_where=sa.text("deadline IS NOT NULL"),
    )
    op.create_index(op.f("ix_watch_rule_id"), "watch", ["rule_id"], unique=False, schema="alarm")
    op.create_table(
        "occurrence",
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarm_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("peak", sa.Float(), nullable=False),
        sa.CheckConstraint("returned_at >= raised_at", name=op.f("ck_occurrence_order")),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["alarm.alarm.id"], name=op.f("fk_occurrence_alarm_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["alarm.rule.id"], name=op.f("fk_occurrence_rule_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sensor_id", "rule_id", "raised_at", name=op.f("pk_occurrence")),
        schema="alarm",
    )
    op.create_index(op.f("ix_occurrence_alarm_id"), "occurrence", ["alarm_id"], unique=False, schema="alarm")
    op.create_index(op.f("ix_occurrence_raised_at"), "occurrence", ["raised_at"], unique=False, schema="alarm")
    op.create_table(
        "transition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alarm_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "RAISED",
                "RETURNED",
                "ACKNOWLEDGED",
                "CLOSED",
                "WITHDRAWN",
                "AMENDED",
                name="transitionkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('RAISED', 'RETURNED', 'ACKNOWLEDGED', 'CLOSED', 'WITHDRAWN', 'AMENDED')",
            name=op.f("ck_transition_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["alarm.alarm.id"], name=op.f("fk_transition_alarm_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["security.user.id"], name=op.f("fk_transition_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
        schema="alarm",
    )
    op.create_index(op.f("ix_transition_alarm_id_id"), "transition", ["alarm_id", "id"], unique=False, schema="alarm")
    for statement in (PLACEMENT_WITHIN_LEASE, APPEND_ONLY, STATE_OF_EACH_SENSOR, PARTITIONS, FIRST_ROWS):
        op.execute(statement)
