"""Answers are proven: a reply is a template over the results of this turn's calls, and holds no fact of its own.

Whoever writes the reply (a language model or the offline one) never types a number, a name or a claim. It writes
*references*, and the renderer fills them in from the results, with units, local times, the person's language.

Results
    The tool results of one turn are numbered in the order of their ToolMessages: `r1`, `r2` …; `a1`, `a2` … are the
    arguments of the calls (what was asked for), `now` is the house's time.
    A list or a connection is always `{nodes: [...], hasMore: bool, total: int | null}`. An object is its fields.
    Nothing found (null) is empty. A failed call is `{error: {code, message}}`. A write that the graph refused is the
    refusal: `{__typename, code, message, …}`. `ask_person` gives `{choice: index, label: text, value: …}`.

References
    {r1.nodes[0].value}            a cell: "913 ppm"; the unit, the zone and the words follow from the contract
    {r1.nodes[-1].at}              negative indexes count from the end; times: "20 октября 2022, 14:15"
    {r1.nodes[*].room.number}      a column: the distinct values joined by commas, nulls left out
    {r1.total}  {a1.where.level}  {now}
    {r1.nodes | count}             how many; refused unless the result is complete or has its total
    {PATH | FILTER | FILTER}       filters, left to right; texts in double quotes:

    count                          length of a list (complete, or with a total)
    min  max  sum  mean            over a column (complete lists only); the unit stays
    plural "тревога" "тревоги" "тревог"    number and noun: "3 тревоги"; in English two forms
    form "тревога" "тревоги" "тревог"      the noun alone, in the form that the number asks for
    date  time  ago  since         "20 октября 2022" · "14:15" · "5 минут назад" · "3 ч 20 мин" (until now)
    eve                            the last day of what ends at a midnight: "15 октября 2022" for 16 October, 00:00
    bare                           a number without its unit
    round N                        at most N digits after the point
    cap  lower                     first letter capital; all small
    or "text"                      said instead of a null

Loops
    {for s in r1.nodes}…{s.value}…{end}
    {for s in r1.nodes limit 10 sep ", "}…{end}
    One variable per loop, any plain word. Loops nest. When something is left out (by `limit`, or because the result has
    more), the renderer itself says so at the end of the loop ("… и ещё 12").
    A line that holds nothing but a block tag (for, if, else, end) leaves no empty line behind.

Conditions
    {if CONDITION}…{else}…{end}          else is optional; `not` turns a condition round
    PATH                                 neither null, false, zero nor empty
    PATH == VALUE  != > >= < <=          VALUE: a number, true, false, an enum's name, "text"
    r1 empty                             nothing was found, and the result is complete
    r1 complete                          the result holds everything there is (hasMore: false)
    r1 done | refused | declined | failed    a write was carried out | refused by the graph | not approved | no answer

What is rejected (`Rejected`, with a reason which a model can act on)
    - digits and numbers in words outside references (CO2 and the like excepted);
    - names of the graph (labels seen in results) outside references;
    - «нет», «ничего», none, no …    unless inside a branch whose condition found nothing (`r1 empty`, a false or null
      cell, zero), or the last uncited result is empty and complete;
    - «все», «всего», all, every …   unless inside `{if r1 complete}`, or every cited result is complete;
    - «готово», «подтверждена», done, acknowledged …   unless inside `{if r1 done}`, or a write of this turn was done;
    - no reference at all although something was found;
    - a path that does not exist in the result.

Example
    {if r1 empty}Сейчас нигде не душно.{else}Душно в {r1.total | plural "комнате" "комнатах" "комнатах"}:
    {for s in r1.nodes limit 10}
    • {s.room.number} — {s.value} ({s.at | time})
    {end}
    {end}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent import words
from agent.contract import Contract
from agent.filters import Amount, Column, amount, filtered, said
from agent.render import Setting
from agent.results import Cell, Missing, Outcome, Result, argument, asked, root
from agent.template import ALL, OUTCOMES, BadTemplate, Branching, Condition, Loop, Node, Path, Reference, Text, parse


class Rejected(ValueError):
    """A reply that says more than the results do; the sentence tells a model what to change."""


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
class Proven:
    """A reply with its references filled in."""

    text: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class _Literal:
    text: str
    permits: frozenset[str]


@dataclass(frozen=True)
class _Said:
    text: str
    proof: Proof | None


NONE, EVERY, DONE, STATE = "none", "every", "done", "state"
"""What the words of a branch may claim: that nothing is, that this is all, that it was done, that a cell is so."""


def prove(
    reply: str, results: Sequence[Result], contract: Contract, setting: Setting, names: Iterable[str] = ()
) -> Proven:
    """The reply with its references filled in; `Rejected` if it is malformed or says more than the results do."""
    try:
        nodes = parse(reply)
        speaker = _Speaker(contract, setting, {r.number: r for r in results})
        pieces = list(speaker.nodes(nodes, frozenset()))
    except (BadTemplate, Missing) as error:
        raise Rejected(str(error)) from None
    _check(pieces, speaker, results, names)
    text = re.sub(r"[ \t]+\n", "\n", "".join(p.text for p in pieces))
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if not text:
        raise Rejected("The reply is empty.")
    return Proven(text, tuple(speaker.proofs))


@dataclass
class _Speaker:
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

    def nodes(self, nodes: Iterable[Node], permits: frozenset[str]) -> Iterator[_Literal | _Said]:
        for node in nodes:
            if isinstance(node, Text):
                yield _Literal(node.text, permits)
            elif isinstance(node, Reference):
                yield from self.reference(node)
            elif isinstance(node, Branching):
                truth, granted = self.judge(node.condition)
                yield from self.nodes(node.body if truth else node.otherwise, permits | granted)
            else:
                yield from self.loop(node, permits)

    def reference(self, node: Reference) -> Iterator[_Literal | _Said]:
        if node.path == Path("now"):
            value: Amount | str = filtered(Amount(self.setting.now.isoformat(), "DateTime"), node.filters, self.setting)
            yield _Said(said(value, self.setting), None)
            return
        found = self.find(node.path)
        cells = found.cells if isinstance(found, Column) else [found]
        shown = filtered(
            found if isinstance(found, Column) else amount(found, self.setting), node.filters, self.setting
        )
        if isinstance(shown, Amount) and shown.value is None and (other := _otherwise(node)) is not None:
            self.prove(str(node.path), found, None, other)
            yield _Literal(other, frozenset({NONE}))
            return
        text = said(shown, self.setting)
        self.prove(str(node.path), found, [c.value for c in cells] if isinstance(found, Column) else found.value, text)
        yield _Said(text, self.proofs[-1] if self.proofs else None)

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

    def loop(self, node: Loop, permits: frozenset[str]) -> Iterator[_Literal | _Said]:
        listed = self.find(node.path)
        if isinstance(listed, Column):
            raise Rejected(f"{node.path} is a column: loop over the list itself.")
        if listed.value is None:
            return
        items = listed.items
        kept = items if node.limit is None else items[: node.limit]
        outer = self.variables.get(node.name)
        for i, item in enumerate(kept):
            self.variables[node.name] = item
            if i and node.separator is not None:
                yield _Literal(node.separator, permits)
            yield from self.nodes(node.body, permits)
        self.variables.pop(node.name, None)
        if outer is not None:
            self.variables[node.name] = outer
        if listed.result is not None:
            self.cited.add(listed.result.number)
        yield from self._rest(node, listed, len(kept), len(items))

    def _rest(self, node: Loop, listed: Cell, kept: int, has: int) -> Iterator[_Said]:
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
        yield _Said(f"{before}{text}" if node.separator is not None else f"{text}{before}", None)

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


def _check(
    pieces: Sequence[_Literal | _Said], speaker: _Speaker, results: Sequence[Result], names: Iterable[str]
) -> None:
    """Hold every word of the writer against the results."""
    known = [n for n in names if len(n) > 1]
    for piece in pieces:
        if isinstance(piece, _Literal):
            _no_fact(piece.text, known)
            _no_claim(piece, speaker, results)
    told = speaker.cited | speaker.judged
    if not told and (unsaid := [r for r in results if r.found]):
        raise Rejected(f"Something was found, but the reply refers to nothing of it: refer to r{unsaid[-1].number}.")


def _no_fact(text: str, names: Sequence[str]) -> None:
    bare = words.EXCEPTED.sub(" ", text)
    if digit := re.search(r"\S*\d\S*", bare):
        raise Rejected(f"{digit[0]!r} is a number of your own: refer to a cell of a result instead.")
    for pattern in words.NUMBER_WORDS.values():
        if spelled := pattern.search(bare):
            raise Rejected(f"{spelled[0]!r} is a number of your own: refer to a cell of a result instead.")
    for name in names:
        if name in bare and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", bare):
            raise Rejected(f"{name!r} is a name of the building: refer to the cell that holds it.")


def _no_claim(piece: _Literal, speaker: _Speaker, results: Sequence[Result]) -> None:
    if claim := _claims(words.NONE, piece.text) or _claims(words.UNDONE, piece.text):
        uncited = [r for r in results if r.number not in speaker.cited]
        backed = bool(uncited) and (
            uncited[-1].empty or uncited[-1].outcome in (Outcome.DECLINED, Outcome.REFUSED, Outcome.FAILED)
        )
        if NONE not in piece.permits and not backed:
            raise Rejected(f"{claim!r} claims that there is nothing: write it inside {{if r1 empty}}…{{end}}.")
    if (claim := _claims(words.EVERY, piece.text)) and EVERY not in piece.permits:
        by_number = {r.number: r for r in results}
        cited = [by_number[n] for n in speaker.cited - speaker.counted]
        if not (speaker.cited | speaker.judged) or not all(r.complete for r in cited):
            raise Rejected(f"{claim!r} claims completeness: write it inside {{if r1 complete}}…{{end}}.")
    asserted = words.UNDONE.sub(" ", piece.text)
    if claim := _claims(words.DONE, asserted):
        act = _claims(words.ACT, asserted)
        written = any(r.outcome is Outcome.DONE for r in results)
        if not written and DONE not in piece.permits and (act or STATE not in piece.permits):
            raise Rejected(f"{claim!r} claims that something was done: write it inside {{if r1 done}}…{{end}}.")


def _claims(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[0] if found else None


def names_in(values: Iterable[Any], contract: Contract) -> set[str]:
    """Names of the graph that stand in results: what its labels hold."""
    labels = {label for t in contract.schema.type_map.values() if (label := contract.label(t))} | {"name", "label"}
    labels -= {"text"}
    found: set[str] = set()
    for value in values:
        _names(value, labels, found)
    common = {w.lower() for values_ in words.ENUMS.values() for pair in values_.values() for w in pair}
    return {n for n in found if n.lower() not in common}


def _names(value: Any, labels: set[str], found: set[str]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str) and key in labels:
                found.add(inner.strip())
            else:
                _names(inner, labels, found)
    elif isinstance(value, list):
        for inner in value:
            _names(inner, labels, found)
