"""What every turn works with: the house, and the graph as one person may see it. Nothing of it is remembered."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Context:
    """The house, and the graph on behalf of one person."""

    house: House
    graph: Graph


def house(settings: AgentSettings) -> House:
    """The house that the settings describe, with the committed contract."""
    known = contract()
    return House(known, build(known), engines(settings), settings)


def of(runtime: Runtime[Context]) -> Context:
    """The context of a run; in LangGraph Studio, where nobody signs in, the one that the settings name."""
    return runtime.context or studio()


@cache
def studio() -> Context:
    """The context of runs that come without one: the person whose token is in MARKOFF_AGENT_TOKEN."""
    settings = AgentSettings()
    token = settings.agent_token.get_secret_value() if settings.agent_token else ""
    return Context(house(settings), HttpGraph(connect(settings.api_url, settings.graph_timeout), token))
