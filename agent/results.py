"""Results of a turn's calls, and cells in them with what the contract says of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLType,
    GraphQLUnionType,
    get_named_type,
)

from agent.contract import Contract
from agent.selection import NESTED, is_connection, node_type
from agent.tools import Tool

Described = GraphQLField | GraphQLArgument | GraphQLInputField


class Outcome(StrEnum):
    """What became of a call."""

    READ = "read"
    DONE = "done"
    REFUSED = "refused"
    DECLINED = "declined"
    FAILED = "failed"
    CHOSEN = "chosen"


class Missing(LookupError):
    """There is no such cell; the sentence says what there is."""


@dataclass(frozen=True)
class Result:
    """What one call of the turn gave."""

    number: int
    name: str
    """The tool's name."""
    tool: Tool | None
    call: str
    """The call's id."""
    arguments: Mapping[str, Any]
    value: Mapping[str, Any]
    outcome: Outcome
    whole: bool = True
    """Whether the call asked from the beginning."""

    @property
    def found(self) -> bool:
        """Whether a question found something."""
        return self.outcome is Outcome.READ and not self.empty

    @property
    def empty(self) -> bool:
        """Whether a question found nothing, and there is nothing more to find."""
        if self.outcome is not Outcome.READ:
            return False
        nothing = not self.value or ("nodes" in self.value and not self.value["nodes"])
        return nothing and self.complete

    @property
    def complete(self) -> bool:
        """Whether the result holds everything there is."""
        answered = self.outcome in (Outcome.READ, Outcome.DONE)
        return answered and self.whole and not self.value.get("hasMore") and not self.value.get("hasEarlier")


@dataclass(frozen=True)
class Cell:
    """A value in a result, with its type, its field, and where it stands."""

    contract: Contract
    value: Any
    path: str
    result: Result | None = None
    of: GraphQLType | None = None
    field: Described | None = None
    above: Cell | None = None

    @property
    def named(self) -> GraphQLNamedType | None:
        """The type, without lists and non-nulls; an object's own where the field gives one of several."""
        named = get_named_type(self.of)
        if isinstance(named, GraphQLUnionType | GraphQLInterfaceType) and isinstance(self.value, Mapping):
            return self.contract.schema.type_map.get(str(self.value.get("__typename")), named)
        return named

    @property
    def typename(self) -> str:
        """The type's name; empty where the contract does not know it."""
        named = self.named
        return named.name if named else ""

    @property
    def page(self) -> bool:
        """Whether this is a list with `nodes`, `hasMore` and `total`."""
        return isinstance(self.value, Mapping) and "nodes" in self.value and self._many

    @property
    def _many(self) -> bool:
        if self.of is None:
            return True
        named = get_named_type(self.of)
        connection = isinstance(named, GraphQLObjectType) and is_connection(named)
        return connection or isinstance(nullable(self.of), GraphQLList)

    @property
    def many(self) -> bool:
        """Whether this is a list of any kind."""
        return self.page or isinstance(self.value, list)

    @property
    def complete(self) -> bool:
        """Whether a list holds everything there is."""
        if self.above is None and self.result is not None:
            return self.result.complete
        if self.page:
            return not self.value.get("hasMore") and not self.value.get("hasEarlier")
        if self.above is not None and self.above.page:
            return self.above.complete
        bounded = isinstance(self.field, GraphQLField) and "first" in self.field.args
        return not bounded or len(self.value) < NESTED

    @property
    def total(self) -> int | None:
        """How many objects a list has in all, where that is known."""
        page = self if self.page else self.above if self.above and self.above.page else None
        if page is not None and isinstance(page.value.get("total"), int):
            return int(page.value["total"])
        return len(self.items) if self.complete else None

    @property
    def items(self) -> list[Cell]:
        """The objects of a list."""
        if self.page:
            return self.step("nodes").items
        if not isinstance(self.value, list):
            raise Missing(f"{self.path} is not a list.")
        listed = nullable(self.of)
        inner = listed.of_type if isinstance(listed, GraphQLList) else self.of
        if isinstance(get_named_type(inner), GraphQLObjectType) and not isinstance(listed, GraphQLList):
            inner = get_named_type(inner)
        return [
            Cell(self.contract, value, f"{self.path}[{i}]", self.result, inner, self.field, self)
            for i, value in enumerate(self.value)
        ]

    def at(self, index: int) -> Cell:
        """One object of a list; negative indexes count from the end."""
        items = self.items
        try:
            return items[index]
        except IndexError:
            raise Missing(f"{self.path} has {len(items)} items; use a loop or a condition.") from None

    def step(self, name: str) -> Cell:
        """A field of an object."""
        if self.value is None:
            return Cell(self.contract, None, f"{self.path}.{name}", self.result, above=self)
        if not isinstance(self.value, Mapping):
            raise Missing(f"{self.path} has no fields.")
        of, field = self._below(name)
        if name not in self.value and field is None:
            raise Missing(f"{self.path} has no {name!r}. It has: {', '.join(self._names()) or 'nothing'}.")
        if name not in self.value and self._asked(name):
            raise Missing(f"{self.path}.{name} was not asked for: name it in `fields` of the call.")
        return Cell(self.contract, self.value.get(name), f"{self.path}.{name}", self.result, of, field, self)

    def label(self) -> Cell:
        """The cell by which people call an object."""
        named = self.named
        name = self.contract.label(named) if named else None
        for candidate in (name, "name", "title", "number", "code", "label", "text", "message", "id"):
            if candidate and candidate in self.value:
                return self.step(candidate)
        inner = [self.step(n) for n, v in self.value.items() if isinstance(v, Mapping)]
        if inner:
            return inner[0].label()
        raise Missing(f"{self.path} is an object; name one of its fields: {', '.join(self._names())}.")

    def ancestors(self) -> Iterator[Cell]:
        """What holds the cell, from the nearest."""
        cell = self.above
        while cell is not None:
            yield cell
            cell = cell.above

    def _names(self) -> list[str]:
        return [str(k) for k in self.value if k != "__typename"]

    def _asked(self, name: str) -> bool:
        """Whether a field of this object's own type was left out of the selection."""
        named = self.named
        return bool(self.value) and isinstance(named, GraphQLObjectType) and name in named.fields

    def _below(self, name: str) -> tuple[GraphQLType | None, Described | None]:
        types = self.contract.schema.type_map
        if self.page:
            named = get_named_type(self.of)
            inner = node_type(named) if isinstance(named, GraphQLObjectType) and is_connection(named) else None
            known: dict[str, GraphQLType | None] = {
                "nodes": GraphQLList(inner) if inner else self.of,
                "total": types.get("Int"),
                "hasMore": types["Boolean"],
            }
            return known.get(name), self.field
        named = self.named
        if (
            isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)
            and name in named.fields
        ):
            return named.fields[name].type, named.fields[name]
        if isinstance(named, GraphQLUnionType):
            for case in named.types:
                if name in case.fields:
                    return case.fields[name].type, case.fields[name]
        return None, None


def nullable(of: GraphQLType | None) -> GraphQLType | None:
    """The type without its outer non-null."""
    return of.of_type if isinstance(of, GraphQLNonNull) else of


def root(contract: Contract, result: Result) -> Cell:
    """The cell of a whole result."""
    field = result.tool.field if result.tool else None
    return Cell(contract, result.value, f"r{result.number}", result, field.type if field else None, field)


def asked(contract: Contract, result: Result) -> Cell:
    """The cell of what a call asked for."""
    return Cell(contract, result.arguments, f"a{result.number}", result)


def argument(cell: Cell, name: str) -> Cell:
    """An argument of a call, as the tool shows it."""
    tool = cell.result.tool if cell.result else None
    slot = tool.shown.get(name) if tool else None
    part = slot.part if slot else tool.field.args.get(name) if tool else None
    if name not in cell.value:
        raise Missing(f"{cell.path} has no {name!r}. It has: {', '.join(map(str, cell.value)) or 'nothing'}.")
    return Cell(cell.contract, cell.value[name], f"{cell.path}.{name}", cell.result, part.type if part else None, part)
