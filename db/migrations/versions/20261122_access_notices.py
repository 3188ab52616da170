"""Tell the api processes when users, grants or keys change, so that they forget what they remember of viewers."""

from alembic import op

revision = "20261122_access_notices"
down_revision = "20261122_five_nouns"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION security.access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('markoff_access', '');
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON security.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION security.access_changed()
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    for table in ('"user"', '"grant"', "api_key"):
        op.execute(TRIGGER.format(table=table))
