"""The language in which replies are written, parsed; `agent.proof` says what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

ALL: Literal["*"] = "*"
Step = str | int
"""A name, an index, or `*`."""

OUTCOMES = ("empty", "complete", "done", "refused", "declined", "failed")
OPERATORS = ("==", "!=", ">=", "<=", ">", "<")
TRUTHS = {"true": True, "false": False}
RESERVED = re.compile(r"(r|a)\d+|now")


@dataclass(frozen=True)
class Path:
    """Where a cell is: a result, argument or loop variable, and the steps from it."""

    root: str
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        return self.root + "".join(f".{s}" if isinstance(s, str) and s != ALL else f"[{s}]" for s in self.steps)


@dataclass(frozen=True)
class Filter:
    """What is done with a value before it is said."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """Words of the writer."""

    text: str


@dataclass(frozen=True)
class Reference:
    """A cell, to be filled in."""

    path: Path
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True)
class Condition:
    """A cell that holds something, a comparison, or the outcome of a result."""

    path: Path
    operator: str | None = None
    """One of OPERATORS, or one of OUTCOMES."""
    operand: str | float | bool | None = None
    negated: bool = False


@dataclass(frozen=True)
class Loop:
    """A body said once for each object of a list."""

    name: str
    path: Path
    body: tuple[Node, ...]
    limit: int | None = None
    separator: str | None = None


@dataclass(frozen=True)
class Branching:
    """A body said if a condition holds, and another if not."""

    condition: Condition
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...] = ()


Node = Text | Reference | Loop | Branching


class BadTemplate(ValueError):
    """The reply is not written in the language; the sentence says where."""


TAG = re.compile(r'\{((?:[^{}"]|"[^"]*")*)\}')
LONE = re.compile(r"(?m)^[ \t]*(\{(?:for |if |else\b|end\b)(?:[^{}\"]|\"[^\"]*\")*\})[ \t]*(?:\r?\n|\Z)")
TOKEN = re.compile(r'"[^"]*"|[^\s"]+')
STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(-?[0-9]{1,9}|\*)\]")
LIMIT = re.compile(r"[0-9]{1,9}")
NAME = re.compile(r"[A-Za-z_]\w*")
DEEPEST = 20
"""Loops and conditions within one another."""


def parse(text: str) -> tuple[Node, ...]:
    """The reply as a tree; `BadTemplate` if it is not written in the language."""
    return _Parser(LONE.sub(r"\1", text)).all()


@dataclass
class _Parser:
    text: str
    at: int = 0
    depth: int = 0

    def all(self) -> tuple[Node, ...]:
        nodes, end = self._nodes()
        if end is not None:
            raise BadTemplate(f"{{{end}}} closes nothing.")
        return nodes

    def _nodes(self) -> tuple[tuple[Node, ...], str | None]:
        """Nodes up to `{else}`, `{end}` or the end of the text, and which of them it was."""
        nodes: list[Node] = []
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadTemplate(f"Loops and conditions stand within each other {DEEPEST} deep at most.")
        while (tag := TAG.search(self.text, self.at)) is not None:
            self._say(nodes, self.text[self.at : tag.start()])
            self.at = tag.end()
            inside = tag[1].strip()
            word = inside.split(maxsplit=1)[0] if inside else ""
            if inside in ("else", "end"):
                self.depth -= 1
                return tuple(nodes), inside
            nodes.append(
                self._loop(inside) if word == "for" else self._if(inside) if word == "if" else reference(inside)
            )
        self._say(nodes, self.text[self.at :])
        self.at = len(self.text)
        return tuple(nodes), None

    def _say(self, nodes: list[Node], text: str) -> None:
        if stray := re.search(r"[{}]", text):
            raise BadTemplate(f"A brace stands alone near {text[max(0, stray.start() - 10) : stray.start() + 20]!r}.")
        if text:
            nodes.append(Text(text))

    def _loop(self, inside: str) -> Loop:
        tokens = TOKEN.findall(inside)[1:]
        if len(tokens) < 3 or tokens[1] != "in" or not NAME.fullmatch(tokens[0]) or RESERVED.fullmatch(tokens[0]):
            raise BadTemplate(f"A loop is written {{for s in r1.nodes}}, not {{{inside}}}.")
        options = dict(zip(tokens[3::2], tokens[4::2], strict=False))
        if set(options) - {"limit", "sep"} or len(tokens) % 2 == 0 or not LIMIT.fullmatch(options.get("limit", "1")):
            raise BadTemplate(f'After the list a loop takes `limit 10` and `sep ", "`, not {{{inside}}}.')
        body, end = self._nodes()
        if end != "end":
            raise BadTemplate(f"{{{inside}}} is not closed by {{end}}.")
        limit, sep = options.get("limit"), options.get("sep")
        return Loop(tokens[0], path(tokens[2]), body, int(limit) if limit else None, _unquoted(sep) if sep else None)

    def _if(self, inside: str) -> Branching:
        known = condition(inside[2:].strip())
        body, end = self._nodes()
        otherwise: tuple[Node, ...] = ()
        if end == "else":
            otherwise, end = self._nodes()
        if end != "end":
            raise BadTemplate(f"{{{inside}}} is not closed by {{end}}.")
        return Branching(known, body, otherwise)


def reference(inside: str) -> Reference:
    """A reference from what stands between the braces."""
    first, *rest = _split(inside)
    filters = []
    for part in rest:
        tokens = TOKEN.findall(part)
        if not tokens or not NAME.fullmatch(tokens[0]):
            raise BadTemplate(f"{{{inside}}} has an empty filter.")
        filters.append(Filter(tokens[0], tuple(_unquoted(t) for t in tokens[1:])))
    return Reference(path(first.strip()), tuple(filters))


def condition(inside: str) -> Condition:
    """A condition from what stands after `if`."""
    tokens = [t for t in TOKEN.findall(re.sub(r"(==|!=|>=|<=|>|<)", r" \1 ", inside)) if t != "is"]
    negated = False
    while tokens and tokens[0] == "not":
        tokens, negated = tokens[1:], not negated
    if len(tokens) > 1 and tokens[1] == "not":
        tokens, negated = [tokens[0], *tokens[2:]], not negated
    if len(tokens) == 1:
        return Condition(path(tokens[0]), negated=negated)
    if len(tokens) == 2 and tokens[1] in OUTCOMES:
        return Condition(path(tokens[0]), tokens[1], negated=negated)
    if len(tokens) == 3 and tokens[1] in OPERATORS:
        return Condition(path(tokens[0]), tokens[1], _operand(tokens[2]), negated)
    raise BadTemplate(
        f"{{if {inside}}} is no condition: write a path, a comparison, or r1 and one of {', '.join(OUTCOMES)}."
    )


def path(text: str) -> Path:
    """A path such as `r1.nodes[0].value`."""
    root = NAME.match(text)
    steps: list[Step] = []
    at = root.end() if root else 0
    while root and (step := STEP.match(text, at)) is not None:
        name, index = step.groups()
        steps.append(name or (ALL if index == ALL else int(index)))
        at = step.end()
    if root is None or at != len(text):
        raise BadTemplate(f"{{{text}}} is no reference: write {{r1.nodes[0].value}}.")
    return Path(root[0], tuple(steps))


def _split(inside: str) -> list[str]:
    """The parts between bars, quotes respected."""
    parts = re.findall(r'(?:[^|"]|"[^"]*")+|\|', inside)
    return [p for p in parts if p != "|"] or [""]


def _operand(token: str) -> str | float | bool:
    if token in TRUTHS:
        return TRUTHS[token]
    try:
        return float(token)
    except ValueError:
        return _unquoted(token)


def _unquoted(token: str) -> str:
    text = token[1:-1] if len(token) > 1 and token[0] == token[-1] == '"' else token
    return text.replace("\\n", "\n")
