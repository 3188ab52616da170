"""Tools made from the contract: one for each root field, with checked arguments and a ready operation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import cached_property, lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLField,
    GraphQLNonNull,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    parse,
    print_ast,
)
from graphql.execution.values import get_variable_values
from graphql.language.ast import OperationDefinitionNode
from graphql.utilities import get_default_value_ast

from agent import choosing, glossary
from agent.arguments import BadArguments, Slot, arranged, localised, slots, without_nulls
from agent.choosing import Chooser
from agent.contract import Contract, Kind, Risk
from agent.jsonschema import JSON, compact, parameters
from agent.selection import Selection, is_connection, row

RESULT = 16_000
"""Bytes that a page of results may take, by estimate."""
FURTHER = 120
"""Bytes of the names offered as `fields`."""
BACKWARD = frozenset({"last", "before"})
"""Arguments of connections that page backwards: not shown, ordering does the same."""
APPROVAL = frozenset({"dryRun", "confirmation"})
"""Arguments which the approval policy fills, never a model."""


@dataclass(frozen=True)
class Call:
    """An operation ready to be sent, and how to read its answer."""

    tool: Tool
    arguments: Mapping[str, Any]
    """As the model gave them."""
    variables: Mapping[str, Any]
    document: str
    selection: Selection | None

    def read(self, data: Mapping[str, Any]) -> JSON:
        """The answer as a result: lists and connections as `{nodes, hasMore, total}`, null as `{}`."""
        value = data.get(self.tool.name)
        if self.selection is not None:
            value = self.selection.read(value)
        if value is None:
            return {}
        if isinstance(value, list):
            more = self.bound is not None and len(value) >= self.bound
            return {"nodes": value, "hasMore": more, "total": None if more else len(value)}
        return value if isinstance(value, dict) else {"value": value}

    @property
    def bound(self) -> int | None:
        """The most objects that the root field gives here, if it has a bound."""
        first = self.variables.get("first", self.variables.get("last"))
        return first if isinstance(first, int) else None

    @property
    def whole(self) -> bool:
        """Whether the call asks from the beginning, not for a later page."""
        return not {"after", "before"} & set(self.variables)


@dataclass(frozen=True)
class Tool:
    """A root field as a model may call it."""

    contract: Contract
    kind: Kind
    name: str
    field: GraphQLField
    shown: Mapping[str, Slot]
    more: str
    """The name of the argument by which further fields are asked for."""
    further: tuple[str, ...]
    usual: Selection | None
    risk: Risk
    roles: frozenset[str]

    @property
    def description(self) -> str:
        """What the contract says of the field."""
        return " ".join((self.field.description or self.name).split()).removesuffix(".")

    @property
    def confirmed(self) -> bool:
        """Whether the graph can show the difference before it commits."""
        return _confirmed(self.field)

    @cached_property
    def page(self) -> int | None:
        """How many objects are asked for when nothing is said; None where the field has no bound."""
        first = self.field.args.get("first")
        if first is None or get_named_type(first.type).name != "Int" or is_list_type(get_nullable_type(first.type)):
            return None
        if self.usual is None:
            return None
        return max(5, min(50, RESULT // max(1, choosing.size(row(self.usual)))))

    def call(self, given: Mapping[str, Any], zone: tzinfo = UTC, approval: Mapping[str, Any] | None = None) -> Call:
        """The operation for these arguments; `BadArguments` says what is wrong with them."""
        arguments = {k: v for k, v in given.items() if k != self.more or self.more in self.shown}
        wanted = given.get(self.more) if self.more not in self.shown else None
        if self.kind == "query":
            arguments = without_nulls(arguments)
        if taken := APPROVAL & set(arguments) & set(self.field.args) if self.confirmed else None:
            raise BadArguments(f"Leave out {', '.join(sorted(taken))}: a person is asked before anything is changed.")
        variables = arranged(arguments, self.shown, self.field.args)
        variables = {k: localised(v, self.field.args[k].type, zone) for k, v in variables.items()} | dict(
            approval or {}
        )
        if missing := [n for n, slot in self.shown.items() if slot.required and not _given(variables, slot.path)]:
            raise BadArguments(f"Missing: {', '.join(missing)}.")
        chosen = self._selection(wanted)
        document, printed = self._document(chosen)
        self._check(document, variables)
        if self.page and "first" not in variables and "last" not in variables:
            variables["first"] = self.page
        return Call(self, dict(given), variables, printed, chosen)

    def _selection(self, wanted: Any) -> Selection | None:
        if self.usual is None or not wanted:
            return self.usual
        names = wanted if isinstance(wanted, list) else [wanted]
        for name in names:
            if not isinstance(name, str) or not choosing.known(self.contract, self.field.type, name):
                offered = ", ".join(self.further) or "none"
                raise BadArguments(f"There is no further field {name!r}. Further fields: {offered}.")
        return Chooser(self.contract, frozenset(names)).choose(self.field.type)

    def _document(self, chosen: Selection | None) -> tuple[DocumentNode, str]:
        declared = ", ".join(self._variable(name) for name in self.field.args)
        passed = ", ".join(f"{name}: ${name}" for name in self.field.args)
        head = f"{self.kind} {self.name}{f'({declared})' if declared else ''}"
        body = f"{self.name}{f'({passed})' if passed else ''} {chosen.text() if chosen else ''}"
        return _parsed(f"{head} {{ {body} }}")

    def _variable(self, name: str) -> str:
        argument = self.field.args[name]
        default = get_default_value_ast(argument) if isinstance(argument.type, GraphQLNonNull) else None
        return f"${name}: {argument.type}{f' = {print_ast(default)}' if default else ''}"

    def _check(self, document: DocumentNode, variables: dict[str, Any]) -> None:
        operation = document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        checked = get_variable_values(self.contract.schema, operation.variable_definitions or (), variables)
        if isinstance(checked, list):
            raise BadArguments(" ".join(self._said(error.message) for error in checked))

    def _said(self, message: str) -> str:
        """graphql-core's sentence, with the argument as the tool shows it."""
        told = re.fullmatch(r"Variable '\$(\w+)' has invalid value(?: at \.([\w.]*)(\S*?))?: (.*)", message, re.DOTALL)
        if told is None:
            return message
        argument, below, rest, why = told.groups()
        path = (argument, *(below.split(".") if below else ()))
        shown = next((n for n, slot in self.shown.items() if slot.path == path[: len(slot.path)]), argument)
        inner = path[len(self.shown[shown].path) :] if shown in self.shown else path[1:]
        return f"{'.'.join((shown, *inner))}{rest or ''}: {why}"


@lru_cache(256)
def _parsed(text: str) -> tuple[DocumentNode, str]:
    """An operation, and how it is printed; the same few are sent again and again, and nobody changes them."""
    document = parse(text, no_location=True)
    return document, print_ast(document)


def _given(variables: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether something stands at a path; what is no object on the way is left to the check of types."""
    value: Any = variables
    for name in path:
        if not isinstance(value, Mapping):
            return True
        value = value.get(name)
    return value is not None


VIEWS = 64
"""The most sets of roles whose tools are kept."""


@dataclass(frozen=True)
class Toolbox:
    """The tools of one person, and the glossary of what they share."""

    contract: Contract
    tools: Mapping[str, Tool]
    shared: Mapping[str, str] = field(default_factory=dict)

    def wire(self) -> list[JSON]:
        """The tools as an OpenAI-compatible server takes them; the same bytes for the same contract and roles."""
        return list(self._wire)

    @cached_property
    def _wire(self) -> tuple[JSON, ...]:
        return tuple(self._function(tool) for tool in self.tools.values())

    @cached_property
    def views(self) -> dict[tuple[frozenset[str], Risk], Toolbox]:
        """What is offered to people of each set of roles; every step of every turn asks for it."""
        return {}

    def _function(self, tool: Tool) -> JSON:
        extra: dict[str, JSON] = {}
        if tool.further:
            extra[tool.more] = {"type": "array", "items": {"enum": list(tool.further)}, "maxItems": len(tool.further)}
        schema = parameters(self.contract, tool.shown, extra, lambda name, about: self.shared.get(name) == about)
        function = {"name": tool.name, "description": tool.description, "parameters": schema, "strict": True}
        return {"type": "function", "function": function}

    @cached_property
    def glossary(self) -> str:
        """What arguments and words mean that several tools share; for the prompt."""
        lines = [f"{name}: {about}" for name, about in self.shared.items()]
        return "\n".join([*lines, *glossary.meanings(self.tools.values())])


def build(contract: Contract) -> Toolbox:
    """A tool for each root field that is not hidden."""
    kinds: tuple[Kind, Kind] = ("query", "mutation")
    tools = [
        _tool(contract, kind, name, each)
        for kind in kinds
        for name, each in contract.roots(kind).items()
        if not contract.hidden(each)
    ]
    return Toolbox(contract, {tool.name: tool for tool in tools})


def offered(box: Toolbox, roles: Iterable[str], most: Risk = Risk.HIGH) -> Toolbox:
    """The tools that a person of these roles may use, up to a risk, with what they share said once."""
    held, order = frozenset(roles), list(Risk)
    if (known := box.views.get((held, most))) is not None:
        return known
    tools = {
        name: tool
        for name, tool in box.tools.items()
        if (not tool.roles or tool.roles & held) and order.index(tool.risk) <= order.index(most)
    }
    made = Toolbox(box.contract, tools, glossary.shared(box.contract, tools.values()))
    if len(box.views) < VIEWS:
        box.views[held, most] = made
    return made


def _tool(contract: Contract, kind: Kind, name: str, each: GraphQLField) -> Tool:
    named = get_named_type(each.type)
    usual = None if is_leaf_type(named) else Chooser(contract).choose(each.type)
    unseen = APPROVAL if _confirmed(each) else frozenset()
    if is_connection(named) and {"first", "after"} <= set(each.args):
        unseen |= {n for n in BACKWARD & set(each.args) if not is_required_argument(each.args[n])}
    shown = slots({n: a for n, a in each.args.items() if n not in unseen})
    more = next(
        n for n in ("fields", "moreFields", "furtherFields", "_fields") if n not in shown and n not in each.args
    )
    further = choosing.further(contract, usual, FURTHER) if usual else ()
    return Tool(
        contract, kind, name, each, shown, more, further, usual, contract.risk(kind, each), contract.roles(each)
    )


def _confirmed(each: GraphQLField) -> bool:
    """Whether the field takes `dryRun: Boolean` and `confirmation: String`."""
    if not set(each.args) >= APPROVAL:
        return False
    dry_run, confirmation = each.args["dryRun"], each.args["confirmation"]
    named = (get_named_type(dry_run.type).name, get_named_type(confirmation.type).name)
    return named == ("Boolean", "String") and not any(map(is_required_argument, (dry_run, confirmation)))


def tokens(value: Any) -> int:
    """Tokens of a value by estimate: four characters of compact JSON each."""
    return -(-len(value if isinstance(value, str) else compact(value)) // 4)
