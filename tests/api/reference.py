"""The graph a second time, slow and plain: graphql-core executes the printed contract over rows held in Python.

What exists for whom comes from `tests.api.oracle`; fragments, aliases, directives and merging are graphql-core's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
)

from api.schema import sdl
from db.engine import Pool
from tests.api.oracle import MANY, NOUN, ONE, SCALARS, TYPE, Facts, Row, Sight, load, see, visible

Value = Any
SEVERITY = ["LOW", "MEDIUM", "HIGH", "CRITICAL"]


@cache
def contract() -> GraphQLSchema:
    return build_schema(sdl())


@dataclass(frozen=True, slots=True)
class Thing:
    """A row as an object of a type, or a page of them."""

    type: str
    row: Row


@dataclass(frozen=True, slots=True)
class Reference:
    """All rows, what one viewer sees of them, and how the database orders texts."""

    facts: Facts
    sight: Sight
    ranks: dict[str, int]

    def answer(self, document: DocumentNode, variables: dict[str, Any]) -> ExecutionResult:
        return execute_sync(
            contract(),
            document,
            variable_values=variables,
            field_resolver=self.field,
            type_resolver=lambda value, info, type_: value.type if isinstance(value, Thing) else None,
        )

    # -- fields

    def field(self, source: Any, info: Any, **arguments: Any) -> Any:
        type_, name = info.parent_type.name, info.field_name
        if type_ == "Query":
            return self.root(name, info, arguments)
        if isinstance(source, dict):
            return source[name]
        assert isinstance(source, Thing)
        if name in ONE.get(type_, {}):
            noun, follow = ONE[type_][name]
            if name == "floor" and type_ in ("Alarm", "Sensor") and self.seen("room", source.row["room_id"]) is None:
                return None  # the floor of a room that one may not know
            return self.seen(noun, follow(self.facts, self.sight, source.row))
        if name in MANY.get(type_, {}):
            noun, rows_of = MANY[type_][name]
            rows = [row for row in rows_of(self.facts, self.sight, source.row) if visible(self.sight, noun, row)]
            rows = self.ordered(noun, rows, arguments.get("orderBy"))
            return [Thing(TYPE[noun], row) for row in rows[: arguments.get("first", 100)]]
        return self.scalar(type_, name, source.row)

    def scalar(self, type_: str, name: str, row: Row) -> Any:
        if name == "id":
            return f"{NOUN[type_]}_{row['id']}"
        if name in SCALARS.get(type_, {}):
            return plain(SCALARS[type_][name](self.facts, self.sight, row))
        if (type_, name) in COMPUTED:
            return plain(COMPUTED[type_, name](self.facts, row))
        column = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        return plain(row[column])

    def seen(self, noun: str, key: int | None) -> Thing | None:
        row = self.facts.rows[noun].get(key) if key is not None else None
        return Thing(TYPE[noun], row) if row is not None and visible(self.sight, noun, row) else None

    # -- the root

    def root(self, name: str, info: Any, arguments: dict[str, Any]) -> Any:
        if "id" in arguments:
            noun, key = arguments["id"].split("_")
            return self.seen(noun, int(key))
        connection: Any = get_named_type(info.return_type)
        node: Any = get_named_type(connection.fields["nodes"].type)
        noun = NOUN[node.name]
        rows = [row for row in self.facts.rows[noun].values() if visible(self.sight, noun, row)]
        rows = self.ordered(noun, rows, arguments.get("orderBy"))
        first, last = arguments.get("first"), arguments.get("last")
        page = rows[max(0, len(rows) - last) :] if last is not None else rows[: 50 if first is None else first]
        things = [Thing(TYPE[noun], row) for row in page]
        return {
            "nodes": things,
            "edges": [{"node": thing} for thing in things],
            "totalCount": len(rows),
            "pageInfo": {
                "hasNextPage": last is None and len(page) < len(rows),
                "hasPreviousPage": last is not None and len(page) < len(rows),
            },
        }

    def ordered(self, noun: str, rows: list[Row], order: list[dict[str, str]] | None) -> list[Row]:
        """Sorted by the keys from the last to the first, nulls at the end whichever way."""
        if noun == "impact":
            rooms = self.facts.rows["room"]
            return sorted(rows, key=lambda row: (row["below"], self.ranks[rooms[row["room_id"]]["number"]]))
        made = sorted(rows, key=lambda row: row["id"])
        usual, descending = USUAL.get(noun, ("ID", False))
        chosen = order or [{"field": usual, "direction": "DESC" if descending else "ASC"}]
        for key in reversed(chosen):
            read = KEYS[noun, key["field"]] if key["field"] != "ID" else (lambda facts, row: row["id"])
            values = {row["id"]: self.rank(plain(read(self.facts, row))) for row in made}
            here = [row for row in made if values[row["id"]] is not None]
            here.sort(key=lambda row: values[row["id"]], reverse=key["direction"] == "DESC")
            made = here + [row for row in made if values[row["id"]] is None]
        return made

    def rank(self, value: Any) -> Any:
        return self.ranks[value] if isinstance(value, str) and value in self.ranks else value


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _unit(facts: Facts, rule: Row) -> str | None:
    from db.models import UNITS, SensorKind

    if rule["sensor_id"] is not None:
        return str(facts.rows["sensor"][rule["sensor_id"]]["unit"])
    return UNITS[SensorKind[rule["sensor_kind"]]]


COMPUTED: dict[tuple[str, str], Callable[[Facts, Row], Value]] = {
    ("Lease", "start"): lambda facts, row: row["starts"],
    ("Lease", "end"): lambda facts, row: row["ends"],
    ("Placement", "start"): lambda facts, row: row["starts"],
    ("Placement", "end"): lambda facts, row: row["ends"],
    ("Alarm", "active"): lambda facts, row: row["state"] in ("ACTIVE", "ACKNOWLEDGED"),
    ("Alarm", "acknowledged"): lambda facts, row: row["acknowledged_at"] is not None,
    ("Alarm", "annunciated"): lambda facts, row: (
        row["shelved_until"] is None and not row["suppressed"] and not row["out_of_service"]
    ),
    ("Sensor", "outOfService"): lambda facts, row: row["out_of_service_at"] is not None,
    ("AlarmRule", "unit"): _unit,
    ("PanelCondition", "standing"): lambda facts, row: row["until"] is None,
    ("Incident", "lastRaisedAt"): lambda facts, row: row["last_at"],
}
KEYS: dict[tuple[str, str], Callable[[Facts, Row], Value]] = {
    ("building", "CODE"): lambda facts, row: row["code"],
    ("building", "NAME"): lambda facts, row: row["name"],
    ("floor", "LEVEL"): lambda facts, row: row["level"],
    ("floor", "NAME"): lambda facts, row: row["name"],
    ("room", "NUMBER"): lambda facts, row: row["number"],
    ("room", "AREA"): lambda facts, row: row["area"],
    ("room", "LEVEL"): lambda facts, row: facts.rows["floor"][row["floor_id"]]["level"],
    ("tenant", "NAME"): lambda facts, row: row["name"],
    ("lease", "NUMBER"): lambda facts, row: row["number"],
    ("lease", "START"): lambda facts, row: row["starts"],
    ("lease", "END"): lambda facts, row: row["ends"],
    ("placement", "START"): lambda facts, row: row["starts"],
    ("placement", "END"): lambda facts, row: row["ends"],
    ("sensor", "CODE"): lambda facts, row: row["code"],
    ("sensor", "VALUE"): lambda facts, row: row["value"],
    ("sensor", "AT"): lambda facts, row: row["at"],
    ("alarm", "RAISED_AT"): lambda facts, row: row["raised_at"],
    ("alarm", "LAST_RAISED_AT"): lambda facts, row: row["last_raised_at"],
    ("alarm", "PRIORITY"): lambda facts, row: SEVERITY.index(row["priority"]),
    ("rule", "NAME"): lambda facts, row: row["name"],
    ("rule", "PRIORITY"): lambda facts, row: SEVERITY.index(row["priority"]),
    ("incident", "OPENED_AT"): lambda facts, row: row["opened_at"],
    ("incident", "LAST_RAISED_AT"): lambda facts, row: row["last_at"],
    ("event", "AT"): lambda facts, row: row["at"],
    ("zone", "CODE"): lambda facts, row: row["code"].rjust(24, "0"),
    ("zone", "NAME"): lambda facts, row: row["name"],
    ("condition", "SINCE"): lambda facts, row: row["since"],
    ("user", "NAME"): lambda facts, row: row["name"],
    ("status_change", "AT"): lambda facts, row: row["at"],
}
USUAL = {
    "building": ("CODE", False), "floor": ("LEVEL", False), "room": ("NUMBER", False), "tenant": ("NAME", False),
    "lease": ("NUMBER", False), "placement": ("START", False), "sensor": ("CODE", False), "rule": ("NAME", False),
    "alarm": ("LAST_RAISED_AT", True), "event": ("AT", True), "incident": ("OPENED_AT", True), "user": ("NAME", False), "status_change": ("AT", True),
    "zone": ("CODE", False), "condition": ("SINCE", True),
}  # fmt: skip


async def reference(pool: Pool, user_id: int | None, now: datetime) -> Reference:
    facts = await load(pool, now)
    for noun in ("floor", "room"):
        for row in facts.rows[noun].values():
            for drawn in ("outline", "openings"):
                if isinstance(row.get(drawn), str):
                    row[drawn] = json.loads(row[drawn])
    strings = {
        value
        for rows in facts.rows.values()
        for row in rows.values()
        for value in row.values()
        if isinstance(value, str)
    }
    found = await pool.fetch("SELECT t, row_number() OVER (ORDER BY t) AS n FROM unnest($1::text[]) t", list(strings))
    return Reference(facts, await see(pool, user_id, now), {row["t"]: row["n"] for row in found})
