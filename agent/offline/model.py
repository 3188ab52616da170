"""The chat model itself: messages in, tool calls or a reply template out; nothing but rules, the same every time."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from agent.offline.follow import follow
from agent.offline.plan import proceed
from agent.offline.question import CHAT, Building, Context, Question, Topic
from agent.offline.steps import Call, Got, Reply, either
from agent.offline.understand import understand

NAME = "markoff-offline"
NOT_OFFERED = ("Это вам недоступно: нужны другие права.", "This is not open to you: it takes other rights.")
WRITTEN_BY = {
    Topic.ACKNOWLEDGE: "acknowledgeAlarm",
    Topic.SHELVE: "shelveAlarm",
    Topic.RESET: "resetAlarm",
    Topic.END_LEASE: "endLease",
    Topic.PLACE: "placeTenant",
    Topic.UPDATE_ROOM: "updateRoom",
}
"""The tools without which there is no use in beginning."""


class OfflineModel(BaseChatModel):
    """Understands the building's questions without a language model; made to stand where any chat model does."""

    @property
    def _llm_type(self) -> str:
        return NAME

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": NAME}

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model that calls only these tools."""
        return self.bind(offered=[_name(tool) for tool in tools])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        offered: list[str] | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        context = context_of(messages)
        question = asked(messages, context)
        results = given(messages)
        step = proceed(question, context, results)
        if offered is not None and not allowed(question, step, offered):
            judged = "".join(f"{{if {got.ref} empty}}{{end}}" for got in results)
            step = Reply(either(question.language, *NOT_OFFERED) + judged)
        message = _message(step, len(messages), question)
        return ChatResult(generations=[ChatGeneration(message=message)])


def allowed(question: Question, step: list[Call] | Reply, offered: list[str]) -> bool:
    """Whether the person may have what the next calls, or the write that they lead to, need."""
    if WRITTEN_BY.get(question.topic, "search") not in {*offered, "search"}:
        return False
    return isinstance(step, Reply) or all(call.tool in offered for call in step)


def _message(step: list[Call] | Reply, size: int, question: Question) -> AIMessage:
    about = {"model_name": NAME, "topic": question.topic.value}
    if isinstance(step, Reply):
        return AIMessage(step.text, response_metadata=about)
    calls = [{"name": c.tool, "args": c.args, "id": f"offline-{size}-{n}"} for n, c in enumerate(step, 1)]
    return AIMessage("", tool_calls=calls, response_metadata=about)


def _name(tool: Any) -> str:
    if isinstance(tool, dict):
        return str((tool.get("function") or tool).get("name"))
    return str(getattr(tool, "name", None) or getattr(tool, "__name__", tool))


# -- what the messages hold


def asked(messages: Sequence[BaseMessage], context: Context) -> Question:
    """The question of the last human message, in the light of those before it."""
    question: Question | None = None
    before: Question | None = None
    for message in messages:
        if isinstance(message, HumanMessage):
            question = follow(before, understand(message.text, context))
            before = before if question.topic in CHAT else question
    return replace(question or Question(), language=context.language)


def given(messages: Sequence[BaseMessage]) -> list[Got]:
    """The results of this turn's calls, numbered as the reply refers to them."""
    last = max((i for i, m in enumerate(messages) if isinstance(m, HumanMessage)), default=-1)
    turn = messages[last + 1 :]
    calls = {c["id"]: Call(c["name"], c["args"]) for m in turn if isinstance(m, AIMessage) for c in m.tool_calls}
    found: list[Got] = []
    for m in turn:
        if isinstance(m, ToolMessage):
            call = calls.get(m.tool_call_id, Call(m.name or ""))
            outcome = str(m.additional_kwargs.get("outcome", "failed" if m.status == "error" else "read"))
            found.append(Got(len(found) + 1, call, _value(m), outcome))
    return found


def _value(message: ToolMessage) -> dict[str, Any]:
    """The parsed result; from the text where there is no artifact."""
    if isinstance(message.artifact, dict):
        return message.artifact
    text = message.text
    start, end = text.find("{"), text.rfind("}")
    try:
        value = json.loads(text[start : end + 1])
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def context_of(messages: Sequence[BaseMessage]) -> Context:
    """The context in the last line of the system message; a plain one where there is none."""
    text = next((m.text for m in messages if isinstance(m, SystemMessage)), "")
    try:
        said = json.loads(text.strip().splitlines()[-1]) if text.strip() else {}
    except ValueError:
        said = {}
    return _context(said if isinstance(said, dict) else {})


def _context(said: dict[str, Any]) -> Context:
    try:
        zone = ZoneInfo(str(said.get("zone") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    try:
        now = datetime.fromisoformat(str(said.get("now")))
    except ValueError:
        now = datetime.now(UTC)
    known = said.get("buildings")
    buildings = [b for b in known if isinstance(b, dict)] if isinstance(known, list) else []
    return Context(
        now=(now if now.tzinfo else now.replace(tzinfo=zone)).replace(microsecond=0),
        zone=zone,
        language="en" if said.get("language") == "en" else "ru",
        buildings=tuple(Building(*(str(b.get(k) or "") for k in ("id", "code", "name"))) for b in buildings),
        roles=tuple(str(r) for r in said.get("roles") or ()),
    )
