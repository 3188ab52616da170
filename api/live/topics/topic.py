"""What may be followed: of which kind in the stream it is, and what `where` keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from api.live.reach import Face
from db.changes import Change

Payload: TypeAlias = Mapping[str, Any]
Where: TypeAlias = Mapping[str, Any]
"""An input object as GraphQL reads it: by the contract's names, only what is given and not null."""
Test: TypeAlias = Callable[[Payload], bool]


@dataclass(frozen=True, slots=True)
class Topic:
    """A root field of Subscription. `chosen` makes of its `where` a test of snapshots, or raises WRONG_KIND_OF_ID."""

    field: str
    kind: str
    """Of its changes in the stream."""
    chosen: Callable[[Where], Test]


@dataclass(frozen=True, slots=True)
class Told:
    """A change on its way to those who see it alike: the root value of the operations that follow it."""

    change: Change
    cursor: str
    """The place after it."""
    face: Face
