"""What one setting is told to be, as text, without loading the settings of a part: that takes a while."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from deploy.foreign import Foreign
from deploy.words import sentence


def config_file() -> Path:
    """MARKOFF_CONFIG, else `markoff.toml` in the working folder; it need not be there."""
    return Path(os.environ.get("MARKOFF_CONFIG") or "markoff.toml")


def told(*variables: str, place: str = "") -> str | None:
    """By the environment, by a file of secrets, or at `table.key` of markoff.toml; None where it is nowhere, or empty.

    Raises Trouble for a file that cannot be read.
    """
    value = next((value for name in variables if (value := os.environ.get(name))), None)
    value = value or next((value for name in variables if (value := secret(name))), None)
    if value is None and place:
        table, key = place.split(".")
        inside = tables().get(table)
        value = inside.get(key) if isinstance(inside, dict) else None
    return str(value).strip() or None if value is not None else None


def told_flag(*variables: str, place: str) -> bool | None:
    """The same, of a setting that is true or false."""
    value = told(*variables, place=place)
    return None if value is None else value.lower() in ("true", "1", "yes", "on", "t", "y")


def settled(option: int | None, variable: str, place: str, default: int) -> int:
    """An option of the command, else its setting; one that is no number is left to `deploy.config.checked`."""
    if option is not None:
        return option
    value = told(variable, place=place) or ""
    return int(value) if value.isdecimal() else default


def secret(variable: str) -> str | None:
    """What the file of this name, in lower case, in the folder MARKOFF_SECRETS says; an empty one says nothing."""
    folder = os.environ.get("MARKOFF_SECRETS")
    if not folder:
        return None
    try:
        return (Path(folder) / variable.lower()).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def tables() -> dict[str, Any]:
    """The whole of markoff.toml; empty where there is none. Raises Trouble."""
    file = config_file()
    try:
        written = file.stat()
    except FileNotFoundError:
        return {}
    return _read(file, written.st_mtime_ns, written.st_size)


@cache
def _read(file: Path, *_written: int) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        reason = str(fault)
        raise Foreign(lambda language: sentence("settings.file", language, file=file, reason=reason)) from fault
