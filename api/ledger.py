"""What a change does to the rows that people know, collected from its session.

Every row that a change loads is remembered as it was; after the flush each is compared with what it has become. What
triggers do besides (a new sensor's state, a rule's watches) follows from these rows and is not told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, inspect
from sqlmodel import SQLModel

from api.difference import Difference, compare
from api.dry_run import FieldChange
from api.nouns import NOUNS, Names, text
from api.seen import Seen
from db.engine import WriteSession
from db.models import Alias, Room, Sensor, SensorState

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

    async def difference(self, seen: Seen) -> list[Difference]:
        """What differs, flushed changes against what was loaded, as far as the viewer sees it; in a fixed order."""
        names = Names(seen)
        found: dict[tuple[type[SQLModel], int], Difference] = {}
        for touched in list(self.rows.values()):
            noun = NOUNS.get(type(touched.row))
            if noun is None or (touched.before is None and touched.gone):
                continue
            before, after = touched.before, None if touched.gone else columns(touched.row)
            if before != after:
                one = await compare(noun, before, after, names)
                found[type(touched.row), one.key] = one
        parts: list[tuple[type[SQLModel], Difference]] = [(Room, one) for one in await self._aliases(names)]
        parts += [(Sensor, one) for one in await self._statuses(names)]
        for model, one in parts:
            known = found.setdefault((model, one.key), one)
            if known is not one:
                known.changes.extend(one.changes)
        visible = {model: await self._visible(seen, model, found.values()) for model in {model for model, _ in found}}
        shown = [one for (model, key), one in found.items() if one.changes and key in visible[model]]
        return sorted(shown, key=lambda one: (one.noun.type, one.new, one.key))

    async def _visible(self, seen: Seen, model: type[SQLModel], all_: Iterable[Difference]) -> set[int]:
        """Keys of rows of a table that the viewer sees; of those now gone, rows whose owner they were let to change."""
        ours = [one for one in all_ if one.noun is NOUNS[model]]
        gone = {one.key for one in ours if one.gone}
        return gone | await seen.of(model, [one.key for one in ours if not one.gone])

    async def _aliases(self, names: Names) -> list[Difference]:
        """Names of rooms are rows of their own, and told as a field of their room."""
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
                change = FieldChange(name="aliases", before=before, after=after)
                found.append(Difference(NOUNS[Room], room, False, False, label, [change]))
        return found

    async def _statuses(self, names: Names) -> list[Difference]:
        """A sensor's state is a row of its own; its status is told as a field of the sensor."""
        found = []
        for touched in self.rows.values():
            if isinstance(touched.row, SensorState) and touched.before is not None:
                before, after = text(touched.before["status"]), text(touched.row.status)
                if before != after:
                    key = touched.row.sensor_id
                    change = FieldChange(name="status", before=before, after=after)
                    label = await names.of(Sensor, key)
                    found.append(Difference(NOUNS[Sensor], key, False, False, label, [change]))
        return found
