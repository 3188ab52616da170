"""What may be found in a sentence besides plain words: measures, floors, names, a time."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.offline.dates import Found


@dataclass(frozen=True)
class Measure:
    """«не меньше 40 метров»: side is above, below, least, most, or empty when nothing was compared."""

    value: float
    unit: str
    side: str = ""


@dataclass(frozen=True)
class Name:
    """Something that search has to find: a code, or words which the lexicon does not know."""

    text: str
    kind: str = ""
    """ROOM, SENSOR or LEASE when the sentence says so; TENANT after a legal form."""
    code: bool = False
    sure: bool = True
    """Written as a name (capitals, quotes, a preposition before it), not just an unknown word."""
    other: str = ""
    """A second reading of a code: «а 305» may be A305 or "and 305"."""


@dataclass
class Spots:
    when: Found | None = None
    levels: list[int] = field(default_factory=list)
    storeys: list[str] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    limit: int | None = None
    quotes: list[str] = field(default_factory=list)
