"""The planned types of a schema, by name and by the noun of their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLNamedType, GraphQLObjectType, GraphQLSchema

from api.planner.asked import BACKREF
from api.planner.source import PLANNED, Planned


@dataclass(frozen=True, slots=True)
class Registry:
    schema: GraphQLSchema
    planned: dict[str, Planned]
    types: dict[str, GraphQLObjectType]
    """By the noun of their ids."""

    @property
    def query(self) -> GraphQLObjectType:
        assert self.schema.query_type is not None
        return self.schema.query_type

    @classmethod
    def of(cls, schema: GraphQLSchema) -> Registry:
        planned: dict[str, Planned] = {}
        types: dict[str, GraphQLObjectType] = {}
        for name, type_ in schema.type_map.items():
            found = _planned(type_)
            if found is not None and isinstance(type_, GraphQLObjectType):
                planned[name] = found
                if found.noun is not None:
                    types[found.noun] = type_
        return cls(schema, planned, types)


def _planned(type_: GraphQLNamedType) -> Planned | None:
    definition: Any = type_.extensions.get(BACKREF)
    return vars(definition.origin).get(PLANNED) if isinstance(getattr(definition, "origin", None), type) else None
