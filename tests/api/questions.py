"""Random operations over the contract: fields, aliases, arguments, fragments of all kinds, `@skip` and `@include`."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
)

ROOTS = (
    "building", "buildings", "floor", "floors", "room", "rooms", "tenant", "tenants", "lease", "leases", "placements",
    "sensor", "sensors", "alarm", "alarms", "alarmRules", "incident", "incidents", "events", "fireZones",
    "panelConditions", "users", "node",
)  # fmt: skip
LEFT_OUT = {("Sensor", "readings"), ("PageInfo", "startCursor"), ("PageInfo", "endCursor")}
"""Readings have a test of their own, and so do cursors."""
DEEPEST = 5


class Question:
    """One random operation: its text, and the variables that it takes."""

    def __init__(self, schema: GraphQLSchema, dice: Random, keys: int = 20) -> None:
        self.schema = schema
        self.dice = dice
        self.keys = keys
        self.fragments: list[str] = []
        self.variables: dict[str, bool | int] = {}
        self.declared: list[str] = []
        body = self.selection(self._query, DEEPEST, roots=True)
        head = f"query Q({', '.join(self.declared)})" if self.declared else "query Q"
        self.text = f"{head} {body} {' '.join(self.fragments)}"

    @property
    def _query(self) -> GraphQLObjectType:
        assert self.schema.query_type is not None
        return self.schema.query_type

    def chance(self, of: float) -> bool:
        return self.dice.random() < of

    # -- selections

    def selection(self, type_: GraphQLNamedType, depth: int, *, roots: bool = False) -> str:
        if not isinstance(type_, GraphQLObjectType):
            return self.abstract(type_, depth)
        names = list(ROOTS) if roots else [name for name in type_.fields if (type_.name, name) not in LEFT_OUT]
        names = [name for name in names if depth > 0 or not is_composite_type(get_named_type(type_.fields[name].type))]
        if type_.name.endswith("Edge"):
            names = ["node"]
        parts = ["__typename"] if self.chance(0.2) or not names else []
        for name in self.dice.choices(names, k=self.dice.randint(1, 2 if roots else 4)) if names else []:
            part = self.field(type_.fields[name], name, depth)
            parts.append(self.wrapped(type_, part) if not roots or self.chance(0.3) else part)
        return f"{{ {' '.join(parts)} }}"

    def abstract(self, type_: GraphQLNamedType, depth: int) -> str:
        parts = ["__typename", "id"]
        for name in self.dice.sample(["Room", "Floor", "Sensor", "Lease", "Alarm", "User"], 3):
            parts.append(f"... on {name} {self.selection(self.schema.type_map[name], min(depth, 2))}")
        return f"{{ {' '.join(parts)} }}"

    def wrapped(self, type_: GraphQLObjectType, part: str) -> str:
        """The same in a fragment, sometimes."""
        way = self.dice.randrange(8)
        if way == 0:
            return f"... {{ {part} }}"
        if way == 1:
            return f"... on {type_.name}{self.directive()} {{ {part} }}"
        if way == 2:
            name = f"F{len(self.fragments)}"
            self.fragments.append("")
            self.fragments[int(name[1:])] = f"fragment {name} on {type_.name} {{ {part} }}"
            return f"...{name}{self.directive()} ...{name}"
        if way == 3 and type_.interfaces:
            return f"... on Node {{ id ... on {type_.name} {{ {part} }} }}"
        return part

    def directive(self) -> str:
        if self.chance(0.6):
            return ""
        name = self.dice.choice(["skip", "include"])
        if self.chance(0.3):
            return f" @{name}(if: {self.dice.choice(['true', 'false'])})"
        return f" @{name}(if: ${self.variable('Boolean!', self.chance(0.5))})"

    def variable(self, type_: str, value: bool | int) -> str:
        name = f"v{len(self.variables)}"
        self.variables[name] = value
        self.declared.append(f"${name}: {type_}")
        return name

    # -- fields

    def field(self, field: GraphQLField, name: str, depth: int) -> str:
        type_ = get_named_type(field.type)
        arguments = self.arguments(field, type_)
        alias = f"a{self.dice.randrange(10**6)}: " if arguments or self.chance(0.25) else ""
        below = f" {self.selection(type_, depth - 1)}" if is_composite_type(type_) else ""
        return f"{alias}{name}{arguments}{self.directive()}{below}"

    def arguments(self, field: GraphQLField, type_: GraphQLNamedType) -> str:
        given = []
        if "id" in field.args:
            given.append(f'id: "{self.identity(type_)}"')
        if "orderBy" in field.args and self.chance(0.5):
            given.append(f"orderBy: [{', '.join(self.orders(field))}]")
        if "last" in field.args and self.chance(0.3):
            given.append(f"last: {self.dice.randint(0, 6)}")
        elif "first" in field.args and self.chance(0.4):
            size = self.dice.randint(0, 6)
            given.append(f"first: ${self.variable('Int', size)}" if self.chance(0.3) else f"first: {size}")
        return f"({', '.join(given)})" if given else ""

    def identity(self, type_: GraphQLNamedType) -> str:
        noun = type_.name.lower()
        if noun == "node":
            noun = self.dice.choice(["room", "floor", "sensor", "lease", "alarm", "user", "building", "rule", "event"])
        return f"{noun}_{self.dice.randint(1, self.keys if noun != 'building' else 3)}"

    def orders(self, field: GraphQLField) -> list[str]:
        order: Any = get_named_type(field.args["orderBy"].type)
        keys: Any = get_named_type(order.fields["field"].type)
        return [
            f"{{field: {name}{self.dice.choice(['', ', direction: DESC', ', direction: ASC'])}}}"
            for name in self.dice.sample(list(keys.values), self.dice.randint(1, len(keys.values)))
        ]
