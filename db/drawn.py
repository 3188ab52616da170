"""The database as a page: tables, columns, who refers to whom. `python -m db.drawn > docs/database.md`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from sqlalchemy import Column, ForeignKeyConstraint, Table
from sqlalchemy.dialects import postgresql

from db.models.base import SQLModel

HEAD = """\
# The database

Made from `db/models/` by `python -m db.drawn > docs/database.md`; do not edit. Migrations make it:
`markoff db upgrade`; `markoff db check` says whether a database is this one.

Each schema has a drawing: its tables with their columns, and to whom they refer. `PK` is part of the primary key, `FK`
refers to another table, `UK` is unique; a question mark means that it may be missing. Tables of other schemas are shown
by name only.
"""
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
ABOUT = {
    "physical": "Space: what the house is built of.",
    "business": "Tenancy: who has which rooms, until when.",
    "telemetry": "Sensing: sensors, what they told, whether they can be believed.",
    "alarm": "Alarms: rules, what they watch, what was raised and what people did about it.",
    "fire": "Fire zones, and what the panel tells of them.",
    "security": "Access: people, grants, keys, what was changed by whom.",
    "live": "The change stream, and the house's clock.",
}


def page() -> str:
    """docs/database.md."""
    schemas: dict[str, list[Table]] = {}
    for table in SQLModel.metadata.tables.values():
        schemas.setdefault(table.schema or "public", []).append(table)
    told = _told()
    parts = [HEAD]
    for schema in sorted(schemas, key=lambda name: [*ABOUT, name].index(name)):
        tables = sorted(schemas[schema], key=lambda table: table.name)
        rows = "\n".join(f"| `{table.name}` | {told.get(str(table), '')} |" for table in tables)
        lines = "\n".join(line for table in tables for line in _drawn(table))
        about = ABOUT.get(schema, "")
        parts.append(
            f"## {schema}\n\n{about}\n\n```mermaid\nerDiagram\n{lines}\n```\n\n| table | |\n|---|---|\n{rows}\n"
        )
    return "\n".join(parts)


def _told() -> dict[str, str]:
    """What each table is, from its model."""
    found: dict[str, str] = {}
    waiting = list(SQLModel.__subclasses__())
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if (table := getattr(model, "__table__", None)) is not None:
            found[str(table)] = " ".join((inspect.getdoc(model) or "").split()).replace("|", "\\|")
    return found


def _drawn(table: Table) -> Iterator[str]:
    yield f"    {table.name} {{"
    for column in table.columns:
        marks = [mark for mark, has in _marks(table, column) if has]
        optional = ' "?"' if column.nullable else ""
        yield f"        {_type(column)} {column.name}{' ' + ', '.join(marks) if marks else ''}{optional}"
    yield "    }"
    yield from sorted({_reference(table, constraint) for constraint in table.foreign_key_constraints})


def _reference(table: Table, constraint: ForeignKeyConstraint) -> str:
    """One to many; the building that a pair of columns repeats goes without saying."""
    by = [column for column in constraint.columns if column.name != "building_id"] or list(constraint.columns)
    some = "|o" if any(column.nullable for column in by) else "||"
    names = " ".join(column.name for column in by)
    return f'    {constraint.referred_table.name} {some}--o{{ {table.name} : "{names}"'


def _marks(table: Table, column: Column[object]) -> Iterator[tuple[str, bool]]:
    yield "PK", column.primary_key
    yield "FK", bool(column.foreign_keys)
    yield "UK", bool(column.unique)


def _type(column: Column[object]) -> str:
    name = str(column.type.compile(DIALECT)).lower().split(" collate")[0].split("(")[0]
    return name.replace(" ", "-").replace("[]", "s")


if __name__ == "__main__":
    print(page(), end="")
