"""Readings as they are taken in, as those who follow them are told: what came in one batch together."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, TypeAlias

import orjson
import strawberry
from graphql import GraphQLObjectType

from api import ids
from api.context import Info
from api.directives import Label, Unit
from api.enums import SensorKind
from api.live.places import Place, Places
from api.live.reach import Face, Reach
from api.live.topics.topic import Payload, Test, Told, Topic, Where
from api.planner.asked import Selection
from api.scalars import Cursor
from db.changes import Change

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@strawberry.type(description="A reading that has just been stored; names and places are those of now.")
class ArrivedReading:
    at: datetime = strawberry.field(description="When it was measured; late ones tell of the past.")
    value: float = strawberry.field(description="The value.", directives=[Unit(field="unit")])
    sensor: str = strawberry.field(description="The sensor's code.", directives=[Label()])
    sensor_id: strawberry.ID = strawberry.field(description="The sensor's id.")
    kind: SensorKind = strawberry.field(description="What the sensor measures.")
    unit: str = strawberry.field(description="The sensor's unit.")
    room: str | None = strawberry.field(description="The room's number.")
    floor: str | None = strawberry.field(description="The floor's name.")
    building: str = strawberry.field(description="The building's name.")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One of them before it is told: where, and when in microseconds since 1970."""

    place: Place
    moment: int
    value: float

    @property
    def at(self) -> datetime:
        return EPOCH + timedelta(microseconds=self.moment)


FIELDS: dict[str, Callable[[Arrived], Any]] = {
    "__typename": lambda _: "ArrivedReading",
    "at": attrgetter("at"),
    "value": attrgetter("value"),
    "sensor": attrgetter("place.sensor"),
    "sensorId": lambda one: ids.typed("sensor", one.place.sensor_id),
    "kind": attrgetter("place.kind"),
    "unit": attrgetter("place.unit"),
    "room": attrgetter("place.room"),
    "floor": attrgetter("place.floor"),
    "building": attrgetter("place.building"),
}
"""By field of ArrivedReading."""


@strawberry.type(description="Readings of one building that were taken in together.")
class ReadingArrival:
    cursor: Cursor = strawberry.field(description="The place after these: come back with it as `after`.")
    told: strawberry.Private[list[Arrived]]

    @strawberry.field(description="Those of them that you may see and asked for.")
    def readings(self, info: Info) -> list[ArrivedReading]:
        raw = info._raw_info
        type_ = raw.schema.type_map["ArrivedReading"]
        assert isinstance(type_, GraphQLObjectType)
        variables: Mapping[str, Any] = raw.variable_values  # type: ignore[assignment]  # Strawberry gives the values
        selection = Selection(raw.schema, raw.fragments, variables)
        asked = selection.of(type_, (node.selection_set for node in raw.field_nodes if node.selection_set is not None))
        columns = [(each.key, FIELDS[each.name]) for each in asked]
        rows = [{key: read(one) for key, read in columns} for one in self.told]
        return orjson.Fragment(orjson.dumps(rows))  # type: ignore[return-value]  # made at once: there may be thousands


@strawberry.input(description="Which readings.")
class ArrivedWhere:
    building: strawberry.ID | None = strawberry.field(default=None, description="In this building: id or code.")
    floor: strawberry.ID | None = strawberry.field(
        default=None, description="In rooms of this floor: id or <building>/<level>."
    )
    level: int | None = strawberry.field(default=None, description="In rooms on floors of this level.")
    room: strawberry.ID | None = strawberry.field(default=None, description="In this room: id or number.")
    sensor: strawberry.ID | None = strawberry.field(default=None, description="Of this sensor: id or code.")
    kind: list[SensorKind] | None = strawberry.field(default=None, description="Of sensors of one of these kinds.")
    value_above: float | None = strawberry.field(
        default=None, description="Whose value is more than this, in the sensor's unit."
    )
    value_below: float | None = strawberry.field(
        default=None, description="Whose value is less than this, in the sensor's unit."
    )


Keep: TypeAlias = Callable[[Arrived], bool]


def _named(noun: str, key: Callable[[Place], int | None], *names: Callable[[Place], str]) -> Callable[[str], Keep]:
    def condition(text: str) -> Keep:
        wanted = ids.key(noun, text)
        if wanted is not None:
            return lambda one: key(one.place) == wanted
        return lambda one: any(name(one.place) == text for name in names)

    return condition


CONDITIONS: Mapping[str, Callable[[Any], Keep]] = {
    "building": _named("building", lambda p: p.building_id, lambda p: p.building_code),
    "floor": _named("floor", lambda p: p.floor_id, lambda p: f"{p.building_code}/{p.level}"),
    "level": lambda level: lambda one: one.place.level == level,
    "room": _named("room", lambda p: p.room_id, lambda p: p.room or "", lambda p: f"{p.building_code}/{p.room}"),
    "sensor": _named("sensor", lambda p: p.sensor_id, lambda p: p.sensor, lambda p: f"{p.building_code}/{p.sensor}"),
    "kind": lambda kinds: _of_kinds({kind.name for kind in kinds}),
    "valueAbove": lambda bound: lambda one: one.value > bound,
    "valueBelow": lambda bound: lambda one: one.value < bound,
}
"""By field of ArrivedWhere."""


def _of_kinds(kinds: set[str]) -> Keep:
    return lambda one: one.place.kind in kinds


def _chosen(where: Where) -> Test:
    """A test of one reading, under the key `reading`."""
    keeps = [CONDITIONS[name](value) for name, value in where.items() if value is not None]
    return lambda payload: all(keep(payload["reading"]) for keep in keeps)


@dataclass(frozen=True, slots=True)
class Arrival(Told):
    readings: list[Arrived]


class Readings(Topic):
    """Readings are seen one by one: a batch has those of many rooms."""

    def face(self, reach: Reach, change: Change) -> Hashable:
        """Staff of the building see all, tenants what is measured in their rooms."""
        if reach.admin or change.building_id in reach.buildings:
            return Face.STAFF
        return reach.tenants or None

    def told(self, change: Change, cursor: str, face: Hashable, test: Test, places: Places) -> Told | None:
        found = [one for one in arrived(change.payload, places.of(change.building_id)) if test({"reading": one})]
        if face is not Face.STAFF:
            assert isinstance(face, frozenset)
            found = [one for one in found if one.place.is_of(face, one.at)]
        return Arrival(change, cursor, face, found) if found else None


def arrived(payload: Payload, sensors: Mapping[int, Place]) -> list[Arrived]:
    """The readings of a change; those of sensors that are no more are left out."""
    columns = zip(payload["sensors"], payload["at"], payload["values"], strict=True)
    return [Arrived(sensors[sensor], at, value) for sensor, at, value in columns if sensor in sensors]


def told(what: Told) -> ReadingArrival:
    assert isinstance(what, Arrival)
    return ReadingArrival(cursor=Cursor(what.cursor), told=what.readings)


TOPIC = Readings("readingArrived", "readings", _chosen)
