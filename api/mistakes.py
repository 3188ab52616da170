"""Mistakes in a query, recognised from graphql-core's English sentences, so that each language can say them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError

LONGEST = 80
"""Most characters of a value of the caller's that are repeated to them."""


@dataclass(frozen=True, slots=True)
class Mistake:
    code: str
    parameters: dict[str, Any]


def _pattern(code: str, text: str) -> tuple[str, re.Pattern[str]]:
    return code, re.compile(text, re.DOTALL)


VALUES = r"(?:Variable '\$(?P<variable>\w+)' has invalid (?:default )?value(?: at (?P<path>[^:]+))?: )?"
PROPOSALS = r"(?: Did you mean (?:the enum value )?(?P<suggestions>[^?]*)\?)?"

QUERY = [
    _pattern("UNKNOWN_FIELD", r"Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'\." + PROPOSALS),
    _pattern("UNKNOWN_ARGUMENT", r"Unknown argument '(?P<argument>\w+)' on \w+ '(?P<field>[@\w.]+)'\." + PROPOSALS),
    _pattern(
        "MISSING_ARGUMENT",
        r"Argument '(?P<field>[@\w.]+)\((?P<argument>\w+):\)' of type '(?P<type>[^']+)' is required",
    ),
    _pattern("UNKNOWN_TYPE", r"Unknown type '(?P<type>\w+)'\." + PROPOSALS),
    _pattern("UNKNOWN_FRAGMENT", r"Unknown fragment '(?P<fragment>\w+)'\."),
    _pattern("UNKNOWN_OPERATION", r"Unknown operation named '(?P<operation>.*)'\."),
    _pattern("OPERATION_NOT_NAMED", r"Must provide operation name"),
    _pattern("UNKNOWN_VARIABLE", r"Variable '\$(?P<variable>\w+)' is not defined"),
    _pattern("FIELDS_NOT_CHOSEN", r"Field '(?P<field>\w+)' of type '(?P<type>[^']+)' must have a selection"),
    _pattern("FIELD_IS_PLAIN", r"Field '(?P<field>\w+)' must not have a selection since type '(?P<type>[^']+)'"),
    _pattern("VARIABLE_DOES_NOT_FIT", r"Variable '\$(?P<variable>\w+)' of type '(?P<type>[^']+)' used in position"
             r" expecting type '(?P<expected>[^']+)'"),
]  # fmt: skip
VALUE = [
    _pattern(
        "UNKNOWN_INPUT_FIELD",
        VALUES
        + r"Expected value of type '(?P<type>[^']+)' not to include unknown field '(?P<field>\w+)'\.?"
        + PROPOSALS,
    ),
    _pattern(
        "MISSING_VALUE",
        VALUES + r"Expected value of type '(?P<type>[^']+)' to include required field '(?P<at>\w+)'",
    ),
    _pattern("MISSING_VALUE", VALUES + r"Expected a? ?value of non-null type '(?P<expected>[^']+)' "),
    _pattern(
        "MISSING_VALUE",
        r"Expected variable '\$(?P<variable>\w+)' provided to (?:non-null )?type '(?P<expected>[^']+)'",
    ),
    _pattern(
        "BAD_VALUE",
        VALUES
        + r"Enum '(?P<expected>\w+)' cannot represent non-(?:enum|string) value: (?P<value>.*?)\.?"
        + PROPOSALS
        + "$",
    ),
    _pattern(
        "BAD_VALUE",
        VALUES + r"Value '(?P<value>[^']*)' does not exist in '(?P<expected>\w+)' enum\." + PROPOSALS + "$",
    ),
    _pattern("BAD_VALUE", VALUES + r"(?P<expected>\w+) cannot represent [^:]*: (?P<value>.*?)\.?$"),
    _pattern("BAD_VALUE", VALUES + r"Expected value of type '(?P<expected>[^']+)'.*?found: (?P<value>.*?)\.?$"),
]
SYNTAX = [
    _pattern("SYNTAX_EXPECTED", r"Syntax Error: Expected (?P<expected>.*), found (?P<found>.*)\."),
    _pattern("SYNTAX", r"Syntax Error: Unexpected (?P<found>.*)\."),
    _pattern("SYNTAX_OTHER", r"Syntax Error: (?P<detail>.*)"),
]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _bare(text: str) -> str:
    """A value without the quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _place(error: GraphQLError, groups: dict[str, str | None]) -> str:
    """Which argument or field a value was given for: the variable's path, or the name before a literal."""
    if groups.get("variable"):
        return f"${groups['variable']}{groups.get('path') or ''}"
    node = error.nodes[0] if error.nodes else None
    if node is not None and node.loc is not None:
        before = node.loc.source.body[: node.loc.start]
        if (name := re.search(r"(\w+)\s*:\s*[\[\s]*$", before)) is not None:
            return name.group(1)
    return "?"


def _parameters(code: str, error: GraphQLError, groups: dict[str, str | None]) -> dict[str, Any]:
    found: dict[str, Any] = {name: _short(text) for name, text in groups.items() if text is not None}
    if "suggestions" in groups:
        found["suggestions"] = re.findall(r"'([^']+)'", groups["suggestions"] or "")
    if code in ("BAD_VALUE", "MISSING_VALUE"):
        found["at"] = groups.get("at") or _place(error, groups)
        found["expected"] = groups.get("expected") or groups.get("type")
        found.pop("path", None)
        found.pop("variable", None)
        found.pop("type", None)
    if code == "BAD_VALUE":
        found.setdefault("suggestions", [])
        found["value"] = _short(_bare(groups["value"] or ""))
    if code == "UNKNOWN_INPUT_FIELD":
        found.pop("path", None)
        found.pop("variable", None)
    if code.startswith("SYNTAX") and error.locations:
        found |= {"line": error.locations[0].line, "column": error.locations[0].column}
    return found


def recognised(error: GraphQLError) -> Mistake | None:
    """The mistake behind an error of graphql-core or Strawberry, if it is a known one."""
    for code, pattern in SYNTAX if isinstance(error, GraphQLSyntaxError) else (*QUERY, *VALUE):
        if (found := pattern.match(error.message)) is not None:
            return Mistake(code, _parameters(code, error, found.groupdict()))
    return None
