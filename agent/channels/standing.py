"""What a channel has to know of a person to show them the house: their roles, and the buildings that they see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.client import Graph

ASKED = """
query standing {
  me { roles }
  house { cursor }
  buildings(first: 100) { nodes { code name timeZone } }
}
"""


@dataclass(frozen=True)
class Standing:
    """A person in the house."""

    roles: frozenset[str] = frozenset()
    buildings: Mapping[str, str] = field(default_factory=dict)
    """Names by code."""
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    cursor: str = ""
    """The newest place in the stream of changes when this was asked."""

    def zone(self, building: str) -> tzinfo:
        """The time zone of a building, by its code."""
        return self.zones.get(building, UTC)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


async def standing(graph: Graph, language: str) -> Standing:
    """Ask. Raises GraphError."""
    data = await graph.execute(ASKED, {}, language)
    nodes = data["buildings"]["nodes"]
    return Standing(
        frozenset((data.get("me") or {}).get("roles") or ()),
        {node["code"]: node["name"] for node in nodes},
        {node["code"]: _zone(node["timeZone"]) for node in nodes},
        str(data["house"]["cursor"]),
    )
