"""Why a change was not made: refusals are values, told by a code and parameters, and said in the caller's language."""

import enum
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias

import strawberry

from api.context import Info
from api.dry_run import DryRun
from api.execution import select
from api.sentences import say
from db import models
from db.queries import tenancy

if TYPE_CHECKING:
    from api.sensing.types import Sensor
    from api.space.types import Room
    from api.tenancy.types import Lease, Placement

LazyRoom = Annotated["Room", strawberry.lazy("api.space.types")]
LazySensor = Annotated["Sensor", strawberry.lazy("api.sensing.types")]
LazyLease = Annotated["Lease", strawberry.lazy("api.tenancy.types")]
LazyPlacement = Annotated["Placement", strawberry.lazy("api.tenancy.types")]


@strawberry.interface(description="Why a change was not made, as a value.")
class Refusal:
    refuses = True
    """Told apart from what was done, where changes are counted."""

    code: str = strawberry.field(description="What it is, for programs.")
    parameters: strawberry.Private[Mapping[str, Any]]

    @strawberry.field(description="What it is and what can be done, in the caller's language.")
    def message(self, info: Info) -> str:
        return say(self.code, info.context.language, self.parameters)


@strawberry.type(description="The caller's roles do not permit it.")
class NotAllowed(Refusal):
    @classmethod
    def without(cls, roles: tuple[enum.Enum, ...]) -> Self:
        return cls(code="NOT_ALLOWED", parameters={"roles": [role.name for role in roles]})


@strawberry.type(description="There is no such thing, or the caller may not see it.")
class NotFound(Refusal):
    argument: str = strawberry.field(description="The argument that names it.")
    value: str = strawberry.field(description="What was given.")

    @classmethod
    def of(cls, argument: str, value: str) -> Self:
        return cls(code="NOT_FOUND", parameters={"argument": argument, "value": value}, argument=argument, value=value)


@strawberry.type(description="An argument does not make sense.")
class InvalidInput(Refusal):
    argument: str = strawberry.field(description="The argument that is wrong.")

    @classmethod
    def of(cls, code: str, argument: str, **parameters: Any) -> Self:
        return cls(code=code, parameters={"argument": argument, **parameters}, argument=argument)


@strawberry.type(description="Who acts for somebody has to show the dry run to them first, and pass its confirmation.")
class ConfirmationRequired(Refusal):
    @classmethod
    def of(cls) -> Self:
        return cls(code="CONFIRMATION_REQUIRED", parameters={})


@strawberry.type(description="The confirmation is too old.")
class ConfirmationExpired(Refusal):
    @classmethod
    def of(cls) -> Self:
        return cls(code="CONFIRMATION_EXPIRED", parameters={})


@strawberry.type(description="The confirmation has committed its change already.")
class ConfirmationUsed(Refusal):
    @classmethod
    def of(cls, subject: str) -> Self:
        return cls(code="CONFIRMATION_USED", parameters={"subject": subject})


@strawberry.type(description="The confirmation is of another person, operation or set of arguments.")
class ConfirmationMismatch(Refusal):
    @classmethod
    def of(cls) -> Self:
        return cls(code="CONFIRMATION_MISMATCH", parameters={})


@strawberry.type(description="The change would now be another than the one confirmed.")
class ChangedSince(Refusal):
    now: DryRun = strawberry.field(description="What it would be now, with a new confirmation.")

    @classmethod
    def of(cls, now: DryRun) -> Self:
        return cls(code="CHANGED_SINCE", parameters={}, now=now)


Unconfirmed: TypeAlias = (
    ConfirmationRequired | ConfirmationExpired | ConfirmationUsed | ConfirmationMismatch | ChangedSince
)
"""What becomes of a change without the right yes: part of the result of each that takes one."""


@strawberry.type(description="Login or password is wrong.")
class WrongPassword(Refusal):
    @classmethod
    def of(cls) -> Self:
        return cls(code="WRONG_PASSWORD", parameters={})


@strawberry.type(description="The building has a sensor with this code.")
class SensorCodeTaken(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, sensor: int, code: str, building: str) -> Self:
        return cls(code="SENSOR_CODE_TAKEN", parameters={"code": code, "building": building}, key=sensor)

    @strawberry.field(description="The sensor that has it.", graphql_type=LazySensor | None)
    async def sensor(self, info: Info) -> Any:
        return await select(info, "Sensor", self.key)


@strawberry.type(description="The building has a room with this number.")
class RoomNumberTaken(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, room: int, number: str, building: str) -> Self:
        return cls(code="ROOM_NUMBER_TAKEN", parameters={"number": number, "building": building}, key=room)

    @strawberry.field(description="The room that has it.", graphql_type=LazyRoom | None)
    async def room(self, info: Info) -> Any:
        return await select(info, "Room", self.key)


@strawberry.type(description="The building has a lease with this number.")
class LeaseNumberTaken(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, lease: int, number: str, building: str) -> Self:
        return cls(code="LEASE_NUMBER_TAKEN", parameters={"number": number, "building": building}, key=lease)

    @strawberry.field(
        description="The lease that has it; null when the caller may not see it.", graphql_type=LazyLease | None
    )
    async def lease(self, info: Info) -> Any:
        return await select(info, "Lease", self.key)


@strawberry.type(description="Somebody has the room for some of these days.")
class RoomAlreadyLeased(Refusal):
    room_key: strawberry.Private[int]
    key: strawberry.Private[int]

    @classmethod
    def of(cls, room: models.Room, placement: models.Placement, tenant: str) -> Self:
        days = {"start": tenancy.first_day(placement.period), "end": tenancy.last_day(placement.period)}
        said = {"room": room.number, "tenant": tenant, **days}
        return cls(code="ROOM_ALREADY_LEASED", parameters=said, room_key=room.id, key=placement.id)

    @strawberry.field(description="The room.", graphql_type=LazyRoom | None)
    async def room(self, info: Info) -> Any:
        return await select(info, "Room", self.room_key)

    @strawberry.field(description="The first placement that is in the way.", graphql_type=LazyPlacement | None)
    async def placement(self, info: Info) -> Any:
        return await select(info, "Placement", self.key)


@strawberry.type(description="A placement has to lie within its lease: its days and its building.")
class OutsideLease(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, lease: models.Lease, start: date, end: date | None) -> Self:
        return cls(code="OUTSIDE_LEASE", parameters={"lease": lease.number, "start": start, "end": end}, key=lease.id)

    @classmethod
    def elsewhere(cls, lease: models.Lease, room: str) -> Self:
        return cls(code="ROOM_ELSEWHERE", parameters={"lease": lease.number, "room": room}, key=lease.id)

    @strawberry.field(description="The lease.", graphql_type=LazyLease | None)
    async def lease(self, info: Info) -> Any:
        return await select(info, "Lease", self.key)


@strawberry.type(description="The lease ends on that day or before.")
class LeaseAlreadyEnded(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, lease: int, number: str, end: date | None) -> Self:
        return cls(code="LEASE_ALREADY_ENDED", parameters={"lease": number, "end": end}, key=lease)

    @strawberry.field(description="The lease.", graphql_type=LazyLease | None)
    async def lease(self, info: Info) -> Any:
        return await select(info, "Lease", self.key)


@strawberry.type(description="The sensor has this status already, or only a reading can give it.")
class SensorStatusStays(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, sensor: models.Sensor, status: models.SensorStatus) -> Self:
        silent = status in (models.SensorStatus.STALE, models.SensorStatus.UNKNOWN)
        code = "SENSOR_IS_SILENT" if silent else "SENSOR_STATUS_STAYS"
        return cls(code=code, parameters={"sensor": sensor.code, "status": status.name}, key=sensor.id)

    @strawberry.field(description="The sensor.", graphql_type=LazySensor | None)
    async def sensor(self, info: Info) -> Any:
        return await select(info, "Sensor", self.key)


@strawberry.type(description="The sensor is not out of service.")
class SensorInService(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, sensor: models.Sensor) -> Self:
        return cls(code="SENSOR_IN_SERVICE", parameters={"sensor": sensor.code}, key=sensor.id)

    @strawberry.field(description="The sensor.", graphql_type=LazySensor | None)
    async def sensor(self, info: Info) -> Any:
        return await select(info, "Sensor", self.key)


@strawberry.type(description="The house lives in real time: its clock cannot be set.")
class ClockIsReal(Refusal):
    @classmethod
    def of(cls) -> Self:
        return cls(code="CLOCK_IS_REAL", parameters={})
