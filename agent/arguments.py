"""Arguments as a model gives them, and as the graph takes them.

A tool's arguments are flatter than the graph's: the fields of an input object stand beside the other arguments
(`alarms(level: 2)` for `alarms(where: {level: 2})`, `raisedFrom` for `where: {raised: {from: …}}`), and an input object
that holds nothing but enums is a phrase (`"RAISED_AT DESC"`). The graph's own form is understood as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import product
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_required_argument,
    is_required_input_field,
    value_from_ast_untyped,
)
from graphql.utilities import get_default_value_ast

Part = GraphQLArgument | GraphQLInputField
PHRASES = 16
"""An input of enums is a phrase while there are at most so many of them."""


@dataclass(frozen=True)
class Slot:
    """An argument as the tool shows it, and where the graph takes it."""

    path: tuple[str, ...]
    part: Part
    required: bool


class BadArguments(ValueError):
    """Arguments which the tool does not take; the sentence tells a model what to change."""


def is_required(part: Part) -> bool:
    """Whether the graph refuses a call without it."""
    return is_required_argument(part) if isinstance(part, GraphQLArgument) else is_required_input_field(part)


def default_of(part: Part) -> Any:
    """The default as plain JSON, `Undefined` where there is none."""
    node = get_default_value_ast(part)
    return Undefined if node is None else value_from_ast_untyped(node)


def slots(arguments: Mapping[str, GraphQLArgument]) -> dict[str, Slot]:
    """The arguments flattened: fields of input objects beside them, unless names would collide."""
    found: dict[str, Slot] = {}
    for name, part in arguments.items():
        lifted = dict(_lifted((name,), part, "")) if _liftable(part) else {}
        clash = set(lifted) & (set(arguments) | set(found))
        found |= lifted if lifted and not clash else {name: Slot((name,), part, is_required(part))}
    return found


def _lifted(path: tuple[str, ...], part: Part, prefix: str) -> Iterator[tuple[str, Slot]]:
    inputs = get_nullable_type(part.type)
    if not isinstance(inputs, GraphQLInputObjectType):
        return
    inner = {f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name: name for name in inputs.fields}
    for shown, name in inner.items():
        below = inputs.fields[name]
        deeper = dict(_lifted((*path, name), below, shown)) if _liftable(below) and not prefix else {}
        if deeper and not set(deeper) & set(inner):
            yield from deeper.items()
        else:
            yield shown, Slot((*path, name), below, is_required(part) and is_required(below))


def _liftable(part: Part) -> bool:
    """Whether the fields of the input object can stand alone: all optional, or the object itself a must."""
    inputs = get_nullable_type(part.type)
    if not isinstance(inputs, GraphQLInputObjectType) or inputs.is_one_of or phrases(inputs):
        return False
    if _contains(inputs, inputs, set()) or default_of(part) is not Undefined:
        return False
    return is_required(part) or not any(is_required(below) for below in inputs.fields.values())


def _contains(outer: GraphQLInputObjectType, wanted: GraphQLInputObjectType, seen: set[str]) -> bool:
    for part in outer.fields.values():
        below = get_named_type(part.type)
        if below is wanted:
            return True
        if isinstance(below, GraphQLInputObjectType) and below.name not in seen:
            seen.add(below.name)
            if _contains(below, wanted, seen):
                return True
    return False


def phrases(inputs: GraphQLInputObjectType) -> dict[str, dict[str, str]]:
    """The phrases that stand for an input of enums ("RAISED_AT DESC"); none if it is not such an input."""
    choices: list[list[tuple[str, str, bool]]] = []
    words: set[str] = set()
    for name, part in inputs.fields.items():
        enum = get_nullable_type(part.type)
        if not isinstance(enum, GraphQLEnumType) or words & set(enum.values):
            return {}
        words |= set(enum.values)
        default = default_of(part)
        if not is_required(part) and default is Undefined:
            return {}
        choices.append([(name, value, value == default) for value in enum.values])
    total = 1
    for options in choices:
        total *= len(options)
    if inputs.is_one_of or not choices or total > PHRASES:
        return {}
    found = {}
    for combination in product(*choices):
        phrase = " ".join(value for _, value, silent in combination if not silent) or combination[0][1]
        found[phrase] = {name: value for name, value, _ in combination}
    return found if len(found) == total else {}


def arranged(
    given: Mapping[str, Any], shown: Mapping[str, Slot], arguments: Mapping[str, GraphQLArgument]
) -> dict[str, Any]:
    """What a model gave, arranged as the graph takes it; `BadArguments` for a name that is not known."""
    result: dict[str, Any] = {}
    for name, value in given.items():
        if name in shown:
            slot = shown[name]
            _put(result, slot.path, _decoded(value, slot.part.type))
        elif name in arguments:
            _put(result, (name,), _decoded(value, arguments[name].type))
        else:
            raise BadArguments(f"There is no argument {name!r}. Known arguments: {', '.join(shown) or 'none'}.")
    for slot in shown.values():
        _complete(result, slot, arguments)
    return result


def _complete(result: dict[str, Any], slot: Slot, arguments: Mapping[str, GraphQLArgument]) -> None:
    """Put in the empty objects that the graph requires around fields which nobody gave."""
    parts: Mapping[str, Part] = arguments
    for name in slot.path[:-1]:
        if is_required(parts[name]):
            result.setdefault(name, {})
        inner, inputs = result.get(name), get_named_type(parts[name].type)
        if not isinstance(inner, dict) or not isinstance(inputs, GraphQLInputObjectType):
            return
        result, parts = inner, inputs.fields


def _put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *above, name = path
    for step in above:
        below = target.setdefault(step, {})
        if not isinstance(below, dict):
            raise BadArguments(f"Argument {step!r} must be an object.")
        target = below
    if isinstance(value, dict) and isinstance(target.get(name), dict):
        target[name] = target[name] | value
    else:
        target[name] = value


def _decoded(value: Any, wanted: GraphQLInputType) -> Any:
    """Phrases spelled out, wherever they stand."""
    if isinstance(wanted, GraphQLNonNull):
        return _decoded(value, wanted.of_type)
    if isinstance(wanted, GraphQLList):
        inner = wanted.of_type
        return [_decoded(v, inner) for v in value] if isinstance(value, list) else _decoded(value, inner)
    if not isinstance(wanted, GraphQLInputObjectType):
        return value
    if isinstance(value, str) and (known := phrases(wanted)):
        if value not in known:
            raise BadArguments(f"{value!r} is none of: {', '.join(known)}.")
        return dict(known[value])
    if isinstance(value, dict):
        return {k: _decoded(v, wanted.fields[k].type) if k in wanted.fields else v for k, v in value.items()}
    return value


def without_nulls(value: Any) -> Any:
    """The value with every null left out: in a question null means "not asked"."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return [without_nulls(v) for v in value] if isinstance(value, list) else value


def localised(value: Any, wanted: GraphQLInputType, zone: tzinfo) -> Any:
    """Times without an offset taken as the house's local time."""
    if isinstance(wanted, GraphQLNonNull):
        return localised(value, wanted.of_type, zone)
    if isinstance(wanted, GraphQLList):
        return [localised(v, wanted.of_type, zone) for v in value] if isinstance(value, list) else value
    if isinstance(wanted, GraphQLInputObjectType) and isinstance(value, dict):
        return {k: localised(v, wanted.fields[k].type, zone) if k in wanted.fields else v for k, v in value.items()}
    if get_named_type(wanted).name == "DateTime" and isinstance(value, str):
        return _with_offset(value, zone)
    return value


def _with_offset(text: str, zone: tzinfo) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return at.replace(tzinfo=zone).isoformat() if at.tzinfo is None else text
