"""Words that help a recogniser: how the building's things are called, as the person may see them."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.client import Graph, GraphError

log = logging.getLogger(__name__)

WORDS = """query words {
  buildings(first: 20) { nodes { name aliases } }
  tenants(first: 300) { nodes { name } }
  floors(first: 100) { nodes { name aliases } }
  rooms(first: 1000) { nodes { number name aliases } }
}"""
FRESH = 300.0
"""Seconds for which a person's words are kept."""
AGAIN = 30.0
"""Seconds after which a graph that did not answer is asked again."""
NAMES, TERMS = 300, 600
"""The most that is told; names of tenants and buildings come first."""
FORM = re.compile(r"^(?:ООО|ОАО|ЗАО|ПАО|АО|ИП|НКО|АНО|ГК|LLC|Ltd|Inc|GmbH)\b\.?\s*|[«»“”\"]")
"""What nobody says of a company's name."""


@dataclass(frozen=True)
class Words:
    """Names, which weigh most, and terms."""

    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


@dataclass
class Vocabulary:
    """The words of each person, kept for minutes."""

    kept: dict[str, tuple[Words, float]] = field(default_factory=dict)

    async def of(self, person: str, graph: Graph) -> Words:
        """A person's words; none where the graph does not answer, which is no reason not to listen."""
        now = time.monotonic()
        if (held := self.kept.get(person)) and held[1] > now:
            return held[0]
        lasts = FRESH
        try:
            found = words(await graph.execute(WORDS, {}, "en"))
        except GraphError as fault:
            log.warning("no words for the recogniser: %s", fault)
            found, lasts = Words(), AGAIN
        self.kept = {p: k for p, k in self.kept.items() if k[1] > now} | {person: (found, now + lasts)}
        return found


def words(data: Mapping[str, Any]) -> Words:
    """The words in the graph's answer: no word twice, the rarest kinds first."""

    def nodes(name: str) -> list[Mapping[str, Any]]:
        return list((data.get(name) or {}).get("nodes") or ())

    called = [n for kind in ("buildings", "tenants", "floors", "rooms") for node in nodes(kind) for n in _called(node)]
    numbers = [str(room.get("number") or "") for room in nodes("rooms")]
    return Words(_distinct(called)[:NAMES], _distinct(numbers)[:TERMS])


def _called(node: Mapping[str, Any]) -> list[str]:
    return [FORM.sub("", str(n)).strip() for n in (node.get("name"), *(node.get("aliases") or ())) if n]


def _distinct(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for f in found if (text := " ".join(f.split())) and len(text) < 60))
