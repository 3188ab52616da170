"""Alembic's entry: one connection, all schemas, one transaction."""

import re
from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, pool

from db.models import metadata

PARTITION = re.compile(r"reading_\d{4,}_\d\d")
SCHEMAS = {"physical", "business", "telemetry", "alarm", "security", "live", "fire"}


def ours(name: str | None, kind: str, parents: Any) -> bool:
    """Only our schemas, and not the partitions of readings."""
    if kind == "schema":
        return name in SCHEMAS
    if kind == "table":
        return not (parents.get("schema_name") == "telemetry" and PARTITION.fullmatch(name or ""))
    return True


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=ours,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)  # in its transaction, which its owner commits
else:
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        run(connection)
