"""The state machine of a turn, for LangGraph; `graph` is the entry for LangGraph Studio, without a checkpointer."""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agent import acting, hearing, nodes
from agent.context import Context
from agent.state import InputState, State

Machine = CompiledStateGraph[State, Context, InputState, State]


def machine(checkpointer: BaseCheckpointSaver[Any] | None = None) -> Machine:
    """The state machine; threads are remembered by the checkpointer."""
    builder = StateGraph(State, context_schema=Context, input_schema=InputState)
    for step in (hearing.hear, nodes.understand, acting.act, nodes.confirm, nodes.check, nodes.say, nodes.speak):
        builder.add_node(step.__name__, step)
    builder.add_edge(START, "hear")
    builder.add_edge("speak", "__end__")
    return builder.compile(checkpointer=checkpointer, name="markoff")


graph = machine()
