"""A tool's arguments as JSON Schema (2020-12), in the keywords that constrained decoding enforces.

Used: type, enum, const, minimum, maximum, maxLength, maxItems, pattern, format (date, date-time, time, uuid), items,
properties, required, additionalProperties: false, anyOf with disjoint branches, $ref, $defs, default, description.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    Undefined,
    get_named_type,
)

from agent.arguments import Part, Slot, default_of, is_required, phrases
from agent.contract import Contract

JSON = dict[str, Any]

LARGE = 999_999
"""The largest number; digits are tokens."""
PAGE = 500
"""The most objects asked for at once."""
ITEMS = 99
TEXT = 500

SCALARS: dict[str, JSON] = {
    "Int": {"type": "integer", "minimum": -LARGE, "maximum": LARGE},
    "Float": {"type": "number", "minimum": -LARGE, "maximum": LARGE},
    "Boolean": {"type": "boolean"},
    "ID": {"type": "string", "maxLength": 99},
    "DateTime": {"type": "string", "format": "date-time"},
    "Date": {"type": "string", "format": "date"},
    "Time": {"type": "string", "format": "time"},
    "UUID": {"type": "string", "format": "uuid"},
    "Decimal": {"type": "string", "pattern": "^-?[0-9]{1,12}([.][0-9]{1,6})?$"},
}
ANY_TEXT: JSON = {"type": "string", "maxLength": TEXT}
PAGED: JSON = {"type": "integer", "minimum": 1, "maximum": PAGE}


@dataclass
class _Writer:
    """Writes one tool's schema; input objects go to `$defs` first and come back where they are used once."""

    contract: Contract
    said: Callable[[str, str], bool]
    defs: dict[str, JSON] = field(default_factory=dict)

    def of(self, wanted: GraphQLInputType) -> JSON:
        if isinstance(wanted, GraphQLNonNull):
            return self.of(wanted.of_type)
        if isinstance(wanted, GraphQLList):
            items = self.of(wanted.of_type)
            return {"type": "array", "items": items, "maxItems": min(ITEMS, len(items.get("enum", range(ITEMS))))}
        if isinstance(wanted, GraphQLEnumType):
            return {"enum": list(wanted.values)}
        if isinstance(wanted, GraphQLInputObjectType):
            return self._input(wanted)
        return dict(SCALARS.get(wanted.name, ANY_TEXT))

    def _input(self, wanted: GraphQLInputObjectType) -> JSON:
        if words := phrases(wanted):
            return {"enum": list(words)}
        if wanted.name not in self.defs:
            self.defs[wanted.name] = {}
            body = self.one_of(wanted) if wanted.is_one_of else self.object(wanted.fields)
            self.defs[wanted.name] = body
        return {"$ref": f"#/$defs/{wanted.name}"}

    def one_of(self, wanted: GraphQLInputObjectType) -> JSON:
        """Exactly one key: a branch for each, disjoint because no other key is allowed."""
        branches = []
        for name, part in wanted.fields.items():
            branch = self.object({name: part})
            branch["required"] = [name]
            branches.append(branch)
        return {"anyOf": branches}

    def object(self, parts: Mapping[str, Part]) -> JSON:
        return self.slots({name: Slot((name,), part, is_required(part)) for name, part in parts.items()})

    def slots(self, slots: Mapping[str, Slot]) -> JSON:
        properties = {name: self.property(name, slot.part) for name, slot in slots.items()}
        required = [name for name, slot in slots.items() if slot.required]
        body: JSON = {"type": "object", "properties": properties}
        if required:
            body["required"] = required
        body["additionalProperties"] = False
        return body

    def property(self, name: str, part: Part) -> JSON:
        body = self.of(part.type)
        if name in ("first", "last") and body.get("type") == "integer":
            body = dict(PAGED)
        if (about := described(self.contract, part)) and not self.said(name, about):
            body["description"] = about
        default = default_of(part)
        if default is not Undefined and default is not None:
            body["default"] = default
        return body


def described(contract: Contract, part: Part) -> str:
    """What the contract says of an argument (or else of its input type), with its unit."""
    about = part.description or getattr(get_named_type(part.type), "description", None) or ""
    if isinstance(get_named_type(part.type), GraphQLScalarType | GraphQLEnumType):
        about = part.description or ""
    about = " ".join(about.split()).removesuffix(".")
    unit = contract.unit(part)
    if unit and unit.symbol and unit.symbol not in about:
        about = f"{about} ({unit.symbol})" if about else unit.symbol
    return about


def never_said(name: str, about: str) -> bool:
    return False


def parameters(
    contract: Contract,
    slots: Mapping[str, Slot],
    extra: Mapping[str, JSON] | None = None,
    said: Callable[[str, str], bool] = never_said,
) -> JSON:
    """The schema of an object of these slots; `said` tells which descriptions stand in the glossary already."""
    writer = _Writer(contract, said)
    body = writer.slots(slots)
    body["properties"].update(extra or {})
    body, defs = _inlined(body, writer.defs)
    if defs:
        body["$defs"] = defs
    return body


def compact(value: Any) -> str:
    """JSON as it travels: no blanks, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _inlined(body: JSON, defs: dict[str, JSON]) -> tuple[JSON, dict[str, JSON]]:
    """Put definitions that are used once, and not within themselves, where they are used."""
    for name in list(defs):
        ref = f"#/$defs/{name}"
        uses = [part for schema in [body, *defs.values()] for part in _parts(schema) if part.get("$ref") == ref]
        if len(uses) == 1 and not any(part.get("$ref") == ref for part in _parts(defs[name])):
            whole = defs.pop(name)

            def put(schema: JSON, ref: str = ref, whole: JSON = whole) -> JSON:
                return whole | {k: schema[k] for k in NOTES if k in schema} if schema.get("$ref") == ref else schema

            body = _mapped(body, put)
            defs = {other: _mapped(part, put) for other, part in defs.items()}
    return body, defs


NOTES = ("description", "default")


def _scalar(schema: JSON) -> bool:
    """Whether this is the schema of a plain value or of a list of plain values."""
    if "enum" in schema:
        return True
    kind = schema.get("type")
    return kind is not None and kind != "object" and (kind != "array" or _scalar(schema["items"]))


def _parts(schema: JSON) -> Iterator[JSON]:
    """The schema and every schema within it; a list of plain values counts as one."""
    yield schema
    if _scalar(schema):
        return
    for part in [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]:
        yield from _parts(part)
    if "items" in schema:
        yield from _parts(schema["items"])


def _mapped(schema: JSON, change: Callable[[JSON], JSON]) -> JSON:
    """The schema with `change` applied to it and to every schema within it, outermost first."""
    schema = dict(change(schema))
    if "properties" in schema:
        schema["properties"] = {k: _mapped(v, change) for k, v in schema["properties"].items()}
    if "anyOf" in schema:
        schema["anyOf"] = [_mapped(v, change) for v in schema["anyOf"]]
    if "items" in schema:
        schema["items"] = _mapped(schema["items"], change)
    return schema
