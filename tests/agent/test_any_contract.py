"""Whatever fits a tool's JSON Schema executes, against a server of any schema: both are drawn at random."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    build_schema,
    graphql_sync,
    parse,
    validate,
    validate_schema,
)
from hypothesis import currently_in_test_context, given, note, settings
from hypothesis import strategies as st

from agent.contract import contract, read
from agent.tools import Tool, build, offered, tokens

NAMES = ("name", "value", "kind", "items", "node", "parent", "score", "total", "at")
ARGUMENTS = (
    "where",
    "input",
    "first",
    "last",
    "after",
    "fields",
    "config",
    "order",
    "ids",
    "text",
    "dryRun",
    "confirmation",
)
BUILT_IN = ("Int", "Float", "String", "Boolean", "ID")
CUSTOM = ("DateTime", "Date", "Decimal", "UUID", "Polygon", "Anything")
KEYWORDS = {
    "type", "enum", "minimum", "maximum", "maxLength", "maxItems", "pattern", "format", "items", "properties", "required",
    "additionalProperties", "anyOf", "$ref", "$defs", "default", "description",
}  # fmt: skip
"""Keywords that constrained decoding enforces, and notes."""


# ---------- a schema at random


@dataclass
class Drawn:
    """A schema in the making."""

    rng: random.Random
    lines: list[str] = field(default_factory=list)
    enums: dict[str, list[str]] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    objects: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)

    def some(self, of: tuple[str, ...] | list[str], least: int, most: int) -> list[str]:
        return self.rng.sample(list(of), min(len(of), self.rng.randint(least, most)))

    def wrapped(self, name: str) -> str:
        return self.rng.choice(
            ["{0}", "{0}", "{0}", "{0}!", "[{0}]", "[{0}!]", "[{0}!]!", "[[{0}]]", "[[{0}!]!]!"]
        ).format(name)

    def leaf(self) -> str:
        return self.rng.choice([*BUILT_IN, *CUSTOM, *self.enums])

    def literal(self, of: str) -> str | None:
        """A default for a type; none for what is not simple."""
        if of.startswith("["):
            return "[]"
        name = of.rstrip("!")
        if name in self.enums:
            return self.rng.choice(self.enums[name])
        return {
            "Int": "7",
            "Float": "1.5",
            "String": '"so"',
            "Boolean": "true",
            "ID": '"x_1"',
            "Date": '"2022-10-20"',
        }.get(name)

    def argument(self, name: str, of: str) -> str:
        about = self.rng.choice(["", '"What is meant." ', '"Ground is zero." '])
        default = self.literal(of) if self.rng.random() < 0.3 else None
        return f"{about}{name}: {of}{f' = {default}' if default is not None else ''}"

    def arguments(self, *, required: bool = True) -> str:
        if self.rng.random() < 0.4:
            return ""
        parts = []
        for name in self.some(ARGUMENTS, 1, 5):
            of = self.wrapped(self.rng.choice([self.leaf(), *self.inputs]))
            of = "Int" if name in ("first", "last") and self.rng.random() < 0.8 else of
            parts.append(self.argument(name, of if required else of.rstrip("!") if not of.startswith("[") else "Int"))
        return f"({', '.join(parts)})"

    def write(self) -> str:
        self.lines += [f"scalar {name}" for name in CUSTOM]
        for i in range(self.rng.randint(1, 3)):
            name = f"Enum{i}"
            self.enums[name] = [
                f"E{i}_{v}" if self.rng.random() < 0.8 else f"V{v}" for v in range(self.rng.randint(1, 4))
            ]
            self.lines.append(f"enum {name} {{ {' '.join(self.enums[name])} }}")
        for i in range(self.rng.randint(0, 4)):
            self.input(f"Input{i}")
        self.lines += self.inputs.values()
        self.types()
        for kind in ("Query", "Mutation"):
            fields = [f"{kind.lower()}{i}{self.arguments()}: {self.output()}" for i in range(self.rng.randint(1, 3))]
            self.lines.append(f"type {kind} {{ {' '.join(fields)} }}")
        return "\n".join(self.lines)

    def input(self, name: str) -> None:
        one_of = self.rng.random() < 0.2
        parts = []
        for part in self.some([*NAMES, "where", "first"], 1, 4):
            if one_of:
                parts.append(f"{part}: {self.rng.choice([self.leaf(), *self.inputs])}")
            elif self.rng.random() < 0.2:
                parts.append(f"{part}: {self.rng.choice([name, f'[{name}!]'])}")
            else:
                parts.append(
                    self.argument(
                        part, self.wrapped(self.rng.choice([self.leaf(), self.leaf(), *self.inputs, *self.enums]))
                    )
                )
        if one_of and not any(p.endswith(tuple(f": {n}" for n in [*BUILT_IN, *CUSTOM])) for p in parts):
            parts.append("plain: Int")
        self.inputs[name] = f"input {name}{' @oneOf' if one_of else ''} {{ {' '.join(parts)} }}"

    def types(self) -> None:
        self.lines.append(
            "type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }"
        )
        self.objects = [f"Thing{i}" for i in range(self.rng.randint(1, 4))]
        interfaces = [f"Face{i}" for i in range(self.rng.randint(0, 2))]
        unions = [f"Either{i}" for i in range(self.rng.randint(0, 2))]
        pages = [f"{o}Connection" for o in self.objects if self.rng.random() < 0.5]
        self.outputs = [*self.objects, *interfaces, *unions, *pages]
        shared = {face: self.fields() for face in interfaces}
        self.lines += [
            f"interface {face} {{ {' '.join(f'{n}{t}' for n, t in shared[face].items())} }}" for face in interfaces
        ]
        implemented: set[str] = set()
        for name in self.objects:
            faces, fields = [], self.fields()
            for face in self.some(interfaces, 0, 2):
                if all(
                    fields.get(n, t) == t or n not in {x for f in faces for x in shared[f]}
                    for n, t in shared[face].items()
                ):
                    faces.append(face)
                    fields |= shared[face]
            implemented |= set(faces)
            implements = f" implements {' & '.join(faces)}" if faces else ""
            self.lines.append(f"type {name}{implements} {{ {' '.join(f'{n}{t}' for n, t in fields.items())} }}")
        for face in [each for each in interfaces if each not in implemented]:
            self.lines.append(
                f"type Only{face} implements {face} {{ {' '.join(f'{n}{t}' for n, t in shared[face].items())} }}"
            )
        self.lines += [f"union {u} = {' | '.join(self.some(self.objects, 1, 4))}" for u in unions]
        for connection in pages:
            of = connection.removesuffix("Connection")
            nodes = f"nodes: [{of}!]!" if self.rng.random() < 0.5 else ""
            self.lines.append(
                f"type {connection} {{ {nodes} edges: [{of}Edge!]! pageInfo: PageInfo! {self.rng.choice(['', 'totalCount: Int!'])} }}"
            )
            self.lines.append(f"type {of}Edge {{ node: {of} cursor: String! }}")

    def output(self) -> str:
        if self.rng.random() < 0.3:
            return self.wrapped(self.leaf())
        name = self.rng.choice(self.outputs)
        return self.rng.choice([name, f"{name}!"]) if name.endswith("Connection") else self.wrapped(name)

    def fields(self) -> dict[str, str]:
        found = {}
        for name in self.some([*NAMES, "id"], 1, 5):
            hidden = " @deprecated" if self.rng.random() < 0.05 else ""
            found[name] = f"{self.arguments(required=self.rng.random() < 0.3)}: {self.output()}{hidden}"
        return found


# ---------- a server at random


def resolver(rng: random.Random) -> Any:
    """Resolves every field with a value of its type."""

    def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        return value(info.return_type, info.schema, rng)

    return resolve


def value(of: Any, schema: Any, rng: random.Random, *, sure: bool = False) -> Any:
    if isinstance(of, GraphQLNonNull):
        return value(of.of_type, schema, rng, sure=True)
    if not sure and rng.random() < 0.2:
        return None
    if isinstance(of, GraphQLList):
        return [value(of.of_type, schema, rng) for _ in range(rng.randint(0, 2))]
    if isinstance(of, GraphQLEnumType):
        return rng.choice(list(of.values))
    if isinstance(of, GraphQLScalarType):
        return {"Int": 3, "Float": 2.5, "Boolean": True, "ID": "id_1", "String": "слово"}.get(of.name, "2022-10-20")
    if isinstance(of, GraphQLInterfaceType | GraphQLUnionType):
        possible = schema.get_possible_types(of)
        return {"__typename": rng.choice(possible).name} if possible else None
    assert isinstance(of, GraphQLObjectType)
    return {"__typename": of.name}


# ---------- arguments at random


def drawn(schema: dict[str, Any], root: dict[str, Any], rng: random.Random, depth: int = 0) -> Any:
    """A value that fits a JSON Schema."""
    if "$ref" in schema:
        return drawn(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, rng, depth)
    if "anyOf" in schema:
        return drawn(rng.choice(schema["anyOf"]), root, rng, depth)
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if schema["type"] == "object":
        required = schema.get("required", [])
        chance = 0.6 / (depth + 1)
        names = [n for n in schema["properties"] if n in required or rng.random() < chance]
        return {n: drawn(schema["properties"][n], root, rng, depth + 1) for n in names}
    if schema["type"] == "array":
        most = min(schema["maxItems"], 3 if depth < 4 else 1)
        return [drawn(schema["items"], root, rng, depth + 1) for _ in range(rng.randint(0, most))]
    return plain(schema, rng)


def plain(schema: dict[str, Any], rng: random.Random) -> Any:
    if schema["type"] == "boolean":
        return rng.random() < 0.5
    if schema["type"] == "integer":
        return rng.choice([schema["minimum"], schema["maximum"], rng.randint(schema["minimum"], schema["maximum"])])
    if schema["type"] == "number":
        return rng.choice([schema["minimum"], schema["maximum"], 0, rng.uniform(-9, 9)])
    if "format" in schema:
        day = f"20{rng.randint(10, 40)}-0{rng.randint(1, 9)}-{rng.randint(10, 28)}"
        return {
            "date": day,
            "date-time": f"{day}T1{rng.randint(0, 9)}:00:00{rng.choice(['Z', '+03:00', '-05:30', '.250Z'])}",
            "uuid": f"123e4567-e89b-12d3-a456-4266141740{rng.randint(10, 99)}",
        }[schema["format"]]
    if "pattern" in schema:
        return rng.choice(["1", "-20.5", "000.123456", "999999999999"])
    text = rng.choice(["", "а", 'кав"ычка\\', "{r1}", "\u0000\n", "null", "$where", "}"]) + "x" * rng.choice(
        [0, 3, schema["maxLength"]]
    )
    return text[: schema["maxLength"]]


# ---------- the property


def holds(sdl: str, seed: int) -> None:
    """Every tool of a schema executes with arguments drawn from its JSON Schema."""
    rng = random.Random(seed)
    server = build_schema(sdl)
    assert not validate_schema(server)
    box = offered(build(read(sdl)), ["ANY"])
    by_name = {w["function"]["name"]: w["function"]["parameters"] for w in box.wire()}
    for tool in box.tools.values():
        parameters = by_name[tool.name]
        assert keywords(parameters) <= KEYWORDS
        jsonschema.Draft202012Validator.check_schema(parameters)
        for _ in range(3):
            arguments = drawn(parameters, parameters, rng)
            jsonschema.validate(arguments, parameters, format_checker=jsonschema.FormatChecker())
            executes(tool, arguments, server, rng)


def executes(tool: Tool, arguments: dict[str, Any], server: Any, rng: random.Random) -> None:
    call = tool.call(arguments)
    if currently_in_test_context():
        note(f"{tool.name} {arguments}\n{call.document} {dict(call.variables)}")
    assert validate(server, parse(call.document)) == []
    answer = graphql_sync(server, call.document, variable_values=dict(call.variables), field_resolver=resolver(rng))
    assert answer.errors is None, answer.errors
    assert answer.data is not None
    whole = call.read(answer.data)
    assert isinstance(whole, dict)
    assert "__" not in str(sorted(keys(whole))).replace("__typename", "")


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {k for v in value.values() for k in keys(v)}
    return {k for v in value for k in keys(v)} if isinstance(value, list) else set()


def keywords(schema: Any) -> set[str]:
    """The keywords of a JSON Schema, names of properties left out."""
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for name in ("properties", "$defs"):
        for part in schema.get(name, {}).values():
            found |= keywords(part)
    for part in [schema.get("items"), *schema.get("anyOf", [])]:
        found |= keywords(part)
    return found


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_whatever_fits_the_schema_of_a_tool_executes(seed: int) -> None:
    sdl = Drawn(random.Random(seed)).write()
    note(sdl)
    holds(sdl, seed)


PAGE = "type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! endCursor: String }"
FOUND = {
    "first is not a number": "input I { name: String } type Query { q(first: I): [T] } type T { id: ID }",
    "dryRun is not a truth": "type Query { q: Int } type Mutation { m(dryRun: [Int!]!, confirmation: ID!): Int }",
    "last is required": f"{PAGE} type Query {{ q(first: Int, after: ID, last: [Int!]!): TConnection }} "
    "type TConnection { nodes: [T] pageInfo: PageInfo! } type T { id: ID }",
    "a filter has a field of its own name": "input I { where: Int } type Query { q(where: I!): Int }",
    "a required object within a required one": "input I { parent: J! } input J { parent: K } input K { value: Int } "
    "type Query { q(input: I, config: I!): Int }",
    "fields of one name and two types, at two depths": "union U = A | B type A { value: Int! at: U node: A } "
    "type B { value: [Int] at: U node: A } type Query { q: U }",
    "a name that only another case has": "union U = A | B type A { x: Int } type B { y: Int } type Query { q: [[U!]!]! }",
    "exactly one of": "input O @oneOf { a: Int b: [O!] } type Query { q(by: O!, all: [O!]): Int }",
    "only required arguments below": "type T { value(at: Int!): Int } type Query { q: T! }",
}


@pytest.mark.parametrize("name", FOUND)
def test_counterexamples_that_were_found(name: str) -> None:
    for seed in range(10):
        holds(FOUND[name], seed)


@pytest.mark.parametrize("seed", range(20))
def test_the_committed_contract_executes(seed: int) -> None:
    rng = random.Random(seed)
    box = build(contract())
    for function in [w["function"] for w in box.wire()]:
        executes(
            box.tools[function["name"]],
            drawn(function["parameters"], function["parameters"], rng),
            contract().schema,
            rng,
        )


def test_what_a_dispatcher_is_offered_is_the_same_bytes_each_time() -> None:
    box = build(contract())
    once, again = (offered(box, roles).wire() for roles in (["DISPATCHER", "VIEWER"], ["VIEWER", "DISPATCHER"]))
    assert str(once) == str(again)
    assert sum(map(tokens, once)) / len(once) < 200
