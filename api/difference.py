"""One row before and after a change, told by the contract's names; and the hash that a confirmation signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

from api.canonical import digest
from api.dry_run import FieldChange, RowChange
from api.ids import typed
from api.nouns import Columns, Names, Noun, Told


@dataclass(slots=True)
class Difference:
    """One row before and after; `new` when its key was made by this very change."""

    noun: Noun
    key: int
    new: bool
    gone: bool
    label: str | None
    changes: list[FieldChange]

    def shown(self) -> RowChange:
        key = None if self.new else strawberry.ID(typed(self.noun.name, self.key))
        return RowChange(id=key, noun=self.noun.type, label=self.label, fields=self.changes)

    def normal(self) -> Any:
        """What is signed: without keys made by the database and times set by the house."""
        changes = [(one.name, one.before, one.after) for one in self.changes if one.name not in self.noun.times]
        return [self.noun.type, None if self.new else self.key, sorted(changes)]


def signed(differences: Iterable[Difference]) -> str:
    """The hash that stands for a difference in a confirmation."""
    return digest(sorted((one.normal() for one in differences), key=repr))


async def _told(noun: Noun, row: Columns | None, names: Names) -> Mapping[str, Told]:
    return {} if row is None else {name: await tell(row, names) for name, tell in noun.fields.items()}


async def compare(noun: Noun, before: Columns | None, after: Columns | None, names: Names) -> Difference:
    """A row's columns before and after (None: no row), by the contract's names."""
    was, becomes = await _told(noun, before, names), await _told(noun, after, names)
    row = after if after is not None else before
    assert row is not None
    changes = [
        FieldChange(name=name, before=was.get(name), after=becomes.get(name))
        for name in noun.fields
        if was.get(name) != becomes.get(name)
    ]
    return Difference(noun, row["id"], before is None, after is None, await noun.label(row, names), changes)
