"""Operations, parsed, measured and validated once, and remembered by their text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_variable_values,
    parse,
    specified_rules,
    type_from_ast,
    validate,
)

from api.errors import Fault
from api.planner.given import Variables, shape
from api.planner.plan import Kept

MOST_TOKENS = 20_000
MOST_DOCUMENTS = 1000
DEEPEST = 12
"""Most levels of fields in fields."""
WIDEST = 1000
"""Most fields, with every use of a fragment counted."""


class Mistaken(Exception):
    """A document or variables that GraphQL refuses."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a document that has been found good."""

    document: DocumentNode
    definition: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    inputs: tuple[tuple[str, GraphQLInputType], ...]
    """Its variables and their types."""
    schema: GraphQLSchema
    label: str
    """Its root field, as it is counted: one of the contract, or several, or introspection."""

    @property
    def is_query(self) -> bool:
        return self.definition.operation is OperationType.QUERY

    @property
    def is_subscription(self) -> bool:
        return self.definition.operation is OperationType.SUBSCRIPTION

    def coerced(self, given: Mapping[str, Any]) -> Variables:
        """The variables as their types read them, with defaults. Raises `Mistaken`."""
        if not self.inputs:
            return {}
        nodes = self.definition.variable_definitions or ()
        values = get_variable_values(self.schema, nodes, dict(given), max_errors=20)
        if isinstance(values, list):
            raise Mistaken(values)
        return values.coerced

    def shape(self, variables: Variables) -> tuple[Any, ...]:
        """What of the variables decides about the SQL."""
        return tuple(shape(variables[name], type_) if name in variables else ... for name, type_ in self.inputs)


class Documents:
    """The operations asked last."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool = True) -> None:
        self.schema = schema
        self.rules = [*specified_rules, *([] if introspection else [NoSchemaIntrospectionCustomRule])]
        self.kept: Kept[tuple[str, str | None], Operation] = Kept(MOST_DOCUMENTS)

    async def operation(self, text: str, name: str | None) -> Operation:
        """The operation of that name in a document. Raises `Mistaken`, TOO_DEEP or TOO_WIDE."""
        found = self.kept.get((text, name))
        if found is None:
            found = self.kept.keep((text, name), await asyncio.to_thread(self._read, text, name))
        return found

    def _read(self, text: str, name: str | None) -> Operation:
        try:
            document = parse(text, max_tokens=MOST_TOKENS)
            fragments = {
                each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
            }
            operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
            for each in operations:
                Extent(fragments).check(each.selection_set)
            errors = validate(self.schema, document, self.rules, max_errors=20)
        except GraphQLError as error:
            raise Mistaken([error]) from error
        except RecursionError as error:
            raise Fault("TOO_DEEP", depth=WIDEST, most=DEEPEST) from error
        if errors:
            raise Mistaken(errors)
        definition = _chosen(operations, name)
        inputs = tuple(
            (variable.variable.name.value, cast(GraphQLInputType, type_from_ast(self.schema, variable.type)))
            for variable in definition.variable_definitions or ()
        )
        label = _label(_roots(definition.selection_set, fragments))
        return Operation(document, definition, fragments, inputs, self.schema, label)


def _chosen(operations: list[OperationDefinitionNode], name: str | None) -> OperationDefinitionNode:
    if name is None:
        if len(operations) == 1:
            return operations[0]
        raise Mistaken([GraphQLError("Must provide operation name if query contains multiple operations.")])
    for each in operations:
        if each.name is not None and each.name.value == name:
            return each
    raise Mistaken([GraphQLError(f"Unknown operation named '{name}'.")])


def _roots(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> set[str]:
    """The root fields of an operation that has been found good, wherever they stand."""
    found: set[str] = set()
    for node in selections.selections:
        if isinstance(node, FieldNode):
            found.add(node.name.value)
        elif isinstance(node, FragmentSpreadNode):
            found |= _roots(fragments[node.name.value].selection_set, fragments)
        else:
            found |= _roots(node.selection_set, fragments)  # type: ignore[attr-defined]
    return found


def _label(roots: set[str]) -> str:
    named = {name for name in roots if not name.startswith("__")}
    return "introspection" if not named else "several" if len(named) > 1 else named.pop()


class Extent:
    """How deep and how wide selections are; each fragment is measured once, however often it is used."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self.known: dict[str, tuple[int, int]] = {}

    def check(self, selections: SelectionSetNode) -> None:
        depth, fields = self.of(selections)
        if depth > DEEPEST:
            raise Fault("TOO_DEEP", depth=depth, most=DEEPEST)
        if fields > WIDEST:
            raise Fault("TOO_WIDE", fields=fields, most=WIDEST)

    def of(self, selections: SelectionSetNode | None) -> tuple[int, int]:
        """Levels and fields; introspection has levels of its own and counts as one."""
        depth = fields = 0
        for node in selections.selections if selections is not None else ():
            if isinstance(node, FieldNode):
                below, more = self.of(node.selection_set)
                below, more = (1 if node.name.value.startswith("__") else below + 1), more + 1
            elif isinstance(node, FragmentSpreadNode):
                below, more = self._fragment(node.name.value)
            else:
                below, more = self.of(node.selection_set)  # type: ignore[attr-defined]
            depth, fields = max(depth, below), fields + more
        return depth, fields

    def _fragment(self, name: str) -> tuple[int, int]:
        if name not in self.known:
            self.known[name] = (0, 0)  # a fragment within itself is refused by validation
            fragment = self.fragments.get(name)
            self.known[name] = self.of(fragment.selection_set) if fragment is not None else (0, 0)
        return self.known[name]
