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
from db.models import Alias, FireZone, Room, Sensor, SensorState, ZoneRoom

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


class _Held:
    """What small rows say of their owners: by owner, the names before and after."""

    def __init__(self) -> None:
        self.was: dict[int, set[str]] = {}
        self.becomes: dict[int, set[str]] = {}

    def add(self, touched: Touched, owner: int, name: str) -> None:
        if touched.before is not None:
            self.was.setdefault(owner, set()).add(touched.before.get("name", name))
        if not touched.gone:
            self.becomes.setdefault(owner, set()).add(name)

    def differing(self) -> list[int]:
        return sorted(
            one for one in self.was.keys() | self.becomes.keys() if self.was.get(one) != self.becomes.get(one)
        )

    async def told(self, model: type[SQLModel], owner: int, field: str, names: Names) -> Difference:
        before, after = (", ".join(sorted(held.get(owner, ()))) or None for held in (self.was, self.becomes))
        change = FieldChange(name=field, before=before, after=after)
        return Difference(NOUNS[model], owner, False, False, await names.of(model, owner), [change])


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
        parts += [(FireZone, one) for one in await self._zone_rooms(names)]
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
        held = _Held()
        for touched in self.rows.values():
            if isinstance(touched.row, Alias) and touched.row.room_id is not None:
                held.add(touched, touched.row.room_id, touched.row.name)
        return [await held.told(Room, room, "aliases", names) for room in held.differing()]

    async def _zone_rooms(self, names: Names) -> list[Difference]:
        """The rooms of a fire zone, told by their numbers as a field of the zone."""
        held = _Held()
        for touched in list(self.rows.values()):
            if isinstance(touched.row, ZoneRoom):
                held.add(touched, touched.row.zone_id, await names.of(Room, touched.row.room_id) or "")
        return [await held.told(FireZone, zone, "rooms", names) for zone in held.differing()]

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
