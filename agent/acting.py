"""The step of a turn that does things: questions at once, a write after its yes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Literal

from langchain_core.messages import ToolMessage
from langgraph.runtime import Runtime
from langgraph.types import Command

from agent import ambiguity, approval, asking, calls, context, hearing, memory, metrics, words
from agent.arguments import BadArguments
from agent.events import tell
from agent.results import Outcome
from agent.state import Decision, Pending, State, setting
from agent.tools import Toolbox

ASK = "ask_person"
LAST_STEPS = 5
"""Steps that it takes to end a turn from wherever it is."""

Update = dict[str, Any]


async def act(
    state: State, runtime: Runtime[context.Context]
) -> Command[Literal["confirm", "act", "understand", "check"]]:
    """Carry out the calls: questions together, then writes one by one, each after its yes; read the question out."""
    command = await _acted(state, runtime)
    if command.goto == "confirm" and state.get("spoken"):
        asked = asking.shown(state, command.update["pending"])  # type: ignore[index]
        await hearing.spoken(context.of(runtime), asked["said"], state["facts"]["language"])
    return command


async def _acted(
    state: State, runtime: Runtime[context.Context]
) -> Command[Literal["confirm", "act", "understand", "check"]]:
    box, waiting = context.of(runtime).box(state["facts"]["roles"]), state.get("pending")
    todo = memory.unanswered(memory.this_turn(state["messages"]))
    if waiting is not None:
        return await _decided(state, context.of(runtime), box, waiting)
    if todo and state["remaining_steps"] <= LAST_STEPS:
        return Command(goto="check", update={"stopped": "limit"})
    if asked := ambiguity.found(box, state, todo, context.of(runtime).house.settings.close_score):
        return Command(goto="confirm", update={"pending": asked})
    questions = [c for c in todo if not _waits(box, state, c)]
    if questions:
        return Command(goto="act", update={"messages": await _carried_out(state, context.of(runtime), box, questions)})
    if todo:
        return await _prepared(state, context.of(runtime), box, todo[0])
    return Command(goto="understand")


def _waits(box: Toolbox, state: State, call: Mapping[str, Any]) -> bool:
    if call["name"] == ASK:
        return True
    tool = box.tools.get(call["name"])
    tainted = bool(state.get("doubtful")) or any(isinstance(m, ToolMessage) for m in state["messages"])
    return tool is not None and approval.needs_yes(tool, tainted=tainted)


async def _carried_out(
    state: State, here: context.Context, box: Toolbox, todo: list[dict[str, Any]]
) -> list[ToolMessage]:
    number, where = len(calls.results(box, state["messages"])), setting(state["facts"])
    sent = [
        calls.carried_out(box, here.graph, call, number + i + 1, where.zone, where.language)
        for i, call in enumerate(todo)
    ]
    done = [m for m, _ in await asyncio.gather(*sent)]
    for call, m in zip(todo, done, strict=True):
        tell("tool", name=call["name"], arguments=call["args"], outcome=m.additional_kwargs["outcome"])
    return done


async def _prepared(
    state: State, here: context.Context, box: Toolbox, call: dict[str, Any], note: str | None = None
) -> Command[Any]:
    """Find out what a write would change, and ask; or ask which of several things is meant."""
    number, where = len(calls.results(box, state["messages"])) + 1, setting(state["facts"])
    if call["name"] == ASK:
        return _question(state, box, call, number)
    tool = box.tools[call["name"]]
    if not tool.confirmed:
        try:
            calls.prepared(box, call, where.zone)
        except BadArguments as wrong:
            return Command(goto="act", update={"messages": [calls.error(call, "BAD_ARGUMENTS", str(wrong), number)]})
        return Command(goto="confirm", update={"pending": approval.pending(tool, call["id"], None, call["args"])})
    dry = {"dryRun": True}
    m, value = await calls.carried_out(box, here.graph, call, number, where.zone, where.language, dry)
    if approval.is_dry_run(value):
        waiting = approval.pending(tool, call["id"], value, call["args"], note)
        return Command(goto="confirm", update={"pending": waiting, "decision": None})
    if m.additional_kwargs["outcome"] == Outcome.DONE:
        m = calls.error(call, "NO_DRY_RUN", "The graph did not show the difference.", number)
    tell("tool", name=call["name"], arguments=call["args"], outcome=m.additional_kwargs["outcome"])
    return Command(goto="act", update={"messages": [m], "pending": None, "decision": None})


def _question(state: State, box: Toolbox, call: dict[str, Any], number: int) -> Command[Any]:
    try:
        waiting = ambiguity.question(box, state, call)
    except ambiguity.BadQuestion as wrong:
        return Command(goto="act", update={"messages": [calls.error(call, "BAD_ARGUMENTS", str(wrong), number)]})
    return Command(goto="confirm", update={"pending": waiting, "decision": None})


async def _decided(state: State, here: context.Context, box: Toolbox, waiting: Pending) -> Command[Any]:
    """Go on as the person decided."""
    decision: Decision = state.get("decision") or Decision()
    metrics.decided(decision)
    call = next(c for c in memory.unanswered(state["messages"]) if c["id"] == waiting["call"])
    number, where = len(calls.results(box, state["messages"])) + 1, setting(state["facts"])
    after: Update = {"pending": None, "decision": None}
    if waiting["kind"] == "choice":
        return Command(goto="act", update=after | ambiguity.settled(state, waiting, decision, call, number))
    if not decision.get("approve"):
        told = {"message": words.say("declined", where.language)}
        tell("tool", name=call["name"], arguments=call["args"], outcome=Outcome.DECLINED.value)
        return Command(goto="act", update=after | {"messages": [calls.message(call, told, Outcome.DECLINED, number)]})
    extra = {"confirmation": waiting["confirmation"]} if waiting["confirmation"] else None
    m, value = await calls.carried_out(box, here.graph, call, number, where.zone, where.language, extra)
    if approval.is_dry_run(value.get("now") or {}):
        again = approval.pending(box.tools[call["name"]], call["id"], value["now"], call["args"], "changed_since")
        return Command(goto="confirm", update={"pending": again, "decision": None})
    if value.get("__typename") == approval.EXPIRED:
        return await _prepared(state, here, box, call, note="expired")
    tell("tool", name=call["name"], arguments=call["args"], outcome=m.additional_kwargs["outcome"])
    return Command(goto="act", update=after | {"messages": [m]})
