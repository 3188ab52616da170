"""Who understands and answers: a model at any OpenAI-compatible address, and the offline one when it fails."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage, HumanMessage
from pydantic import ValidationError

from agent import metrics, tracing
from agent.settings import AgentSettings

log = logging.getLogger(__name__)

OFFLINE = "offline"
THOUGHT = re.compile(r"\A.*</think>|<think>.*\Z", re.DOTALL)
"""What a model thinks aloud where its server does not take that apart; cut off, it is all that there is."""
LETTERS = 4
"""Letters of a token, on average."""
HEALTH = 2.0
"""Seconds in which a model tells that it is there."""
TRIES = 2
"""How often a model may send arguments that cannot be read, or nothing."""


@dataclass(frozen=True)
class Answer:
    """What was answered, and who answered it."""

    message: AIMessage
    engine: str
    failed: str | None = None
    """Why the configured model did not answer."""
    heard: int = 0
    """Letters that the model was given."""

    @property
    def tokens(self) -> int:
        """Tokens that the answer cost, as the server tells, or else by estimate; the offline model costs none."""
        if self.engine == OFFLINE:
            return 0
        usage = self.message.usage_metadata
        return int(usage["total_tokens"]) if usage else (self.heard + len(self.message.text)) // LETTERS


class ModelFailed(Exception):
    """The configured model gave no answer that can be used."""


@dataclass(frozen=True)
class Engines:
    """The configured model, if any, and the offline one."""

    offline: BaseChatModel
    configured: BaseChatModel | None = None
    name: str = OFFLINE
    timeout: float = 30.0
    stall: float = 10.0
    stream: bool = True

    async def answer(
        self,
        messages: Sequence[AnyMessage],
        tools: list[dict[str, Any]],
        *,
        offline: bool,
        anew: Sequence[AnyMessage] | None = None,
    ) -> Answer:
        """The next message of the turn; `offline` leaves the configured model out.

        If that one fails, the offline one answers to `anew`: the messages without what the other has begun.
        """
        failed, begun = None, time.perf_counter()
        if self.configured is not None and not offline:
            try:
                with self._span(self.name) as span:
                    message = await self._configured(messages, tools)
                    _told(span, messages, message)
                metrics.answered("configured", "ok", time.perf_counter() - begun, message.usage_metadata)
                return Answer(message, self.name, heard=sum(len(m.text) for m in messages))
            except ModelFailed as error:
                failed = str(error)
                metrics.answered("configured", "failed", time.perf_counter() - begun)
                metrics.FALLBACKS.inc()
                log.warning("the model %s failed: %s", self.name, failed)
        heard = messages if failed is None or anew is None else anew
        begun = time.perf_counter()
        with self._span(OFFLINE) as span:
            message = await self.offline.bind_tools(tools).ainvoke(list(heard))
            _told(span, heard, message)
        metrics.answered(OFFLINE, "ok", time.perf_counter() - begun)
        return Answer(message, OFFLINE, failed)

    def _span(self, model: str) -> AbstractContextManager[Any]:
        """A span of one answer of a model, by OpenTelemetry's names for generative AI."""
        provider = "markoff" if model == OFFLINE else "openai"
        told = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model}
        return tracing.span(f"chat {model}", told, kind="INTERNAL" if model == OFFLINE else "CLIENT")

    async def health(self) -> dict[str, str]:
        """Who answers: its name, and `ok`, `away` (the offline one stands in) or `unlisted`."""
        import openai

        client: openai.AsyncOpenAI | None = getattr(self.configured, "root_async_client", None)
        if client is None:
            return {"name": self.name, "status": "ok"}
        try:
            listed = await client.models.list(timeout=HEALTH)
            status = "ok" if any(each.id == self.name for each in listed.data) else "unlisted"
        except (openai.OpenAIError, OSError, TypeError, ValueError, AttributeError):
            status = "away"
        return {"name": self.name, "status": status}

    async def close(self) -> None:
        """Let go of the connections to the configured model."""
        client = getattr(self.configured, "root_async_client", None)
        if client is not None:
            await client.close()

    async def _configured(self, messages: Sequence[AnyMessage], tools: list[dict[str, Any]]) -> AIMessage:
        said: list[BaseMessage] = list(messages)
        why = ""
        for _ in range(TRIES):
            try:
                message = _spoken(await asyncio.wait_for(self._once(said, tools), self.timeout))
            except TimeoutError:
                raise ModelFailed(f"it took longer than {self.timeout:g} s") from None
            except ValidationError:
                why = "its arguments are no JSON object"
            else:
                if not message.invalid_tool_calls and (message.tool_calls or message.text.strip()):
                    return _renumbered(message)
                broken = [c.get("name") or "?" for c in message.invalid_tool_calls]
                why = f"the arguments of {', '.join(broken)} are not JSON" if broken else "it said nothing"
            said = [*messages, HumanMessage(f"[Your last answer could not be used: {why}. Answer again.]")]
        raise ModelFailed(why)

    async def _once(self, messages: list[BaseMessage], tools: list[dict[str, Any]]) -> AIMessage:
        import openai

        assert self.configured is not None
        bound = self.configured.bind_tools(tools) if tools else self.configured
        if tracing.on is not None:
            bound = bound.bind(extra_headers=tracing.carried())
        try:
            if not self.stream:
                return await bound.ainvoke(messages)
            pieces = bound.astream(messages)
            whole: Any = None
            begun = time.perf_counter()
            while (piece := await asyncio.wait_for(anext(pieces, None), self.stall)) is not None:
                if whole is None:
                    metrics.FIRST_SECONDS.observe(time.perf_counter() - begun)
                whole = piece if whole is None else whole + piece
            return _whole(whole)
        except TimeoutError:
            raise ModelFailed("it stopped in the middle of its answer") from None
        except (openai.OpenAIError, OSError) as error:
            raise ModelFailed(f"{type(error).__name__}: {error}"[:300]) from error
        except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
            if isinstance(error, ValidationError):
                raise
            raise ModelFailed(f"its answer cannot be read: {type(error).__name__}") from error


def _told(span: Any, heard: Sequence[AnyMessage], message: AIMessage) -> None:
    """What a model's answer cost, and what it was where content is told."""
    usage = message.usage_metadata
    cost = {
        "gen_ai.usage.input_tokens": usage["input_tokens"] if usage else None,
        "gen_ai.usage.output_tokens": usage["output_tokens"] if usage else None,
        "gen_ai.response.finish_reasons": ["tool_calls" if message.tool_calls else "stop"],
    }
    tracing.tell(span, cost)
    said = [{"role": m.type, "content": m.text} for m in heard]
    answered = {"role": "assistant", "content": message.text, "tool_calls": message.tool_calls}
    tracing.content(span, {"gen_ai.input.messages": said, "gen_ai.output.messages": [answered]})


def _whole(pieces: Any) -> AIMessage:
    """The message that the pieces of a stream make up; LangChain would mend broken arguments, we do not."""
    if not isinstance(pieces, AIMessageChunk):
        return AIMessage("")
    calls, broken = [], []
    for piece in pieces.tool_call_chunks:
        try:
            arguments = json.loads(piece["args"] or "{}")
        except ValueError:
            arguments = None
        if isinstance(arguments, dict) and piece["name"]:
            calls.append({"name": piece["name"], "args": arguments, "id": piece["id"], "type": "tool_call"})
        else:
            kept = {k: piece.get(k) for k in ("name", "args", "id")}
            broken.append({**kept, "error": "no JSON object", "type": "invalid_tool_call"})
    return AIMessage(
        pieces.text, tool_calls=calls, invalid_tool_calls=broken, usage_metadata=pieces.usage_metadata,
        response_metadata=pieces.response_metadata,
    )  # fmt: skip


def _spoken(message: AIMessage) -> AIMessage:
    """The message without what was only thought."""
    spoken = THOUGHT.sub("", message.text)
    return message if spoken == message.text else message.model_copy(update={"content": spoken})


def _renumbered(message: AIMessage) -> AIMessage:
    """The message with ids of our own for its calls: some servers use the same ones over and over."""
    calls = [{**call, "id": f"call_{uuid.uuid4().hex}"} for call in message.tool_calls]
    return AIMessage(message.text, tool_calls=calls, usage_metadata=message.usage_metadata)


def engines(settings: AgentSettings) -> Engines:
    """The engines that the settings name; nothing is asked of them yet."""
    from agent.offline import OfflineModel

    offline = OfflineModel()
    if not settings.model_url:
        return Engines(offline)
    return Engines(
        offline,
        configured(settings),
        settings.model_name,
        settings.model_timeout,
        settings.model_stall,
        settings.model_stream,
    )


def configured(settings: AgentSettings) -> BaseChatModel:
    """The model at the configured address."""
    from langchain_openai import ChatOpenAI
    from openai import DefaultAsyncHttpxClient
    from pydantic import SecretStr

    return ChatOpenAI(
        model=settings.model_name,
        base_url=settings.model_url,
        api_key=settings.model_key or SecretStr("none"),
        temperature=settings.model_temperature,
        max_completion_tokens=settings.model_max_tokens,
        timeout=settings.model_timeout,
        max_retries=0,
        stream_usage=True,
        use_responses_api=False,
        http_async_client=DefaultAsyncHttpxClient(timeout=settings.model_timeout, trust_env=False),
        http_socket_options=(),
    )
