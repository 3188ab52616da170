"""Calls carried out: a model's tool call becomes an operation, its answer a message with the result."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage

from agent import approval, metrics, tracing, words
from agent.arguments import BadArguments
from agent.client import Faulty, Graph, GraphError, Unauthorised, Unreachable
from agent.jsonschema import compact
from agent.memory import this_turn
from agent.pictures import covered
from agent.prompts import fenced
from agent.results import Outcome, Result
from agent.tools import Call, Toolbox
from agent.words import Language

log = logging.getLogger(__name__)

SHOWN = 10_000
"""Bytes of a result that a model sees; the rest is left out and said to be."""


def message(
    call: Mapping[str, Any],
    value: Mapping[str, Any],
    outcome: Outcome,
    number: int,
    *,
    whole: bool = True,
    seen: Mapping[str, Any] | None = None,
) -> ToolMessage:
    """The result of a call: its text for a model (which sees `seen`, if not all), its value for whoever proves."""
    failed = outcome is Outcome.FAILED
    return ToolMessage(
        content=f"r{number} {outcome.value}\n{fenced(shown(value if seen is None else seen))}",
        artifact=dict(value),
        tool_call_id=str(call["id"]),
        name=str(call["name"]),
        status="error" if failed else "success",
        additional_kwargs={"outcome": outcome.value, "whole": whole},
    )


def shown(value: Mapping[str, Any]) -> str:
    """The result as JSON, cut to what a model can read."""
    text = compact(value)
    nodes = value.get("nodes")
    while len(text.encode()) > SHOWN and isinstance(nodes, list) and len(nodes) > 1:
        nodes = nodes[: max(1, len(nodes) * 2 // 3)]
        text = compact({**value, "nodes": nodes, "notShown": len(value["nodes"]) - len(nodes)})
    return text if len(text.encode()) <= 2 * SHOWN else json.dumps(text[:SHOWN], ensure_ascii=False)


def error(call: Mapping[str, Any], code: str, sentence: str, number: int) -> ToolMessage:
    """The result of a call that failed."""
    return message(call, {"error": {"code": code, "message": sentence}}, Outcome.FAILED, number)


async def carried_out(
    box: Toolbox,
    graph: Graph,
    call: Mapping[str, Any],
    number: int,
    zone: tzinfo,
    language: Language,
    extra: Mapping[str, Any] | None = None,
) -> tuple[ToolMessage, Mapping[str, Any]]:
    """Send a call; its message and its value. Never raises for what the graph answers or does not answer."""
    told = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": str(call["name"]),
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": str(call["id"]),
        "markoff.dry_run": "dryRun" in (extra or {}),
    }
    begun = time.perf_counter()
    with tracing.span(f"execute_tool {call['name']}", told) as span:
        done, value = await _sent(box, graph, call, number, zone, language, extra)
        tracing.tell(span, {"markoff.outcome": done.additional_kwargs["outcome"]})
        tracing.content(span, {"gen_ai.tool.call.arguments": call["args"], "gen_ai.tool.call.result": done.text})
        if done.status == "error":
            tracing.failed(span, str((done.artifact.get("error") or {}).get("code")))
    _count(box, call, done, "dryRun" in (extra or {}), time.perf_counter() - begun)
    return done, value


def _count(box: Toolbox, call: Mapping[str, Any], done: ToolMessage, tried: bool, seconds: float) -> None:
    """Count a call; a change that was only tried is not done."""
    name, outcome = str(call["name"]), str(done.additional_kwargs["outcome"])
    outcome = "tried" if tried and outcome == Outcome.DONE else outcome
    code = str((done.artifact.get("error") or {}).get("code")) if done.status == "error" else None
    metrics.called(name, name in box.tools, outcome, code, seconds)


async def _sent(
    box: Toolbox,
    graph: Graph,
    call: Mapping[str, Any],
    number: int,
    zone: tzinfo,
    language: Language,
    extra: Mapping[str, Any] | None,
) -> tuple[ToolMessage, Mapping[str, Any]]:
    try:
        ready = prepared(box, call, zone, extra)
        value = _read(ready, await graph.execute(ready.document, ready.variables, language))
    except BadArguments as wrong:
        return error(call, "BAD_ARGUMENTS", str(wrong), number), {}
    except Unauthorised:
        return error(call, "UNAUTHORISED", words.say("forbidden", language), number), {}
    except Unreachable as lost:
        log.warning("the graph did not answer %s: %s", call["name"], lost)
        key = "uncertain" if lost.uncertain and ready.tool.kind == "mutation" else "unreachable"
        return error(call, lost.code, words.say(key, language), number), {}
    except GraphError as fault:
        return error(call, fault.code, str(fault), number), {}
    made = Result(
        number, ready.tool.name, ready.tool, str(call["id"]), call["args"], value, approval.outcome(ready.tool, value)
    )
    seen = covered(ready.tool.contract, made)
    return message(call, value, made.outcome, number, whole=ready.whole, seen=seen), value


def _read(ready: Call, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer as a result; `Faulty` where it is not shaped as the contract says."""
    try:
        return ready.read(data)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise Faulty(f"The graph's answer to {ready.tool.name} is not what the contract says.", "BAD_ANSWER") from wrong


def prepared(box: Toolbox, call: Mapping[str, Any], zone: tzinfo, extra: Mapping[str, Any] | None = None) -> Call:
    """The operation of a call; `BadArguments` for an unknown tool, too."""
    tool = box.tools.get(str(call["name"]))
    if tool is None:
        raise BadArguments(f"There is no tool {call['name']!r}. Tools: {', '.join(box.tools)}.")
    return tool.call(call["args"], zone, extra)


def results(box: Toolbox, messages: Sequence[AnyMessage]) -> list[Result]:
    """The results of the turn, numbered in order."""
    turn = this_turn(messages)
    given = {c["id"]: c for m in turn if isinstance(m, AIMessage) for c in m.tool_calls}
    found: list[Result] = []
    for m in turn:
        if isinstance(m, ToolMessage):
            call = given.get(m.tool_call_id)
            found.append(
                Result(
                    number=len(found) + 1,
                    name=m.name or "",
                    tool=box.tools.get(m.name or ""),
                    call=m.tool_call_id,
                    arguments=call["args"] if call else {},
                    value=m.artifact or {},
                    outcome=Outcome(m.additional_kwargs.get("outcome", "read")),
                    whole=bool(m.additional_kwargs.get("whole", True)),
                )
            )
    return found
