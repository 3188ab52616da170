"""What settings are told to be, and by whom: the environment, a file of secrets, `markoff.toml`, or nobody."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from deploy import told
from deploy.config.catalogue import Setting

PASSWORD = re.compile(r"(://[^:@/\s]*):[^@/\s]+@")
HIDDEN = "••••••••"


@dataclass(frozen=True)
class Told:
    """A value as it is written, and where: an origin and its name (variable, file, or place in the file)."""

    value: Any
    origin: str
    """environment, secret, file, or default."""
    name: str = ""


def effective(setting: Setting) -> Told:
    """The value that counts. Raises Trouble for a file that cannot be read."""
    return _by_variable(setting) or by_file(setting) or Told(setting.default, "default")


def _by_variable(setting: Setting) -> Told | None:
    for name in setting.variables:
        if (value := os.environ.get(name)) is not None:
            return Told(value, "environment", name)
    for name in setting.variables:
        if (value := told.secret(name)) is not None:
            return Told(value, "secret", str(Path(os.environ["MARKOFF_SECRETS"]) / name.lower()))
    return None


def by_file(setting: Setting) -> Told | None:
    """What markoff.toml says of it."""
    elsewhere = getattr(setting.settings, "elsewhere", {})
    for table in dict.fromkeys((setting.table, elsewhere.get(setting.name, setting.table))):
        inside = told.tables().get(table) if table else told.tables()
        if isinstance(inside, Mapping) and setting.key in inside:
            return Told(inside[setting.key], "file", place(table, setting.key))
    return None


def place(table: str, key: str) -> str:
    """Where in the file: its name, the line if it is found, the table, the key."""
    line = line_of(table, key)
    file = f"{told.config_file()}:{line}" if line else str(told.config_file())
    return " ".join(filter(None, [file, f"[{table}]" if table else "", key]))


def line_of(table: str, key: str) -> int | None:
    """The line of a key; of its table when the key is empty."""
    inside = ""
    try:
        lines = told.config_file().read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    for number, line in enumerate(lines, 1):
        if heading := re.match(r"\s*\[\[?\s*([\w.\-\"']+)\s*\]", line):
            inside = heading[1]
            if inside in (f"{table}.{key}" if table else key, table if not key else None):
                return number
        elif inside == table and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return number
    return None


def shown(setting: Setting, value: Any) -> str:
    """The value as TOML writes it, without what is secret in it; empty for none."""
    if value is None:
        return ""
    if setting.secret:
        return HIDDEN if value != "" else '""'
    return written(value)


def written(value: Any) -> str:
    """A value as TOML writes it, passwords of addresses hidden."""
    if isinstance(value, timedelta):
        return json.dumps(duration(value))
    plain = to_jsonable_python(value, fallback=str)
    if isinstance(plain, Mapping):
        return "{" + ", ".join(f"{key} = {written(one)}" for key, one in plain.items() if one is not None) + "}"
    if isinstance(plain, list):
        return "[" + ", ".join(written(one) for one in plain) + "]"
    text = json.dumps(plain, ensure_ascii=False)
    return PASSWORD.sub(rf"\1:{HIDDEN}@", text)


def duration(span: timedelta) -> str:
    """As ISO 8601 writes it, in days, hours, minutes and seconds: P30D, PT1H30M, PT0S."""
    hours, rest = divmod(span.seconds, 3600)
    seconds = rest % 60 + span.microseconds / 1e6
    parts = [(f"{hours}H", hours), (f"{rest // 60}M", rest // 60), (f"{seconds:g}S", seconds)]
    clock = "".join(text for text, count in parts if count)
    if not span.days and not clock:
        return "PT0S"
    return "P" + (f"{span.days}D" if span.days else "") + (f"T{clock}" if clock else "")
