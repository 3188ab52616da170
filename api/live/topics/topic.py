"""What may be followed: of which kind in the stream it is, who sees what of it, and what `where` keeps."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from api.live.places import Places
from api.live.reach import Reach
from db.changes import Change

Payload: TypeAlias = Mapping[str, Any]
Where: TypeAlias = Mapping[str, Any]
"""An input object as GraphQL reads it: by the contract's names, only what is given and not null."""
Test: TypeAlias = Callable[[Payload], bool]


@dataclass(frozen=True, slots=True)
class Told:
    """A change on its way to those who see it alike: the root value of the operations that follow it."""

    change: Change
    cursor: str
    """The place after it."""
    face: Hashable


@dataclass(frozen=True)
class Topic:
    """A root field of Subscription; its changes hold snapshots that are seen whole or not at all.

    `chosen` makes of `where` a test of snapshots, or raises WRONG_KIND_OF_ID.
    """

    field: str
    kind: str
    """Of its changes in the stream."""
    chosen: Callable[[Where], Test]

    def face(self, reach: Reach, change: Change) -> Hashable:
        """How those of that reach see a change; None: not at all. Who has the same face is told the same."""
        return reach.face(change)

    def told(self, change: Change, cursor: str, face: Hashable, test: Test, places: Places) -> Told | None:
        """The change as it is told to those of a face; None when `where` keeps nothing of it."""
        return Told(change, cursor, face) if test(change.payload) else None
