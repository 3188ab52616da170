"""What a tool asks of the graph, as a small tree: printed as GraphQL, it reads the answer back.

Reading undoes aliases and makes connections and lists `{nodes, hasMore, total}`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    get_named_type,
)

NESTED = 20
"""Objects of a list within an object."""

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


@dataclass(frozen=True)
class Leaf:
    """A scalar or enum field."""

    name: str


@dataclass(frozen=True)
class Branch:
    """A field that leads to an object, to a list of objects, or to a connection."""

    name: str
    below: Selection
    first: int | None = None
    """How many objects are asked for, where the field takes `first`."""


@dataclass(frozen=True)
class Selection:
    """What is asked of one type: its fields, or one selection for each type that it may turn out to be."""

    of: Composite
    fields: tuple[Leaf | Branch, ...] = ()
    cases: tuple[Selection, ...] = ()
    aliases: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """(type, field) pairs that need an alias, because another case has a field of that name and another type."""

    def text(self, aliased: frozenset[tuple[str, str]] = frozenset()) -> str:
        """The selection set as GraphQL."""
        parts = [self._part(f, aliased) for f in self.fields]
        if self.cases:
            parts = [
                "__typename",
                *(f"... on {c.of.name} {c.text(self.aliases)}" for c in self.cases if c.fields or c.cases),
            ]
        return "{" + " ".join(parts or ["__typename"]) + "}"

    def _part(self, part: Leaf | Branch, aliased: frozenset[tuple[str, str]]) -> str:
        head = f"{alias(self.of.name, part.name)}: {part.name}" if (self.of.name, part.name) in aliased else part.name
        if isinstance(part, Leaf):
            return head
        return f"{head}{'' if part.first is None else f'(first: {part.first})'} {part.below.text()}"

    def read(self, value: Any, aliased: frozenset[tuple[str, str]] = frozenset()) -> Any:
        """The graph's answer as it is handed on."""
        if isinstance(value, list):
            return [self.read(v, aliased) for v in value]
        if not isinstance(value, dict):
            return value
        if self.cases:
            case = next((c for c in self.cases if c.of.name == value.get("__typename")), None)
            rest = case.read(value, self.aliases) if case else {}
            return {"__typename": value.get("__typename")} | rest
        if is_connection(self.of):
            return _page(self, value)
        result = {}
        for part in self.fields:
            key = alias(self.of.name, part.name) if (self.of.name, part.name) in aliased else part.name
            got = value.get(key)
            result[part.name] = part.below.read(got) if isinstance(part, Branch) else got
        return result


def alias(typename: str, name: str) -> str:
    """The name under which a field of one case is asked for, where another case's differs."""
    return f"{name}__{typename}"


def is_connection(of: GraphQLNamedType) -> bool:
    """Whether this is a Relay connection."""
    if not isinstance(of, GraphQLObjectType) or not {"pageInfo"} <= set(of.fields):
        return False
    page = get_named_type(of.fields["pageInfo"].type)
    return isinstance(page, GraphQLObjectType) and "hasNextPage" in page.fields and node_type(of) is not None


def node_type(connection: GraphQLObjectType) -> Composite | None:
    """The type of a connection's objects."""
    found: GraphQLNamedType | None = None
    if "nodes" in connection.fields:
        found = get_named_type(connection.fields["nodes"].type)
    elif "edges" in connection.fields:
        edge = get_named_type(connection.fields["edges"].type)
        if isinstance(edge, GraphQLObjectType) and "node" in edge.fields:
            found = get_named_type(edge.fields["node"].type)
    return found if isinstance(found, Composite) else None


def is_many(of: GraphQLOutputType) -> bool:
    """Whether a field of this type gives a list."""
    return isinstance(of.of_type if isinstance(of, GraphQLNonNull) else of, GraphQLList)


def _page(selection: Selection, value: dict[str, Any]) -> dict[str, Any]:
    page = value.get("pageInfo") or {}
    below = {f.name: f.below for f in selection.fields if isinstance(f, Branch)}
    if "nodes" in below:
        nodes = below["nodes"].read(value.get("nodes") or [])
    else:
        edges = below["edges"].read(value.get("edges") or [])
        nodes = [edge["node"] if edge else None for edge in edges]
    result = {"nodes": nodes, "hasMore": bool(page.get("hasNextPage")), "total": value.get("totalCount")}
    if page.get("hasPreviousPage"):
        result["hasEarlier"] = True
    if result["hasMore"] and page.get("endCursor"):
        result["next"] = page["endCursor"]
    return result


def row(selection: Selection) -> Selection:
    """What is asked of one object of a page; the selection itself where there are no pages."""
    if not is_connection(selection.of):
        return selection
    branch = next(f for f in selection.fields if isinstance(f, Branch) and f.name in ("nodes", "edges"))
    return (
        branch.below if branch.name == "nodes" else next(f.below for f in branch.below.fields if isinstance(f, Branch))
    )
