"""What a thread remembers, and what a turn is given."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages
from langgraph.managed import RemainingSteps
from typing_extensions import TypedDict

from agent import render
from agent.pictures import Picture
from agent.render import Setting
from agent.words import Language


class InputState(TypedDict, total=False):
    """What a person says."""

    text: str
    language: Language | None
    spoken: bool
    """Whether the turn is talked, not written: the reply is then short, and said aloud. A recording is never kept."""


class Facts(TypedDict):
    """What holds for the whole turn: who asks, where and when."""

    person: str
    name: str
    roles: list[str]
    buildings: list[dict[str, str]]
    zone: str
    now: str
    language: Language


class Pending(TypedDict):
    """A write that waits for a person's yes, or a name that waits for a choice."""

    kind: Literal["confirm", "choice"]
    call: str
    """The id of the tool call."""
    tool: str
    confirmation: str | None
    changes: list[dict[str, Any]]
    question: str
    choices: list[dict[str, Any]]
    note: str | None


class Decision(TypedDict, total=False):
    """What the person decided."""

    approve: bool
    choice: int


class State(InputState, total=False):
    """A thread between steps."""

    messages: Annotated[list[AnyMessage], add_messages]
    facts: Facts
    summary: str
    """Earlier turns in a few lines."""
    pending: Pending | None
    decision: Decision | None
    settled: dict[str, str]
    """Ambiguous names of this turn that the person has settled: what was searched, and the id chosen."""
    feedback: list[str]
    """Why the replies of this turn were rejected."""
    engine: str
    failed: list[str]
    """Why the configured model did not answer, in this turn."""
    spent: int
    """Tokens of this turn."""
    stopped: str | None
    """Why the turn was cut short."""
    template: str
    reply: str
    tongue: Language
    """The language of the reply."""
    doubtful: bool
    """Whether what was heard may be something else, so that every change is asked for."""
    said: str
    """What was heard in a recording."""
    speech: str
    """The reply as it is said aloud."""
    offer: list[str]
    """What is left of a spoken reply, for when the person wants to hear it."""
    proofs: list[dict[str, Any]]
    pictures: list[Picture]
    """Pictures that are shown with the reply."""
    remaining_steps: RemainingSteps


def setting(facts: Facts) -> Setting:
    """For whom, when and where the reply is said."""
    zones: dict[str, tzinfo] = {b["id"]: render.zone_of(b.get("zone")) for b in facts["buildings"]}
    return Setting(facts["language"], render.zone_of(facts["zone"]), datetime.fromisoformat(facts["now"]), zones)
