"""The stream tells by which grants and places it is read; readings are told to those who listen."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_fanout"
down_revision = "20261122_doors"
branch_labels = None
depends_on = None

ANOTHER = """
CREATE FUNCTION live.another_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE live.version SET number = number + 1 WHERE subject = TG_ARGV[0];
    RETURN NULL;
END $$
"""
VERSIONED = """
CREATE TRIGGER another_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION live.another_version('{subject}')
"""
SUBJECTS = {
    "access": ('security."user"', 'security."grant"', "security.api_key"),
    "places": (
        "physical.building",
        "physical.floor",
        "physical.room",
        "business.tenant",
        "business.lease",
        "business.placement",
        "telemetry.sensor",
    ),
}


def upgrade() -> None:
    op.create_table(
        "version",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_version")),
        schema="live",
    )
    op.create_table(
        "interest",
        sa.Column("one", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_interest_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_interest")),
        schema="live",
    )
    op.execute("INSERT INTO live.version (subject, number) VALUES ('access', 1), ('places', 1)")
    op.execute("INSERT INTO live.interest (one, until) VALUES (1, '2000-01-01T00:00Z')")
    op.execute(ANOTHER)
    for subject, tables in SUBJECTS.items():
        for table in tables:
            op.execute(VERSIONED.format(table=table, subject=subject))
