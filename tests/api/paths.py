"""Paths through the graph: a shape is asked as GraphQL text, and answered a second time from the oracle's rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import parse_const_value, value_from_ast_untyped

from tests.api.oracle import MANY, NOUN, ONE, SCALARS, TYPE, WITHOUT_ID, Facts, Row, Sight, visible
from tests.world import typed

Keep: TypeAlias = Callable[[Facts, Sight, Row], bool]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A `where` in GraphQL, and the same as a test of a row."""

    text: str
    keep: Keep

    @property
    def value(self) -> Any:
        """The `where` as the value of a variable, null when there is none."""
        return value_from_ast_untyped(parse_const_value(self.text)) if self.text else None


EVERYTHING = Narrowing("", lambda facts, sight, row: True)


@dataclass(frozen=True, slots=True)
class Step:
    """One relation that a shape follows."""

    alias: str
    field: str
    shape: Shape
    narrowing: Narrowing = EVERYTHING


@dataclass(frozen=True, slots=True)
class Shape:
    """An object of a type with its telling fields, and what it leads to."""

    type: str
    steps: tuple[Step, ...] = ()

    def text(self) -> str:
        own = [*([] if self.type in WITHOUT_ID else ["id"]), *SCALARS[self.type]]
        return " ".join([*own, *(_step_text(self.type, step) for step in self.steps)])

    def answer(self, facts: Facts, sight: Sight, row: Row) -> dict[str, Any]:
        """What the graph has to say of a row that the viewer sees."""
        told: dict[str, Any] = {} if self.type in WITHOUT_ID else {"id": typed(NOUN[self.type], row["id"])}
        told |= {name: read(facts, sight, row) for name, read in SCALARS[self.type].items()}
        for step in self.steps:
            if step.field in ONE.get(self.type, {}):
                noun, follow = ONE[self.type][step.field]
                other = facts.rows[noun].get(follow(facts, sight, row) or 0)
                seen = other is not None and visible(sight, noun, other)
                told[step.alias] = step.shape.answer(facts, sight, other) if other is not None and seen else None
            else:
                noun, rows_of = MANY[self.type][step.field]
                told[step.alias] = step.shape.answers(facts, sight, rows_of(facts, sight, row), step.narrowing)
        return told

    def answers(
        self, facts: Facts, sight: Sight, rows: Sequence[Row], narrowing: Narrowing = EVERYTHING
    ) -> list[dict[str, Any]]:
        noun = NOUN[self.type]
        return [
            self.answer(facts, sight, row)
            for row in rows
            if visible(sight, noun, row) and narrowing.keep(facts, sight, row)
        ]


def _step_text(type_: str, step: Step) -> str:
    name = step.field if step.alias == step.field else f"{step.alias}: {step.field}"
    arguments = []
    if step.field in MANY.get(type_, {}) and (type_, step.field) not in UNBOUNDED:
        arguments.append("first: 12")
    if step.narrowing.text:
        arguments.append(f"where: {step.narrowing.text}")
    given = f"({', '.join(arguments)})" if arguments else ""
    return f"{name}{given} {{ {step.shape.text()} }}"


UNBOUNDED = {("User", "grants"), ("User", "links")}
"""Lists that take no `first`."""


def relations(type_: str) -> dict[str, str]:
    """What a type leads to: the type at the other end of each relation."""
    ends = {**ONE.get(type_, {}), **MANY.get(type_, {})}
    return {field: TYPE[noun] for field, (noun, _) in ends.items()}


def full(type_: str, depth: int) -> Shape:
    """Every path of so many relations."""
    if depth == 0:
        return Shape(type_)
    return Shape(type_, tuple(Step(name, name, full(end, depth - 1)) for name, end in relations(type_).items()))


def unordered(value: Any) -> Any:
    """The same with every list in one order."""
    if isinstance(value, dict):
        return {name: unordered(part) for name, part in value.items()}
    if isinstance(value, list):
        return sorted((unordered(part) for part in value), key=repr)
    return value


def differences(told: Any, expected: Any, path: str = "") -> list[str]:
    """Where two answers differ, one line each: what was leaked and what was hidden."""
    if isinstance(told, dict) and isinstance(expected, dict):
        names = dict.fromkeys([*told, *expected])
        return [line for name in names for line in differences(told.get(name), expected.get(name), f"{path}.{name}")]
    if isinstance(told, list) and isinstance(expected, list):
        mine, theirs = ({_name(part): part for part in parts} for parts in (told, expected))
        lines = [f"{path}: leaked {name}" for name in mine.keys() - theirs.keys()]
        lines += [f"{path}: hidden {name}" for name in theirs.keys() - mine.keys()]
        for name in sorted(mine.keys() & theirs.keys()):
            lines += differences(mine[name], theirs[name], f"{path}[{name}]")
        return lines
    return [] if told == expected else [f"{path}: {told!r} instead of {expected!r}"]


def _name(part: Any) -> str:
    if not isinstance(part, dict):
        return str(part)
    return str(
        part.get("id") or sorted((name, value) for name, value in part.items() if not isinstance(value, dict | list))
    )
