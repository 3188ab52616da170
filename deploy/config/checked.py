"""Settings are looked at before anything starts: all that is wrong is told at once, and nothing starts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from tomllib import TOMLDecodeError
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_settings import SettingsError

from deploy import console, told
from deploy.foreign import Foreign
from deploy.words import sentence

if TYPE_CHECKING:
    from deploy.config.mistakes import Mistake

WRONG = (ValidationError, SettingsError, TOMLDecodeError)
"""What reading settings raises."""
PLAIN = {"MARKOFF_DEBUG", "MARKOFF_TOKEN", "MARKOFF_DEVICE_KEY", "MARKOFF_TELEGRAM_BOT"}


def check() -> None:
    """Warn of what is doubtful; raise Trouble with all that is wrong. Costs nothing where nothing is told."""
    ours = {name for name in os.environ if name.startswith("MARKOFF_") or name == "DATABASE_URL"}
    if not ours - PLAIN and not told.config_file().exists():
        return
    from deploy.config.mistakes import found

    mistakes = found()
    for one in mistakes:
        if one.warning:
            console.warn(one.told(console.language()))
    _refuse([one for one in mistakes if not one.warning])


def _refuse(mistakes: list[Mistake]) -> None:
    if mistakes:
        raise Foreign(lambda language: in_words(mistakes, language))


def in_words(mistakes: Sequence[Mistake], language: str, heading: str = "wrong") -> str:
    """A line each, under a heading."""
    lines = ["  " + one.told(language) for one in mistakes]
    return "\n".join([sentence(f"settings.{heading}", language), *lines])


def explained(fault: ValidationError | SettingsError | TOMLDecodeError) -> Foreign:
    """A fault of reading the settings of one part, with every other mistake there is."""
    if isinstance(fault, TOMLDecodeError):
        reason = str(fault)
        return Foreign(lambda language: sentence("settings.file", language, file=told.config_file(), reason=reason))
    from deploy.config.mistakes import Mistake, found

    missing_of = fault.title if isinstance(fault, ValidationError) else ""
    mistakes = [one for one in found(missing_of) if not one.warning]
    if not mistakes:
        mistakes = [Mistake("other", {"name": missing_of, "reason": str(fault)})]
    return Foreign(lambda language: in_words(mistakes, language))
