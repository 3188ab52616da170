"""The steps of a turn: hear → understand → act ⇄ confirm → check → say → speak."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, SystemMessage, ToolMessage
from langgraph.config import get_stream_writer
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from agent import (
    aloud,
    ambiguity,
    approval,
    calls,
    context,
    hearing,
    memory,
    metrics,
    pictures,
    plain,
    prompts,
    proof,
    words,
)
from agent.arguments import BadArguments
from agent.model import OFFLINE
from agent.results import Outcome
from agent.state import Decision, Pending, State, setting
from agent.tools import Toolbox, offered

ASK = "ask_person"
LAST_STEPS = 5
"""Steps that it takes to end a turn from wherever it is."""

Update = dict[str, Any]


def _box(state: State, here: context.Context) -> Toolbox:
    return offered(here.house.box, tuple(sorted(state["facts"]["roles"])), here.house.settings.most_risk)


def _tell(kind: str, **parts: Any) -> None:
    get_stream_writer()({"event": kind, **parts})


async def understand(state: State, runtime: Runtime[context.Context]) -> Command[Literal["act", "check"]]:
    """Ask the model for the next calls, or for the reply."""
    here = context.of(runtime)
    settings = here.house.settings
    if state["remaining_steps"] <= LAST_STEPS or state["spent"] >= settings.turn_tokens:
        return Command(goto="check", update={"stopped": "limit"})
    box, failed = _box(state, here), list(state["failed"])
    system = SystemMessage(prompts.system(box, state["facts"], state.get("summary", "")))
    messages, tools = [system, *state["messages"], *_feedback(state)], [*box.wire(), prompts.ASK_PERSON]
    removed = _restart(state, box)
    gone = {m.id for m in removed}
    anew = [system, *(m for m in state["messages"] if m.id not in gone)]
    answer = await here.house.engines.answer(messages, tools, offline=bool(failed), anew=anew)
    update: Update = {"engine": answer.engine, "spent": state["spent"] + answer.tokens, "messages": [answer.message]}
    if answer.failed is not None:
        _tell("state", node="understand", failed=answer.failed)
        update |= {"failed": [*failed, answer.failed], "messages": [*removed, answer.message], "feedback": []}
    return Command(goto="act" if answer.message.tool_calls else "check", update=update)


def _feedback(state: State) -> list[AnyMessage]:
    """What the model is told of its rejected reply; not kept."""
    if not state["feedback"]:
        return []
    return [AIMessage(state["template"]), HumanMessage(prompts.rejected(state["feedback"][-1]))]


def _restart(state: State, box: Toolbox) -> list[RemoveMessage]:
    """Forget what the failed model did in this turn, so that the offline one begins anew; never a write."""
    if any(
        r.outcome in (Outcome.DONE, Outcome.REFUSED, Outcome.DECLINED) for r in calls.results(box, state["messages"])
    ):
        return []
    return [RemoveMessage(id=m.id) for m in memory.this_turn(state["messages"]) if m.id]


async def act(
    state: State, runtime: Runtime[context.Context]
) -> Command[Literal["confirm", "act", "understand", "check"]]:
    """Carry out the calls: questions together, then writes one by one, each after its yes; read the question out."""
    command = await _acted(state, runtime)
    if command.goto == "confirm" and state.get("spoken"):
        asked = shown(state, command.update["pending"])  # type: ignore[index]
        await hearing.spoken(context.of(runtime), asked["said"], state["facts"]["language"])
    return command


async def _acted(
    state: State, runtime: Runtime[context.Context]
) -> Command[Literal["confirm", "act", "understand", "check"]]:
    box, waiting = _box(state, context.of(runtime)), state.get("pending")
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
        _tell("tool", name=call["name"], arguments=call["args"], outcome=m.additional_kwargs["outcome"])
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
    _tell("tool", name=call["name"], arguments=call["args"], outcome=m.additional_kwargs["outcome"])
    return Command(goto="act", update={"messages": [m], "pending": None, "decision": None})


def _question(state: State, box: Toolbox, call: dict[str, Any], number: int) -> Command[Any]:
    try:
        waiting = ambiguity.question(box, state, call)
    except ambiguity.BadQuestion as wrong:
        return Command(goto="act", update={"messages": [calls.error(call, "BAD_ARGUMENTS", str(wrong), number)]})
    return Command(goto="confirm", update={"pending": waiting, "decision": None})


async def confirm(state: State, runtime: Runtime[context.Context]) -> Command[Literal["act"]]:
    """Wait for the person; nothing happens here, so that the step can be taken again."""
    waiting = state["pending"]
    assert waiting is not None
    answer = interrupt(shown(state, waiting))
    return Command(goto="act", update={"decision": _decision(answer)})


def shown(state: State, waiting: Pending) -> dict[str, Any]:
    """What a channel shows while the thread waits."""
    asked: dict[str, Any] = {"kind": waiting["kind"], "language": state["facts"]["language"]}
    if waiting["kind"] == "choice":
        asked |= {"question": waiting["question"], "choices": [c["label"] for c in waiting["choices"]]}
    else:
        text = approval.asked(waiting, setting(state["facts"]))
        asked |= {"tool": waiting["tool"], "question": text, "changes": waiting["changes"]}
    return asked | ({"said": _said_aloud(state, waiting, asked)} if state.get("spoken") else {})


def _said_aloud(state: State, waiting: Pending, asked: Mapping[str, Any]) -> str:
    """The question as it is said; first what was heard, where that may have been something else."""
    where = setting(state["facts"])
    if waiting["kind"] == "choice":
        return aloud.choices(asked["question"], asked["choices"], where.language)
    text = approval.read_back(waiting, where, state["facts"]["name"])
    return f"{words.say('heard_as', where.language, text=state['said'])} {text}" if state.get("doubtful") else text


def _decision(answer: Any) -> Decision:
    """Anything but a clear yes, or a clear choice, is a no."""
    if isinstance(answer, bool):
        return Decision(approve=answer)
    decided = Decision()
    if isinstance(answer, Mapping):
        if isinstance(answer.get("choice"), int) and not isinstance(answer["choice"], bool):
            decided["choice"] = answer["choice"]
        decided["approve"] = answer.get("approve") is True
    return decided


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
        _tell("tool", name=call["name"], arguments=call["args"], outcome=Outcome.DECLINED.value)
        return Command(goto="act", update=after | {"messages": [calls.message(call, told, Outcome.DECLINED, number)]})
    extra = {"confirmation": waiting["confirmation"]} if waiting["confirmation"] else None
    m, value = await calls.carried_out(box, here.graph, call, number, where.zone, where.language, extra)
    if approval.is_dry_run(value.get("now") or {}):
        again = approval.pending(box.tools[call["name"]], call["id"], value["now"], call["args"], "changed_since")
        return Command(goto="confirm", update={"pending": again, "decision": None})
    if value.get("__typename") == approval.EXPIRED:
        return await _prepared(state, here, box, call, note="expired")
    _tell("tool", name=call["name"], arguments=call["args"], outcome=m.additional_kwargs["outcome"])
    return Command(goto="act", update=after | {"messages": [m]})


async def check(state: State, runtime: Runtime[context.Context]) -> Command[Literal["understand", "say"]]:
    """Hold the reply against the results; ask once more if it says too much, then let the results speak."""
    here = context.of(runtime)
    box, where = _box(state, here), setting(state["facts"])
    results = calls.results(box, state["messages"])
    last = state["messages"][-1]
    template = last.text if isinstance(last, AIMessage) and not last.tool_calls else ""
    names = proof.names_in([m.artifact for m in state["messages"] if isinstance(m, ToolMessage)], box.contract)
    names |= {b[k] for b in state["facts"]["buildings"] for k in ("name", "code")}
    feedback = list(state["feedback"])
    if not state["stopped"]:
        try:
            strict = state["engine"] != OFFLINE
            proven = proof.prove(template, results, box.contract, where, names, strict=strict)
        except proof.Rejected as rejected:
            feedback.append(str(rejected))
            _tell("state", node="check", rejected=str(rejected))
            if len(feedback) == 1 and state["engine"] != OFFLINE:
                removed = [RemoveMessage(id=last.id)] if template and last.id else []
                return Command(
                    goto="understand", update={"feedback": feedback, "template": template, "messages": removed}
                )
        else:
            return Command(goto="say", update=_said(template, proven) | {"feedback": feedback})
    template = plain.reply(results, where.language)
    try:
        proven = proof.prove(template, results, box.contract, where)
    except proof.Rejected:
        proven = proof.Proven(words.say("lost", where.language), ())
    return Command(goto="say", update=_said(template, proven) | {"feedback": feedback})


def _said(template: str, proven: proof.Proven) -> Update:
    return {"template": template, "reply": proven.text, "proofs": [asdict(p) for p in proven.proofs]}


async def say(state: State, runtime: Runtime[context.Context]) -> Command[Literal["speak"]]:
    """Keep the reply in the thread: its template for the model, its text for people; and find how it is said aloud."""
    language = state["facts"]["language"]
    reply = state["reply"]
    if state["stopped"] == "limit":
        reply = f"{words.say('limit', language)}\n{reply}"
    last = state["messages"][-1]
    written = isinstance(last, AIMessage) and not last.tool_calls
    kept = AIMessage(
        state["template"], additional_kwargs={"said": reply, "engine": state["engine"]}, id=last.id if written else None
    )
    speech = aloud.aloud(reply, setting(state["facts"])) if state.get("spoken") else aloud.Speech("")
    box = _box(state, context.of(runtime))
    found = pictures.shown(box.contract, calls.results(box, state["messages"]))
    told = {"reply": reply, "speech": speech.text, "offer": list(speech.rest), "pictures": found}
    return Command(goto="speak", update=told | {"messages": [*hearing.closed(state), kept]})


async def speak(state: State, runtime: Runtime[context.Context]) -> Update:
    """Hand the reply over; when the turn is spoken, a short one, and as sound after the words."""
    text = state.get("speech") or state["reply"]
    whole = {"whole": state["reply"]} if text != state["reply"] else {}
    told = whole | _pictured(state, context.of(runtime))
    _tell("reply", text=text, proofs=state["proofs"], engine=state["engine"], failed=state["failed"], **told)
    if state.get("spoken"):
        await hearing.spoken(context.of(runtime), text, state.get("tongue") or "ru")
    return {}


def _pictured(state: State, here: context.Context) -> dict[str, Any]:
    """The reply's pictures, and on which server people find them."""
    if not state.get("pictures"):
        return {}
    settings = here.house.settings
    return {"pictures": state["pictures"], "pictures_at": (settings.public_url or settings.api_url).rstrip("/")}
