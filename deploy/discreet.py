"""What does not belong into a log is left out of it: secrets, and telephones, mail and chats of people.

Those who log say ids and codes; this is the net below them, for texts that others wrote: errors of the database, of
libraries, of servers.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

GONE = "…"
SHORTEST = 8
"""Characters from which on a secret's own text is looked for: shorter ones are parts of words."""
SECRET = re.compile(r"(?i)(key|token|secret|password|passwd|passphrase|headers|_url)$")
PASSWORD = re.compile(r"://[^:/@\s]*:([^@/\s]+)@")
NAMED = r"""\b ((?:[\w-]*[_-])?(?:authorization|password|passwd|passphrase|secret|token|api[_-]?key|signature|sig
    |confirmation|link_?code))"""

RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"://([^:/@\s]*):[^@\s]+@"), rf"://\1:{GONE}@"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), GONE),  # tokens
    (re.compile(r"\bmk_[0-9a-f]+_[\w-]+"), f"mk_{GONE}"),  # keys of ours
    (re.compile(r"\b(?:bot)?\d{4,}:[\w-]{20,}"), GONE),  # keys of Telegram
    (re.compile(r"\bsk-[\w-]{8,}"), f"sk-{GONE}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {GONE}"),
    (re.compile(rf"""{NAMED} (["']?\s*[=:]\s*) (["']) [^\n]*? \3""", re.VERBOSE | re.IGNORECASE), rf"\1\2\3{GONE}\3"),
    (re.compile(rf"""{NAMED} (["']?\s*[=:]\s*) [^\s"',;&)}}\]]{{4,}}""", re.VERBOSE | re.IGNORECASE), rf"\1\2{GONE}"),
    (re.compile(r'("(?:WebSocket|[A-Z]{3,7}) [^"?\s]*\?)[^"]+'), rf"\1{GONE}"),  # addresses that servers tell
    (re.compile(r"(?m)^(DETAIL|CONTEXT|HINT):.*$"), rf"\1: {GONE}"),  # PostgreSQL tells whole rows in them
    (re.compile(r"(query argument \$\d+): .*? \((?=[^()]*\))"), rf"\1: {GONE} ("),  # asyncpg, of a wrong value
    (re.compile(r'(invalid input (?:syntax|value) for [^:\n]*: )".*?"'), rf"\1{GONE}"),
    (re.compile(r"""(\binput(?:_value)?['"]?\s*[=:]\s*).*?(?=, ['"]?input_type|, ['"]?type|$)""", re.M), rf"\1{GONE}"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"), f"{GONE}@{GONE}"),
    (re.compile(r"\+\d[\d ().-]{7,}\d"), f"+{GONE}"),  # telephones
    (re.compile(r"\b(telegram:|chat )-?\d+(\d\d)\b"), rf"\1{GONE}\2"),
)


class Discretion:
    """Knows this process's own secrets, and what secrets and people's data look like."""

    def __init__(self) -> None:
        self._own: re.Pattern[str] | None = None
        self._looked = False

    def told(self, text: str) -> str:
        """The text, without what does not belong there."""
        if not self._looked:
            self._own, self._looked = _known(), True
        if self._own is not None:
            text = self._own.sub(GONE, text)
        for rule, instead in RULES:
            text = rule.sub(instead, text)
        return text


def _known() -> re.Pattern[str] | None:
    """The secrets that this process was given, by the environment, by files and by markoff.toml."""
    told = {name: value for name, value in os.environ.items() if name.startswith(("MARKOFF_", "DATABASE_URL"))}
    folder = os.environ.get("MARKOFF_SECRETS")
    if folder and Path(folder).is_dir():
        for file in Path(folder).iterdir():
            if file.is_file() and os.access(file, os.R_OK):
                told[f"{file.name}_secret"] = file.read_text(encoding="utf-8", errors="replace").strip()
    told |= dict(_pairs(_table()))
    found: set[str] = set()
    for name, value in told.items():
        if "://" in value:
            found |= set(PASSWORD.findall(value))
        elif SECRET.search(name):
            found |= {value, *(pair.partition("=")[2].strip() for pair in value.split(",") if "=" in pair)}
    good = sorted((one for one in found if len(one) >= SHORTEST), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, good))) if good else None


def _table() -> dict[str, Any]:
    from deploy.told import tables
    from deploy.trouble import Trouble

    try:
        return tables()
    except Trouble:
        return {}


def _pairs(table: dict[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _pairs(value)
        elif isinstance(value, list):
            found += [pair for one in value if isinstance(one, dict) for pair in _pairs(one)]
        elif isinstance(value, str):
            found.append((name, value))
    return found
