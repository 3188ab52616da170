"""Buttons under the agent's questions: what they say, and which question and person a tap is for. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from agent.channels.telegram.formatting import clipped
from agent.channels.telegram.phrases import say
from agent.words import Language

PATTERN = re.compile(r"^t:(y|n|\d{1,3}):(\d{1,20}):([0-9a-f]{12})$")
LABEL = 60
"""Letters that a button shows."""
SHORT = 22
"""Choices up to this length stand two in a row."""
LOUD = ("kind", "question", "changes", "choices", "tool")


def mark(waiting: Mapping[str, Any]) -> str:
    """By which a question is known again, also after a restart."""
    told = {name: waiting.get(name) for name in LOUD}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Tap:
    """What a tap on a button says."""

    answer: str
    """y, n, or the number of a choice."""
    user: int
    """Whom the question was for."""
    mark: str

    @property
    def decision(self) -> dict[str, Any]:
        """As the agent takes it."""
        return {"approve": self.answer == "y"} if self.answer in "yn" else {"choice": int(self.answer)}


def read(data: str) -> Tap | None:
    """The tap that a button's data means."""
    found = PATTERN.match(data)
    return Tap(found.group(1), int(found.group(2)), found.group(3)) if found else None


def keyboard(waiting: Mapping[str, Any], user: int, language: Language) -> InlineKeyboardMarkup:
    """Yes and no, or one button for each choice."""
    tail = f"{user}:{mark(waiting)}"

    def button(text: str, answer: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, callback_data=f"t:{answer}:{tail}")

    if waiting["kind"] == "confirm":
        return InlineKeyboardMarkup([[button(say("yes", language), "y"), button(say("no", language), "n")]])
    labels = [clipped(str(choice), LABEL) for choice in waiting["choices"][:90]]
    buttons = [button(label, str(number)) for number, label in enumerate(labels)]
    wide = 1 if any(len(label) > SHORT for label in labels) else 2
    rows = [buttons[at : at + wide] for at in range(0, len(buttons), wide)]
    return InlineKeyboardMarkup([*rows, [button(say("none_of_them", language), "n")]])


def decided(waiting: Mapping[str, Any], tap: Tap, who: str, language: Language) -> str:
    """What was decided, as a line under the question."""
    if tap.answer in "yn":
        return say("said_yes" if tap.answer == "y" else "said_no", language, who=who)
    choices = waiting.get("choices") or ()
    number = int(tap.answer)
    return say("said_choice", language, choice=choices[number] if number < len(choices) else number + 1)


__all__ = ["PATTERN", "Tap", "decided", "keyboard", "mark", "read"]
