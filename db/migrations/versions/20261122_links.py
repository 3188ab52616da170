"""Links of messengers' identities to people, and the one-time codes that make them."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_links"
down_revision = "20261122_fire"
branch_labels = None
depends_on = None

TRIGGER = """
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON security.link
    FOR EACH STATEMENT EXECUTE FUNCTION security.access_changed()
"""


def channel() -> sa.Column[str]:
    kind = sa.Enum("TELEGRAM", "SATELLITE", name="linkchannel", native_enum=False, length=24)
    return sa.Column("channel", kind, nullable=False)


def whose(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_user_id")
    return sa.ForeignKeyConstraint(["user_id"], ["security.user.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        channel(),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('TELEGRAM', 'SATELLITE')", name=op.f("ck_link_channel")),
        whose("link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("channel", "identity", name=op.f("uq_link_channel_identity")),
        schema="security",
    )
    op.create_index(op.f("ix_link_user_id"), "link", ["user_id"], schema="security")
    op.create_table(
        "link_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        channel(),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('TELEGRAM', 'SATELLITE')", name=op.f("ck_link_code_channel")),
        whose("link_code"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_link_code")),
        schema="security",
    )
    op.create_index(op.f("ix_link_code_user_id"), "link_code", ["user_id"], schema="security")
    op.execute(TRIGGER)
