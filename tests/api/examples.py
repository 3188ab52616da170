"""The playground's examples: what each is called, who asks it, with which variables."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "api" / "playground" / "examples"
HEAD = re.compile(r"^# (\w+): (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    name: str
    ru: str
    en: str
    who: str
    variables: dict[str, Any]
    text: str

    @property
    def follows(self) -> bool:
        return self.text.startswith("subscription")


def examples() -> list[Example]:
    """All of them, in the order in which they are shown."""
    return [_read(path) for path in sorted(FOLDER.glob("*.graphql"))]


def _read(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    head = dict(HEAD.findall(text))
    body = re.sub(r"\A(#.*\n)+", "", text).strip()
    variables = json.loads(head.get("variables", "{}"))
    return Example(path.stem, head["ru"], head["en"], head["as"], variables, body)
