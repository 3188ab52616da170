"""The compose files as `docker compose -f a -f b config` reads them: variables filled in, files merged, paths whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose"
FLAVOURS = {
    "dev": ("compose.yaml", "dev.yaml"),
    "prod": ("compose.yaml", "prod.yaml"),
    "gpu": ("compose.yaml", "prod.yaml", "gpu.yaml"),
}
VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:?[-?])([^{}]*))?\}|(\w+))")
REPLACED = {"command", "entrypoint"}
"""Lists that a later file replaces; all others it adds to."""


def variables(text: str) -> dict[str, str | None]:
    """Variables that a file uses, with what they are where nobody says."""
    return {m[2] or m[5]: m[4] for m in VARIABLE.finditer(text) if not m[1]}


def filled(text: str, told: Mapping[str, str]) -> str:
    """The text with its variables. Raises KeyError for one that nobody says and that has no default."""

    def value(match: re.Match[str]) -> str:
        dollar, name, how, default, bare = match.groups()
        if dollar:
            return "$"
        given = told.get(name or bare)
        if how and how.endswith("-") and (given is None or (how == ":-" and not given)):
            return str(default)
        return told[name or bare]

    return VARIABLE.sub(value, text)


def _fill(node: Any, told: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {name: _fill(value, told) for name, value in node.items()}
    if isinstance(node, list):
        return [_fill(value, told) for value in node]
    return filled(node, told) if isinstance(node, str) else node


def _merge(below: Any, above: Any, name: str = "") -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: _merge(below[key], value, key) if key in below else value for key, value in above.items()}
    if isinstance(below, list) and isinstance(above, list) and name not in REPLACED:
        return below + [one for one in above if one not in below]
    return above


def environment(file: str = "env.example") -> dict[str, str]:
    """What an .env file says."""
    lines = (COMPOSE / file).read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value.strip("'") for name, _, value in pairs}


@cache
def composed(flavour: str) -> dict[str, Any]:
    """The whole of a flavour, with what env.example says."""
    whole: dict[str, Any] = {}
    for file in FLAVOURS[flavour]:
        told = yaml.safe_load((COMPOSE / file).read_text(encoding="utf-8"))
        whole = _merge(whole, _fill({key: value for key, value in told.items() if key[:2] != "x-"}, environment()))
    return whole


def services(flavour: str) -> dict[str, dict[str, Any]]:
    """Its services, by name."""
    found: dict[str, dict[str, Any]] = composed(flavour)["services"]
    return found
