"""What several tools share, said once in the prompt: descriptions of arguments, and meanings of the words of enums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type

from agent.arguments import phrases
from agent.contract import Contract
from agent.jsonschema import described

if TYPE_CHECKING:
    from agent.tools import Tool


def shared(contract: Contract, tools: Iterable[Tool]) -> dict[str, str]:
    """Descriptions that are the same in several tools, by argument; the most usual one of each name."""
    counts = Counter(
        (name, about)
        for tool in tools
        for name, slot in tool.shown.items()
        if (about := described(contract, slot.part))
    )
    found: dict[str, str] = {}
    for (name, about), times in sorted(counts.items(), key=lambda c: -c[1]):
        if times > 1:
            found.setdefault(name, about)
    return dict(sorted(found.items()))


def meanings(tools: Iterable[Tool]) -> list[str]:
    """What enum values mean, where the contract says it."""
    enums: dict[str, GraphQLEnumType] = {}
    for tool in tools:
        for slot in tool.shown.values():
            _enums(get_named_type(slot.part.type), enums, set())
    lines = []
    for name, enum in sorted(enums.items()):
        values = [f"{n} = {_flat(v.description)}" for n, v in enum.values.items() if v.description]
        if values:
            lines.append(f"{name}: {'; '.join(values)}")
    return lines


def _enums(of: Any, found: dict[str, GraphQLEnumType], seen: set[str]) -> None:
    if isinstance(of, GraphQLEnumType):
        found[of.name] = of
    elif isinstance(of, GraphQLInputObjectType) and of.name not in seen and not phrases(of):
        seen.add(of.name)
        for part in of.fields.values():
            _enums(get_named_type(part.type), found, seen)


def _flat(text: str) -> str:
    return " ".join(text.split()).removesuffix(".")
