"""Fire zones, their rooms, and what the panel reported."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_fire"
down_revision = "20261122_restored"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA fire")
    _zone()
    _zone_room()
    _condition()


def _zone() -> None:
    op.create_table(
        "zone",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.CheckConstraint("code <> '' AND code !~ '[[:space:]/]'", name=op.f("ck_zone_code_form")),
        sa.ForeignKeyConstraint(["building_id"], ["physical.building.id"], name=op.f("fk_zone_building_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("building_id", "code", name=op.f("uq_zone_building_id_code")),
        sa.UniqueConstraint("id", "building_id", name=op.f("uq_zone_id_building_id")),
        schema="fire",
    )


def _zone_room() -> None:
    op.create_table(
        "zone_room",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id", "building_id"],
            ["physical.room.id", "physical.room.building_id"],
            name=op.f("fk_zone_room_room_id_building_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "building_id"],
            ["fire.zone.id", "fire.zone.building_id"],
            name=op.f("fk_zone_room_zone_id_building_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("zone_id", "room_id", name=op.f("pk_zone_room")),
        schema="fire",
    )
    op.create_index(op.f("ix_zone_room_room_id"), "zone_room", ["room_id"], schema="fire")


def _condition() -> None:
    op.create_table(
        "condition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reported_by_id", sa.BigInteger(), nullable=True),
        sa.Column("cleared_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('ALARM', 'FAULT', 'DISABLEMENT', 'TEST')", name=op.f("ck_condition_kind")),
        sa.CheckConstraint("until >= since", name=op.f("ck_condition_period")),
        sa.ForeignKeyConstraint(["cleared_by_id"], ["security.user.id"], name=op.f("fk_condition_cleared_by_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["security.user.id"], name=op.f("fk_condition_reported_by_id")),
        sa.ForeignKeyConstraint(
            ["zone_id", "building_id"],
            ["fire.zone.id", "fire.zone.building_id"],
            name=op.f("fk_condition_zone_id_building_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        schema="fire",
    )
    op.create_index(op.f("ix_condition_building_id_since"), "condition", ["building_id", "since"], schema="fire")
    op.create_index(op.f("ix_condition_zone_id"), "condition", ["zone_id"], schema="fire")
    op.create_index(
        "ix_condition_stands",
        "condition",
        ["zone_id", "kind"],
        unique=True,
        schema="fire",
        postgresql_where=sa.text("until IS NULL"),
    )
