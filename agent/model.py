"""Who understands and answers: a model at any OpenAI-compatible address, and the offline one when it fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, message_chunk_to_message
from pydantic import ValidationError

from agent.settings import AgentSettings

log = logging.getLogger(__name__)

OFFLINE = "offline"
TRIES = 2
"""How often a model may send arguments that cannot be read, or nothing."""


@dataclass(frozen=True)
class Answer:
    """What was answered, and who answered it."""

    message: AIMessage
    engine: str
    failed: str | None = None
    """Why the configured model did not answer."""

    @property
    def tokens(self) -> int:
        """Tokens that the answer cost, where the server tells."""
        usage = self.message.usage_metadata
        return int(usage["total_tokens"]) if usage else 0


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

    async def answer(self, messages: Sequence[AnyMessage], tools: list[dict[str, Any]], *, offline: bool) -> Answer:
        """The next message of the turn; `offline` leaves the configured model out."""
        failed = None
        if self.configured is not None and not offline:
            try:
                return Answer(await self._configured(messages, tools), self.name)
            except ModelFailed as error:
                failed = str(error)
                log.warning("the model %s failed: %s", self.name, failed)
        return Answer(await self.fallback(messages, tools), OFFLINE, failed)

    async def fallback(self, messages: Sequence[AnyMessage], tools: list[dict[str, Any]]) -> AIMessage:
        """The offline model's next message."""
        return await self.offline.bind_tools(tools).ainvoke(list(messages))

    async def _configured(self, messages: Sequence[AnyMessage], tools: list[dict[str, Any]]) -> AIMessage:
        said: list[BaseMessage] = list(messages)
        why = ""
        for _ in range(TRIES):
            try:
                message = await asyncio.wait_for(self._once(said, tools), self.timeout)
            except ValidationError:
                why = "its arguments are no JSON object"
            else:
                if not message.invalid_tool_calls and (message.tool_calls or message.text.strip()):
                    return message
                broken = [c.get("name") or "?" for c in message.invalid_tool_calls]
                why = f"the arguments of {', '.join(broken)} are not JSON" if broken else "it said nothing"
            said = [*messages, HumanMessage(f"[Your last answer could not be used: {why}. Answer again.]")]
        raise ModelFailed(why)

    async def _once(self, messages: list[BaseMessage], tools: list[dict[str, Any]]) -> AIMessage:
        import openai

        assert self.configured is not None
        bound = self.configured.bind_tools(tools) if tools else self.configured
        try:
            if not self.stream:
                return await bound.ainvoke(messages)
            pieces = bound.astream(messages)
            whole: Any = None
            while (piece := await asyncio.wait_for(anext(pieces, None), self.stall)) is not None:
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


def _whole(pieces: Any) -> AIMessage:
    """The message that the pieces of a stream make up."""
    if pieces is None:
        return AIMessage("")
    message = message_chunk_to_message(pieces)
    return message if isinstance(message, AIMessage) else AIMessage(str(message.content))


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
    )
