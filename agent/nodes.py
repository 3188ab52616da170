"""The steps of a turn: hear → understand → act ⇄ confirm → check → say → speak; two are in `hearing` and `acting`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, SystemMessage, ToolMessage
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from agent import (
    aloud,
    asking,
    calls,
    context,
    hearing,
    memory,
    pictures,
    plain,
    prompts,
    proof,
    words,
)
from agent.acting import LAST_STEPS, Update
from agent.events import tell
from agent.model import OFFLINE
from agent.results import Outcome
from agent.state import State, setting
from agent.tools import Toolbox


async def understand(state: State, runtime: Runtime[context.Context]) -> Command[Literal["act", "check"]]:
    """Ask the model for the next calls, or for the reply."""
    here = context.of(runtime)
    settings = here.house.settings
    if state["remaining_steps"] <= LAST_STEPS or state["spent"] >= settings.turn_tokens:
        return Command(goto="check", update={"stopped": "limit"})
    box, failed = here.box(state["facts"]["roles"]), list(state["failed"])
    system = SystemMessage(prompts.system(box, state["facts"], state.get("summary", "")))
    messages, tools = [system, *state["messages"], *_feedback(state)], [*box.wire(), prompts.ASK_PERSON]
    removed = _restart(state, box)
    gone = {m.id for m in removed}
    anew = [system, *(m for m in state["messages"] if m.id not in gone)]
    answer = await here.house.engines.answer(messages, tools, offline=bool(failed), anew=anew)
    update: Update = {"engine": answer.engine, "spent": state["spent"] + answer.tokens, "messages": [answer.message]}
    if answer.failed is not None:
        tell("state", node="understand", failed=answer.failed)
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


async def confirm(state: State, runtime: Runtime[context.Context]) -> Command[Literal["act"]]:
    """Wait for the person; nothing happens here, so that the step can be taken again."""
    waiting = state["pending"]
    assert waiting is not None
    answer = interrupt(asking.shown(state, waiting))
    return Command(goto="act", update={"decision": asking.decision(answer)})


async def check(state: State, runtime: Runtime[context.Context]) -> Command[Literal["understand", "say"]]:
    """Hold the reply against the results; ask once more if it says too much, then let the results speak."""
    here = context.of(runtime)
    box, where = here.box(state["facts"]["roles"]), setting(state["facts"])
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
            tell("state", node="check", rejected=str(rejected))
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
    box = context.of(runtime).box(state["facts"]["roles"])
    found = pictures.shown(box.contract, calls.results(box, state["messages"]))
    told = {"reply": reply, "speech": speech.text, "offer": list(speech.rest), "pictures": found}
    return Command(goto="speak", update=told | {"messages": [*hearing.closed(state), kept]})


async def speak(state: State, runtime: Runtime[context.Context]) -> Update:
    """Hand the reply over; when the turn is spoken, a short one, and as sound after the words."""
    text = state.get("speech") or state["reply"]
    whole = {"whole": state["reply"]} if text != state["reply"] else {}
    told = whole | _pictured(state, context.of(runtime))
    tell("reply", text=text, proofs=state["proofs"], engine=state["engine"], failed=state["failed"], **told)
    if state.get("spoken"):
        await hearing.spoken(context.of(runtime), text, state.get("tongue") or "ru")
    return {}


def _pictured(state: State, here: context.Context) -> dict[str, Any]:
    """The reply's pictures, and on which server people find them."""
    if not state.get("pictures"):
        return {}
    settings = here.house.settings
    return {"pictures": state["pictures"], "pictures_at": (settings.public_url or settings.api_url).rstrip("/")}
