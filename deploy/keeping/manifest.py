"""What a copy says of itself: who made it when of what, and how many rows with which checksum each table had."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

FORMAT = 1


@dataclass(frozen=True)
class Table:
    """A table at the moment of the copy."""

    name: str
    """Quoted as SQL wants it, with its schema."""
    columns: list[str]
    """Of the rows in the copy, in their order; what the database makes by itself is not among them."""
    rows: int
    checksum: int
    """The sum of all rows' hashes: the same whatever their order."""


@dataclass(frozen=True)
class Sequence:
    """A sequence of numbers; not older than the rows."""

    name: str
    last: int
    called: bool


@dataclass(frozen=True)
class Database:
    """One database in the copy."""

    postgres: str
    revision: str | None
    """Of the building's tables; None for the agent's memory."""
    epoch: str | None
    """Of the building's change stream."""
    tables: list[Table]
    sequences: list[Sequence]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True)
class Manifest:
    """The last part of a copy: what has no manifest is not whole."""

    made_at: datetime
    markoff: str
    building: Database
    memory: Database | None
    secrets: bool
    parts: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of every other part, by its name."""
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return self.building.rows + (self.memory.rows if self.memory else 0)

    def text(self) -> str:
        return json.dumps({**asdict(self), "made_at": self.made_at.isoformat()}, ensure_ascii=False, indent=1)


def read(text: str) -> Manifest:
    """Raises KeyError, TypeError or ValueError when it is none."""
    told = json.loads(text)
    made_at = datetime.fromisoformat(told["made_at"])
    memory = _database(told["memory"]) if told["memory"] else None
    return Manifest(
        made_at, str(told["markoff"]), _database(told["building"]), memory,
        bool(told["secrets"]), {str(name): str(digest) for name, digest in told["parts"].items()}, int(told["format"]),
    )  # fmt: skip


def _database(told: dict[str, Any]) -> Database:
    tables = [Table(**table) for table in told["tables"]]
    sequences = [Sequence(**sequence) for sequence in told["sequences"]]
    return Database(told["postgres"], told["revision"], told["epoch"], tables, sequences)


__all__ = ["FORMAT", "Database", "Manifest", "Sequence", "Table", "read"]
