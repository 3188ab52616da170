"""What a change does to the rows that people know: collected from its session, told by the contract's names.

Every row that a change loads is remembered as it was; after the flush each is compared with what it has become. What
triggers do besides (a new sensor's state, a rule's watches) follows from these rows and is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from sqlalchemy import event, inspect
from sqlmodel import SQLModel

from api.canonical import digest
from api.dry_run import FieldChange, RowChange
from api.ids import typed
from api.nouns import NOUNS, Names, Noun, Told
from db.engine import WriteSession

Columns = dict[str, Any]


def columns(row: SQLModel) -> Columns:
    """The row's columns as they are in memory."""
    state = inspect(row)
    return {attribute.key: state.dict.get(attribute.key) for attribute in state.mapper.column_attrs}


@dataclass(slots=True)
class Touched:
    """A row of the session: as it was when loaded (None: it was not there), and whether it is gone now."""

    row: SQLModel
    before: Columns | None
    gone: bool = False


class Ledger:
    """Remembers the rows of one session from now on."""

    def __init__(self, session: WriteSession) -> None:
        self.session = session
        self.rows: dict[int, Touched] = {}
        sync = session.sync_session
        event.listen(sync, "loaded_as_persistent", self._loaded)
        event.listen(sync, "pending_to_persistent", self._added)
        event.listen(sync, "persistent_to_deleted", self._deleted)

    def _loaded(self, _: Any, row: SQLModel) -> None:
        self.rows.setdefault(id(row), Touched(row, columns(row)))

    def _added(self, _: Any, row: SQLModel) -> None:
        self.rows.setdefault(id(row), Touched(row, None))

    def _deleted(self, _: Any, row: SQLModel) -> None:
        self.rows[id(row)].gone = True

    async def difference(self) -> list[Difference]:
        """What differs, flushed changes against what was loaded; in a fixed order."""
        names = Names(self.session)
        found: dict[tuple[str, int], Difference] = {}
        for touched in self.rows.values():
            noun = NOUNS.get(type(touched.row))
            if noun is None or (touched.before is None and touched.gone):
                continue
            before = touched.before
            after = None if touched.gone else columns(touched.row)
            if before == after:
                continue
            one = await _compare(noun, before, after, names)
            if one.changes:
                found[noun.type, one.key] = one
        for one in await self._aliases(names):
            known = found.setdefault((one.noun.type, one.key), one)
            if known is not one:
                known.changes.extend(one.changes)
        return sorted(found.values(), key=lambda one: (one.noun.type, one.new, one.key))

    async def _aliases(self, names: Names) -> list[Difference]:
        """Names of rooms are rows of their own, and told as a field of their room."""
        from db.models import Alias, Room

        was: dict[int, set[str]] = {}
        becomes: dict[int, set[str]] = {}
        for touched in self.rows.values():
            if isinstance(touched.row, Alias) and touched.row.room_id is not None:
                room = touched.row.room_id
                if touched.before is not None:
                    was.setdefault(room, set()).add(touched.before["name"])
                if not touched.gone:
                    becomes.setdefault(room, set()).add(touched.row.name)
        found = []
        for room in sorted(was.keys() | becomes.keys()):
            before, after = (", ".join(sorted(names_.get(room, ()))) or None for names_ in (was, becomes))
            if before != after:
                label = await names.of(Room, room)
                found.append(
                    Difference(
                        NOUNS[Room], room, False, label, [FieldChange(name="aliases", before=before, after=after)]
                    )
                )
        return found


@dataclass(slots=True)
class Difference:
    """One row before and after; `new` when its key was made by this very change."""

    noun: Noun
    key: int
    new: bool
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


async def _compare(noun: Noun, before: Columns | None, after: Columns | None, names: Names) -> Difference:
    was, becomes = await _told(noun, before, names), await _told(noun, after, names)
    row = after if after is not None else before
    assert row is not None
    changes = [
        FieldChange(name=name, before=was.get(name), after=becomes.get(name))
        for name in noun.fields
        if was.get(name) != becomes.get(name)
    ]
    return Difference(noun, row["id"], before is None, await noun.label(row, names), changes)
