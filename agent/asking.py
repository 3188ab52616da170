"""What a waiting thread asks of its person, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent import aloud, approval, words
from agent.state import Decision, Pending, State, setting


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


def decision(answer: Any) -> Decision:
    """Anything but a clear yes, or a clear choice, is a no."""
    if isinstance(answer, bool):
        return Decision(approve=answer)
    decided = Decision()
    if isinstance(answer, Mapping):
        if isinstance(answer.get("choice"), int) and not isinstance(answer["choice"], bool):
            decided["choice"] = answer["choice"]
        decided["approve"] = answer.get("approve") is True
    return decided
