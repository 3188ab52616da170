"""What an operation asks for: selections with fragments, aliases and `@skip`/`@include` resolved (GraphQL 6.3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_non_null_type,
)

from api.planner import given
from api.planner.given import Given, Variables
from api.planner.source import SOURCE, Many

BACKREF = "strawberry-definition"


@dataclass(frozen=True, slots=True)
class Selection:
    """How selections of one operation are understood."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Variables

    def of(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> list[Asked]:
        """The fields that selection sets ask of an object type, in order; those of one key are merged."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for set_ in sets:
            for node in self._fields(type_, set_, seen):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
        return [Asked(self, type_, key, tuple(nodes)) for key, nodes in found.items()]

    def _fields(self, type_: GraphQLObjectType, set_: SelectionSetNode, seen: set[str]) -> Iterator[FieldNode]:
        for node in set_.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name not in seen:
                    seen.add(name)
                    fragment = self.fragments[name]
                    if self._fits(type_, fragment.type_condition.name.value):
                        yield from self._fields(type_, fragment.selection_set, seen)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or self._fits(type_, condition.name.value):
                    yield from self._fields(type_, node.selection_set, seen)

    def _fits(self, type_: GraphQLObjectType, condition: str) -> bool:
        if condition == type_.name:
            return True
        other = self.schema.type_map[condition]
        return isinstance(other, GraphQLInterfaceType | GraphQLUnionType) and self.schema.is_sub_type(other, type_)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            definition = {"skip": GraphQLSkipDirective, "include": GraphQLIncludeDirective}.get(name)
            if definition is not None and directive.arguments:
                condition = given.argument(directive.arguments[0].value, definition.args["if"], self.variables)
                if condition is not None and condition.value is (name == "skip"):
                    return False
        return True


@dataclass(frozen=True)
class Asked:
    """A field that is asked for, under one key, of one object type."""

    selection: Selection
    parent: GraphQLObjectType
    key: str
    nodes: tuple[FieldNode, ...]

    @property
    def name(self) -> str:
        return self.nodes[0].name.value

    @cached_property
    def field(self) -> GraphQLField:
        field: GraphQLField = self.parent.fields[self.name]
        return field

    @cached_property
    def source(self) -> Any:
        """Where the field comes from (`api.planner.source`), None when the planner does not know it."""
        return self.field.extensions[BACKREF].metadata.get(SOURCE) if self.name in self.parent.fields else None

    @cached_property
    def type(self) -> GraphQLNamedType:
        return get_named_type(self.field.type)

    @property
    def required(self) -> bool:
        return is_non_null_type(self.field.type)

    def given(self, name: str) -> Given | None:
        """An argument by its name in the contract; None when it is absent or null."""
        definition = self.field.args[name]
        node = next((each.value for each in self.nodes[0].arguments or () if each.name.value == name), None)
        return given.argument(node, definition, self.selection.variables)

    def arguments(self) -> Mapping[str, tuple[GraphQLArgument, Given | None]]:
        return {name: (definition, self.given(name)) for name, definition in self.field.args.items()}

    def has_lists(self) -> bool:
        """There are lists in what is asked of its object."""
        if not isinstance(self.type, GraphQLObjectType):
            return True
        return any(
            isinstance(asked.source, Many) or (asked.nodes[0].selection_set is not None and asked.has_lists())
            for asked in self.below()
        )

    def below(self, type_: GraphQLObjectType | None = None) -> list[Asked]:
        """What is asked of the field's object; of a union or an interface, of the member that is `type_`."""
        of = type_ or self.type
        assert isinstance(of, GraphQLObjectType)
        return self.selection.of(of, (node.selection_set for node in self.nodes if node.selection_set is not None))
