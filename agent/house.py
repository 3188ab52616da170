"""What a turn needs to know before it begins: who asks, in which role, about which buildings, at what time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent import render
from agent.client import Faulty, Graph
from agent.offline.sentence import spoken
from agent.state import Facts
from agent.words import Language

FACTS = """query facts {
  me { user { id name language } roles }
  house { now }
  buildings(first: 50) { nodes { id code name timeZone } }
}"""


async def facts(graph: Graph, said: str, wished: Language | None, before: Facts | None) -> Facts:
    """The facts of a turn; `GraphError` where the graph does not answer."""
    data = await graph.execute(FACTS, {}, before["language"] if before else "en")
    me, now = data.get("me") or {}, (data.get("house") or {}).get("now")
    if render.instant(now) is None:
        raise Faulty("The graph does not tell the time.", "BAD_ANSWER")
    user = me.get("user") or {}
    buildings = [_building(b) for b in (data.get("buildings") or {}).get("nodes") or ()]
    zones = list(dict.fromkeys(b["zone"] for b in buildings))
    return Facts(
        person=str(user.get("id") or ""),
        name=str(user.get("name") or ""),
        roles=[str(r) for r in me.get("roles") or ()],
        buildings=buildings,
        zone=zones[0] if zones else "UTC",
        now=str(now),
        language=wished or language(said) or (before["language"] if before else _own(user)),
    )


def language(said: str) -> Language | None:
    """The language of what was said; None where it has no word of either."""
    heard = spoken(said)
    return None if heard is None else "ru" if heard == "ru" else "en"


def _own(user: Mapping[str, Any]) -> Language:
    return "ru" if user.get("language") == "RU" else "en"


def _building(given: Mapping[str, Any]) -> dict[str, str]:
    return {
        "id": str(given.get("id")),
        "code": str(given.get("code")),
        "name": str(given.get("name")),
        "zone": str(given.get("timeZone") or "UTC"),
    }
