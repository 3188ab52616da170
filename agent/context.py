"""What every turn works with: the house, and the graph as one person may see it. Nothing of it is remembered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from langgraph.runtime import Runtime
from pydantic_core import CoreSchema, core_schema

from agent.client import Graph, HttpGraph, connect
from agent.contract import Contract, contract
from agent.model import Engines, engines
from agent.settings import AgentSettings
from agent.tools import Toolbox, build, offered
from agent.vocabulary import Vocabulary
from agent.voice import Voice


@dataclass(frozen=True)
class House:
    """The contract with its tools, the engines, the limits."""

    contract: Contract
    box: Toolbox
    engines: Engines
    settings: AgentSettings
    voice: Voice | None = None
    """The voice process; without it people write."""
    vocabulary: Vocabulary = field(default_factory=Vocabulary)


def house(settings: AgentSettings) -> House:
    """The house that the settings describe, with the committed contract."""
    known = contract()
    return House(known, build(known), engines(settings), settings, voice(settings))


def voice(settings: AgentSettings) -> Voice | None:
    """The voice process that the settings name."""
    return Voice(settings.voice_url, settings.voice_seconds) if settings.voice_url else None


@cache
def studio() -> tuple[House, Graph]:
    """The house and the graph of runs that come without: those of the person whose token is in MARKOFF_AGENT_TOKEN."""
    settings = AgentSettings()
    token = settings.agent_token.get_secret_value() if settings.agent_token else ""
    return house(settings), HttpGraph(connect(settings.api_url, settings.graph_timeout), token)


@dataclass(frozen=True)
class Context:
    """The house, and the graph on behalf of one person; in LangGraph Studio those that the settings name."""

    house: House = field(default_factory=lambda: studio()[0])
    graph: Graph = field(default_factory=lambda: studio()[1])
    person: str = ""
    """Whose turn it is: what is kept for a person for a while is kept under this."""
    channel: str = "other"
    """By which they speak, as it is counted."""
    quiet: bool = False
    """Whether the channel itself makes words of sound and sound of words."""
    recording: bytes | None = field(default=None, repr=False)
    """What the person said, as sound; it is listened to and dropped."""

    def box(self, roles: Iterable[str]) -> Toolbox:
        """The tools that somebody with these roles is offered."""
        return offered(self.house.box, tuple(sorted(roles)), self.house.settings.most_risk)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        """To LangGraph Studio, which asks for a form of it: nothing of this can be given from outside."""
        return core_schema.typed_dict_schema({})


def of(runtime: Runtime[Context]) -> Context:
    """The context of a run."""
    return runtime.context or Context()
