"""What a thread keeps: the last turns whole, the earlier ones in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, ToolMessage

LINE = 160
"""The most letters of a line about a turn."""
LINES = 12
"""The most lines about earlier turns."""


def turns(messages: Sequence[AnyMessage]) -> list[list[AnyMessage]]:
    """The messages turn by turn; each begins with what the person said."""
    found: list[list[AnyMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage) or not found:
            found.append([])
        found[-1].append(message)
    return found


def this_turn(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """What came after the person's last words."""
    all_turns = turns(messages)
    return [m for m in all_turns[-1] if not isinstance(m, HumanMessage)] if all_turns else []


def unanswered(messages: Sequence[AnyMessage]) -> list[dict[str, Any]]:
    """Tool calls that have no result yet."""
    done = {m.tool_call_id for m in messages if isinstance(m, ToolMessage)}
    return [dict(c) for m in messages if isinstance(m, AIMessage) for c in m.tool_calls if c["id"] not in done]


def shortened(messages: Sequence[AnyMessage], summary: str, kept: int) -> tuple[list[RemoveMessage], str]:
    """Messages of turns beyond the last so many, to be dropped, and the summary with a line for each such turn."""
    earlier = turns(messages)[:-kept] if kept else turns(messages)
    if not earlier:
        return [], summary
    lines = [*summary.splitlines(), *(line(turn) for turn in earlier)]
    dropped = [RemoveMessage(id=m.id) for turn in earlier for m in turn if m.id]
    return dropped, "\n".join(lines[-LINES:])


def line(turn: Sequence[AnyMessage]) -> str:
    """A turn in a line: what was asked, what was called, what was said."""
    asked = next((m.text for m in turn if isinstance(m, HumanMessage)), "")
    said = next((said_of(m) for m in reversed(turn) if isinstance(m, AIMessage) and not m.tool_calls), "")
    called = ", ".join(dict.fromkeys(m.name for m in turn if isinstance(m, ToolMessage) and m.name))
    return " ".join(f"{cut(asked)} → {f'[{called}] ' if called else ''}{cut(said)}".split())


def said_of(message: AIMessage) -> str:
    """What the person read: the template filled in."""
    return str(message.additional_kwargs.get("said") or message.text)


def cut(text: str) -> str:
    """The beginning of a text."""
    return text if len(text) <= LINE else text[: LINE - 1] + "…"
