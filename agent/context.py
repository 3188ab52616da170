"""What every turn works with: the house, and the graph as one person may see it. Nothing of it is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from langgraph.runtime import Runtime

from agent.client import Graph, HttpGraph, connect
from agent.contract import Contract, contract
from agent.model import Engines, engines
from agent.settings import AgentSettings
from agent.tools import Toolbox, build


@dataclass(frozen=True)
class House:
    """The contract with its tools, the engines, the limits."""

    contract: Contract
    box: Toolbox
    engines: Engines
    settings: AgentSettings


def house(settings: AgentSettings) -> House:
    """The house that the settings describe, with the committed contract."""
    known = contract()
    return House(known, build(known), engines(settings), settings)


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


def of(runtime: Runtime[Context]) -> Context:
    """The context of a run."""
    return runtime.context or Context()
