"""An ambiguous name becomes a question, never a guess."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent import calls, memory, proof, words
from agent.results import Outcome, Result
from agent.state import Decision, Pending, State, setting
from agent.tools import Toolbox

SEARCH = "search"
CHOICES = 8
EXACT = 0.999
"""The score of a hit whose name is what was said; only another such hit is as good."""
TOLD_APART = frozenset({"SENSOR"})
"""Kinds whose things are told apart by more than their name: a sensor by what it measures."""


class BadQuestion(ValueError):
    """A question to the person that holds what no result says."""


def found(box: Toolbox, state: State, todo: Sequence[Mapping[str, Any]], close: float) -> Pending | None:
    """A question, if a call uses one of several search hits that are as good as each other."""
    used = {v for call in todo if call["name"] != SEARCH for v in _texts(call["args"])}
    for result in calls.results(box, state["messages"]):
        if result.name != SEARCH or result.outcome is not Outcome.READ:
            continue
        for hit in result.value.get("nodes", ()):
            rivals = _rivals(result, hit, close)
            mine = _keys(hit) & used
            if not mine or len(rivals) < 2 or _settled(state, rivals) or all(_keys(r) & used for r in rivals):
                continue
            call = next(c for c in todo if set(_texts(c["args"])) & _keys(hit))
            return _pending(state, call, rivals)
    return None


def _rivals(result: Result, hit: Mapping[str, Any], close: float) -> list[Mapping[str, Any]]:
    """Hits of the same kind that are about as near as the best of that kind."""
    if hit.get("kind") in TOLD_APART:
        return []
    same = [h for h in result.value["nodes"] if h.get("kind") == hit.get("kind")]
    best = max(float(h.get("score") or 0) for h in same)
    least = EXACT if best >= EXACT else close * best
    near = [h for h in same if float(h.get("score") or 0) >= least]
    return near if hit in near else []


def _settled(state: State, rivals: Sequence[Mapping[str, Any]]) -> bool:
    return any(_id(r) in state["settled"] for r in rivals)


def _pending(state: State, call: Mapping[str, Any], rivals: Sequence[Mapping[str, Any]]) -> Pending:
    choices = [{"label": _label(r), "value": _id(r)} for r in rivals[:CHOICES]]
    return Pending(
        kind="choice",
        call=str(call["id"]),
        tool=str(call["name"]),
        confirmation=None,
        changes=[],
        question=words.say("which", state["facts"]["language"]),
        choices=choices,
        note=None,
    )


def question(box: Toolbox, state: State, call: Mapping[str, Any]) -> Pending:
    """A question that the model asks; its words are held against the results like a reply's."""
    given, where = call["args"], setting(state["facts"])
    results = calls.results(box, state["messages"])
    known = set(_texts([r.value for r in results]))
    choices = given.get("choices")
    if not isinstance(choices, list) or len(choices) < 2:
        raise BadQuestion("A question needs at least two choices.")
    shown = []
    for choice in choices[:CHOICES]:
        label, value = (choice.get("label"), choice.get("value")) if isinstance(choice, Mapping) else (choice, None)
        text = _proven(str(label or ""), box, results, known, where)
        shown.append({"label": text, "value": _proven(str(value), box, results, known, where) if value else text})
    asked = _proven(str(given.get("question") or words.say("which", where.language)), box, results, known, where)
    return Pending(
        kind="choice", call=str(call["id"]), tool=str(call["name"]), confirmation=None, changes=[], question=asked,
        choices=shown, note=None,
    )  # fmt: skip


def _proven(text: str, box: Toolbox, results: Sequence[Result], known: set[str], where: Any) -> str:
    if text in known:
        return text
    try:
        return (
            proof.prove(text, [], box.contract, where).text if "{" not in text else _filled(text, box, results, where)
        )
    except proof.Rejected as rejected:
        raise BadQuestion(str(rejected)) from None


def _filled(text: str, box: Toolbox, results: Sequence[Result], where: Any) -> str:
    return proof.prove(text, results, box.contract, where).text


def settled(state: State, waiting: Pending, decision: Decision, call: Mapping[str, Any], number: int) -> dict[str, Any]:
    """What follows from the person's choice: a result of `ask_person`, or the call with the chosen thing."""
    index = decision.get("choice", -1)
    choices = waiting["choices"]
    if not 0 <= index < len(choices):
        told = {"message": words.say("declined", state["facts"]["language"])}
        return {"messages": [calls.message(call, told, Outcome.DECLINED, number)]}
    chosen = choices[index]
    marks = state["settled"] | {c["value"]: chosen["value"] for c in choices}
    if waiting["tool"] == "ask_person":
        value = {"choice": index, "label": chosen["label"], "value": chosen["value"]}
        return {"messages": [calls.message(call, value, Outcome.CHOSEN, number)], "settled": marks}
    return {"messages": _corrected(state, waiting, chosen), "settled": marks}


def _corrected(state: State, waiting: Pending, chosen: Mapping[str, Any]) -> list[Any]:
    """The calls of the turn with the chosen thing in place of its rivals."""
    others = {key: chosen["value"] for c in waiting["choices"] for key in (c["value"], c["label"])}
    changed = []
    for m in memory.this_turn(state["messages"]):
        if m.type == "ai" and getattr(m, "tool_calls", None):
            fixed = [{**c, "args": _replaced(c["args"], others)} if c["name"] != SEARCH else c for c in m.tool_calls]
            changed.append(m.model_copy(update={"tool_calls": fixed}))
    return changed[-1:]


def _replaced(value: Any, others: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {k: _replaced(v, others) for k, v in value.items()}
    if isinstance(value, list):
        return (
            list(dict.fromkeys(_replaced(v, others) for v in value))
            if all(isinstance(v, str) for v in value)
            else [_replaced(v, others) for v in value]
        )
    return others.get(value, value) if isinstance(value, str) else value


def _id(hit: Mapping[str, Any]) -> str:
    item = hit.get("item") or {}
    return str(item.get("id") or hit.get("label"))


def _label(hit: Mapping[str, Any]) -> str:
    return str(hit.get("label") or _id(hit))


def _keys(hit: Mapping[str, Any]) -> set[str]:
    item = hit.get("item") or {}
    return {str(v) for k, v in item.items() if k in ("id", "name", "number", "code") and v} | {_id(hit), _label(hit)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
