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
    - from a model: marks of its own (<tool_call>, <think> …), no words at all, claims in the arguments that it cites;
    - from a model: without any reference, words that look like names, and states of things («свободна», active …);
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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent import words
from agent.contract import Contract
from agent.render import Setting
from agent.results import Missing, Outcome, Result
from agent.speaker import DONE, EVERY, NONE, STATE, Filled, Literal, Proof, Speaker
from agent.template import BadTemplate, parse


class Rejected(ValueError):
    """A reply that says more than the results do; the sentence tells a model what to change."""


@dataclass(frozen=True)
class Proven:
    """A reply with its references filled in."""

    text: str
    proofs: tuple[Proof, ...]


def prove(
    reply: str,
    results: Sequence[Result],
    contract: Contract,
    setting: Setting,
    names: Iterable[str] = (),
    *,
    strict: bool = False,
) -> Proven:
    """The reply with its references filled in; `Rejected` if it is malformed or says more than the results do.

    `strict` is for writers that we do not know: a reply that cites nothing may then not even look like an assertion.
    """
    try:
        nodes = parse(reply)
        speaker = Speaker(contract, setting, {r.number: r for r in results})
        pieces = list(speaker.nodes(nodes, frozenset()))
    except (BadTemplate, Missing) as error:
        raise Rejected(str(error)) from None
    _check(pieces, speaker, results, names)
    if strict:
        _no_rubbish(pieces, written=any(r.outcome is Outcome.DONE for r in results))
    if strict and not speaker.cited | speaker.judged:
        _no_assertion("".join(p.text for p in pieces))
    text = re.sub(r"[ \t]+\n", "\n", "".join(p.text for p in pieces))
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if not text:
        raise Rejected("The reply is empty.")
    return Proven(text, tuple(speaker.proofs))


def _check(
    pieces: Sequence[Literal | Filled], speaker: Speaker, results: Sequence[Result], names: Iterable[str]
) -> None:
    """Hold every word of the writer against the results."""
    known = [n for n in names if len(n) > 1]
    for piece in pieces:
        if isinstance(piece, Literal):
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


def _no_rubbish(pieces: Sequence[Literal | Filled], *, written: bool) -> None:
    """What comes out of a model that is badly served, or claims something by way of an argument of its own."""
    for piece in pieces:
        if isinstance(piece, Literal) and (mark := words.MARKS.search(piece.text)):
            raise Rejected(f"{mark[0]!r} is no part of a reply: write a template.")
        if isinstance(piece, Filled) and piece.proof and re.match(r"a\d", piece.proof.reference):
            claims = (words.NONE, words.UNDONE, words.EVERY, *(() if written else (words.DONE,)))
            if claim := next((c for each in claims if (c := _claims(each, piece.text))), None):
                raise Rejected(f"{claim!r} in {{{piece.proof.reference}}} is a claim of your own: refer to a result.")
    if not re.search(r"[^\W_]", "".join(p.text for p in pieces)):
        raise Rejected("The reply has no words.")


def _no_assertion(text: str) -> None:
    for sentence in re.split(r"(?<=[.!…])\s+|(?<=\?)\s+|\n", text):
        if sentence.rstrip('»”" )').endswith("?"):
            continue
        if told := words.STATES.search(sentence) or words.NAMED.search(sentence):
            raise Rejected(
                f"{told[0]!r} asserts something, but no result is cited: call a tool, and refer to its result."
            )


def _no_claim(piece: Literal, speaker: Speaker, results: Sequence[Result]) -> None:
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
