"""Alarms can be latched, shelved, suppressed, out of service and escalated."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261122_lifecycle"
down_revision = "20261122_conditions"
branch_labels = None
depends_on = None

STATES = "state IN ('ACTIVE', 'ACKNOWLEDGED', 'RETURNED', 'LATCHED', 'CLOSED')"
KINDS = """kind IN ('RAISED', 'RETURNED', 'ACKNOWLEDGED', 'CLOSED', 'WITHDRAWN', 'AMENDED', 'RESET', 'SHELVED',
    'UNSHELVED', 'SUPPRESSED', 'UNSUPPRESSED', 'OUT_OF_SERVICE', 'IN_SERVICE', 'ESCALATED', 'NOTED')"""
ROLES = "escalated_to IN ('ADMIN', 'MANAGER', 'DISPATCHER', 'GUARD', 'TENANT', 'DEVICE', 'VIEWER')"
FIRE_AND_LEAK_LATCH = "UPDATE alarm.rule SET latching = true WHERE category IN ('FIRE', 'LEAK')"
AS_BEFORE = "UPDATE alarm.alarm SET acknowledged_to = greatest(acknowledged_at, last_raised_at) WHERE acknowledged_at IS NOT NULL"


def _columns(*columns: sa.Column[Any]) -> None:
    for column in columns:
        op.add_column("alarm", column, schema="alarm")


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default="false", nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _check(table: str, name: str, condition: str, schema: str = "alarm", *, anew: bool = False) -> None:
    if anew:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, schema=schema)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition, schema=schema)


def _user(table: str, column: str, schema: str = "alarm") -> None:
    op.create_foreign_key(
        op.f(f"fk_{table}_{column}"),
        table,
        "user",
        [column],
        ["id"],
        source_schema=schema,
        referent_schema="security",
    )


def upgrade() -> None:
    op.add_column("rule", sa.Column("escalate_after", sa.Integer(), nullable=True), schema="alarm")
    _check("rule", "escalate_after", "escalate_after > 0")
    _check("transition", "kind", KINDS, anew=True)
    _alarms()
    _shelf()
    _out_of_service()
    op.execute(FIRE_AND_LEAK_LATCH)
    op.execute(AS_BEFORE)


def _alarms() -> None:
    role = sa.Enum(
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
    )
    _columns(
        _moment("acknowledged_to"),
        _flag("latching"),
        _moment("reset_at"),
        sa.Column("reset_by_id", sa.BigInteger(), nullable=True),
        _moment("reset_to"),
        _moment("shelved_until"),
        sa.Column("shelved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("shelved_reason", sa.Text(), nullable=True),
        _flag("suppressed"),
        _flag("out_of_service"),
        sa.Column("escalated_to", role, nullable=True),
        _moment("escalated_at"),
        _moment("waits_since"),
    )
    _user("alarm", "reset_by_id")
    _user("alarm", "shelved_by_id")
    _check("alarm", "state", STATES, anew=True)
    _check("alarm", "escalated_to", ROLES)
    _check("alarm", "shelved", "(shelved_until IS NULL) = (shelved_reason IS NULL)")
    for name, column, where in (
        ("ix_alarm_waits", "waits_since", "waits_since IS NOT NULL"),
        ("ix_alarm_comfort", "id", "closed_at IS NULL AND category = 'COMFORT'"),
    ):
        op.create_index(name, "alarm", [column], schema="alarm", postgresql_where=sa.text(where))


def _shelf() -> None:
    op.create_table(
        "shelf",
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        _moment("at", nullable=False),
        _moment("until", nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["alarm.rule.id"], name=op.f("fk_shelf_rule_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["sensor_id"], ["telemetry.sensor.id"], name=op.f("fk_shelf_sensor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["security.user.id"], name=op.f("fk_shelf_user_id")),
        sa.PrimaryKeyConstraint("sensor_id", "rule_id", name=op.f("pk_shelf")),
        schema="alarm",
    )
    for column in ("rule_id", "until"):
        op.create_index(op.f(f"ix_shelf_{column}"), "shelf", [column], schema="alarm")


def _out_of_service() -> None:
    for column in (
        _moment("out_of_service_at"),
        _moment("out_of_service_until"),
        sa.Column("out_of_service_by_id", sa.BigInteger(), nullable=True),
        sa.Column("out_of_service_reason", sa.Text(), nullable=True),
    ):
        op.add_column("sensor", column, schema="telemetry")
    _user("sensor", "out_of_service_by_id", "telemetry")
    _check(
        "sensor",
        "out_of_service",
        "(out_of_service_at IS NULL) = (out_of_service_reason IS NULL)",
        "telemetry",
    )
    op.create_index(
        "ix_sensor_out_of_service",
        "sensor",
        ["out_of_service_until"],
        schema="telemetry",
        postgresql_where=sa.text("out_of_service_until IS NOT NULL"),
    )
