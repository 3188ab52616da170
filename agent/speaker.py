"""A reply's template spoken over results: references filled in, conditions judged, what the words may claim noted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent import words
from agent.contract import Contract
from agent.filters import Amount, Column, amount, filtered, said
from agent.render import Setting
from agent.results import Cell, Missing, Result, argument, asked, root
from agent.template import ALL, OUTCOMES, Branching, Condition, Loop, Node, Path, Reference, Text


@dataclass(frozen=True)
class Proof:
    """What a piece of the reply rests on: the cell, the call that gave it, its value, and how it was said."""

    reference: str
    tool: str
    call: str
    arguments: Mapping[str, Any]
    value: Any
    text: str


@dataclass(frozen=True)
class Literal:
    """Words of the writer, and what they may claim where they stand."""

    text: str
    permits: frozenset[str]


@dataclass(frozen=True)
class Filled:
    """Words that the renderer put in."""

    text: str
    proof: Proof | None


NONE, EVERY, DONE, STATE = "none", "every", "done", "state"
"""What the words of a branch may claim: that nothing is, that this is all, that it was done, that a cell is so."""


@dataclass
class Speaker:
    """Speaks a template over the results of a turn; `Missing` for what they do not hold."""

    contract: Contract
    setting: Setting
    results: Mapping[int, Result]
    variables: dict[str, Cell] = field(default_factory=dict)
    proofs: list[Proof] = field(default_factory=list)
    cited: set[int] = field(default_factory=set)
    """Results whose cells are said."""
    counted: set[int] = field(default_factory=set)
    """Results whose total is said."""
    judged: set[int] = field(default_factory=set)
    """Results that a condition asked about."""

    def nodes(self, nodes: Iterable[Node], permits: frozenset[str]) -> Iterator[Literal | Filled]:
        for node in nodes:
            if isinstance(node, Text):
                yield Literal(node.text, permits)
            elif isinstance(node, Reference):
                yield from self.reference(node)
            elif isinstance(node, Branching):
                truth, granted = self.judge(node.condition)
                yield from self.nodes(node.body if truth else node.otherwise, permits | granted)
            else:
                yield from self.loop(node, permits)

    def reference(self, node: Reference) -> Iterator[Literal | Filled]:
        if node.path == Path("now"):
            value: Amount | str = filtered(Amount(self.setting.now.isoformat(), "DateTime"), node.filters, self.setting)
            yield Filled(said(value, self.setting), None)
            return
        found = self.find(node.path)
        cells = found.cells if isinstance(found, Column) else [found]
        shown = filtered(
            found if isinstance(found, Column) else amount(found, self.setting), node.filters, self.setting
        )
        if isinstance(shown, Amount) and shown.value is None and (other := _otherwise(node)) is not None:
            self.prove(str(node.path), found, None, other)
            yield Literal(other, frozenset({NONE}))
            return
        text = said(shown, self.setting)
        self.prove(str(node.path), found, [c.value for c in cells] if isinstance(found, Column) else found.value, text)
        yield Filled(text, self.proofs[-1] if self.proofs else None)

    def prove(self, written: str, found: Cell | Column, value: Any, text: str) -> None:
        cell = found.source if isinstance(found, Column) else found
        if cell.result is None:
            return
        path = written if isinstance(found, Column) else cell.path
        self.proofs.append(Proof(path, cell.result.name, cell.result.call, cell.result.arguments, value, text))
        if not cell.path.startswith("a"):
            self.cited.add(cell.result.number)
        if cell.path.endswith(".total"):
            self.counted.add(cell.result.number)

    def loop(self, node: Loop, permits: frozenset[str]) -> Iterator[Literal | Filled]:
        listed = self.find(node.path)
        if isinstance(listed, Column):
            raise Missing(f"{node.path} is a column: loop over the list itself.")
        if listed.value is None:
            return
        items = listed.items
        kept = items if node.limit is None else items[: node.limit]
        outer = self.variables.get(node.name)
        for i, item in enumerate(kept):
            self.variables[node.name] = item
            if i and node.separator is not None:
                yield Literal(node.separator, permits)
            yield from self.nodes(node.body, permits)
        self.variables.pop(node.name, None)
        if outer is not None:
            self.variables[node.name] = outer
        if listed.result is not None:
            self.cited.add(listed.result.number)
        yield from self._rest(node, listed, len(kept), len(items))

    def _rest(self, node: Loop, listed: Cell, kept: int, has: int) -> Iterator[Filled]:
        """That something was left out is said whether the writer thought of it or not."""
        if kept == has and listed.complete:
            return
        total = listed.total
        left = total - kept if total is not None else has - kept if listed.complete else None
        if left is not None and left <= 0:
            return
        text = (
            words.say("cut", self.setting.language)
            if left is None
            else words.say("more", self.setting.language, n=left)
        )
        before = node.separator if node.separator is not None else "\n"
        yield Filled(f"{before}{text}" if node.separator is not None else f"{text}{before}", None)

    def find(self, path: Path) -> Cell | Column:
        """The cell, or the column of cells, that a path leads to."""
        cells, source = [self.root(path.root)], None
        for step in path.steps:
            if step == ALL:
                source = cells[0]
                if not all(c.complete for c in cells if c.value is not None):
                    source = next(c for c in cells if c.value is not None and not c.complete)
                cells = [item for cell in cells if cell.value is not None for item in cell.items]
            elif isinstance(step, int):
                cells = [cell.at(step) for cell in cells]
            else:
                cells = [self._step(cell, step) for cell in cells]
        return cells[0] if source is None else Column(tuple(cells), source)

    def _step(self, cell: Cell, name: str) -> Cell:
        if cell.above is None and cell.path.startswith("a") and cell.path[1:].isdigit():
            return argument(cell, name)
        return cell.step(name)

    def root(self, name: str) -> Cell:
        if name in self.variables:
            return self.variables[name]
        known = re.fullmatch(r"([ra])(\d+)", name)
        if known is None:
            raise Missing(f"Nothing is called {name!r} here.")
        result = self.results.get(int(known[2]))
        if result is None:
            raise Missing(f"There is no {name}: this turn has {len(self.results)} results.")
        return root(self.contract, result) if known[1] == "r" else asked(self.contract, result)

    def judge(self, condition: Condition) -> tuple[bool, frozenset[str]]:
        """Whether a condition holds, and what the words of the branch then taken may claim."""
        found = self.find(condition.path)
        cell = found.source if isinstance(found, Column) else found
        if cell.result is not None:
            self.judged.add(cell.result.number)
        if condition.operator is None:
            truth, granted = _holds(found)
        elif condition.operator in OUTCOMES:
            truth, granted = _outcome(cell, condition.operator)
        else:
            truth, granted = _compared(cell, condition)
        if cell.result is not None:
            parts = (str(condition.path), condition.operator, condition.operand)
            text = " ".join(str(p) for p in parts if p is not None)
            self.proofs.append(Proof(text, cell.result.name, cell.result.call, cell.result.arguments, truth, ""))
        return truth != condition.negated, granted


def _otherwise(node: Reference) -> str | None:
    return next((f.arguments[0] for f in node.filters if f.name == "or" and f.arguments), None)


def _holds(found: Cell | Column) -> tuple[bool, frozenset[str]]:
    if isinstance(found, Column):
        truth = any(c.value for c in found.cells)
        return truth, frozenset({STATE} if truth else {NONE} if found.source.complete else ())
    if found.many:
        truth = bool(found.items)
        return truth, frozenset({STATE} if truth else {NONE} if found.complete else ())
    return bool(found.value), frozenset({STATE} if found.value else {NONE})


def _outcome(cell: Cell, word: str) -> tuple[bool, frozenset[str]]:
    result = cell.result
    if word == "empty":
        if cell.above is None and result is not None:
            truth = result.empty
        else:
            truth = cell.value is None or (cell.many and not cell.items and cell.complete) or cell.value == {}
        return truth, frozenset({NONE} if truth else {STATE})
    if word == "complete":
        truth = cell.complete if cell.many else bool(result and result.complete)
        return truth, frozenset({EVERY} if truth else ())
    truth = result is not None and result.outcome.value == word
    return truth, frozenset(() if not truth else {DONE, STATE} if word == "done" else {NONE})


def _compared(cell: Cell, condition: Condition) -> tuple[bool, frozenset[str]]:
    value, operand = cell.value, condition.operand
    if isinstance(operand, float):
        if isinstance(value, bool) or not isinstance(value, int | float):
            value = _number(value)
        if value is None:
            return condition.operator == "!=", frozenset()
        order = (value > operand) - (value < operand)
    else:
        order = 0 if value == operand else 1
        if condition.operator not in ("==", "!="):
            raise Missing(f"{condition.path} can be compared by == and != only.")
    truth = {"==": order == 0, "!=": order != 0, ">": order > 0, "<": order < 0, ">=": order >= 0, "<=": order <= 0}[
        condition.operator or "=="
    ]
    return truth, frozenset({STATE} if value else {NONE})


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
