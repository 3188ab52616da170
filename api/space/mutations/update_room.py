"""Change what a room is called and used for; what is not given stays as it is."""

from typing import TYPE_CHECKING, Annotated, TypeVar

import strawberry
from sqlmodel import col, select

from api import checks, finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import Role, RoomKind
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, RoomNumberTaken, Unconfirmed
from api.speech import language_of
from api.writing import Change
from db import models
from db.queries.space import aliases_of_room

if TYPE_CHECKING:
    from api.space.types import Room

Given = TypeVar("Given")

MOST_ALIASES = 20


@strawberry.input(description="What is to be changed in a room; what is not given stays as it is.")
class UpdateRoomInput:
    room: strawberry.ID = strawberry.field(description="Id or number of the room.")
    number: str | None = strawberry.field(default=strawberry.UNSET, description="Another number.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Another name; null: none.")
    kind: RoomKind | None = strawberry.field(default=strawberry.UNSET, description="What the room is for.")
    capacity: int | None = strawberry.field(
        default=strawberry.UNSET, description="How many people it is for; null: not known."
    )
    aliases: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="All further names that people use for it, instead of those it had."
    )


UpdateRoomResult = Annotated[
    Annotated["Room", strawberry.lazy("api.space.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | RoomNumberTaken
    | Unconfirmed,
    strawberry.union("UpdateRoomResult", description="The room as it is now, or why not."),
]


@mutation(
    UpdateRoomResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="Change a room's number, name, kind, capacity or further names.",
)
async def update_room(
    change: Change, input: Annotated[UpdateRoomInput, strawberry.argument(description="Which room, and what changes.")]
) -> models.Room | NotAllowed | NotFound | InvalidInput | RoomNumberTaken:
    room = await finding.room(change, input.room, lock=True)
    if not isinstance(room, models.Room):
        return room
    wrong = _checked(input)
    if wrong is not None:
        return wrong
    if input.number and input.number != room.number:
        taken = await _taken(change, room, input.number)
        if taken is not None:
            return taken
        room.number = input.number
    if input.kind:
        room.kind = input.kind
    if input.name is not strawberry.UNSET:
        room.name = input.name
    if input.capacity is not strawberry.UNSET:
        room.capacity = input.capacity
    if input.aliases is not strawberry.UNSET:
        await _call(change, room, input.aliases or [])
    return room


def _checked(input: UpdateRoomInput) -> InvalidInput | None:
    for argument, value in (("number", input.number), ("kind", input.kind)):
        if value is None:
            return InvalidInput.of("CANNOT_BE_NULL", argument)
    aliases = _given(input.aliases) or []
    if len(aliases) > MOST_ALIASES:
        return InvalidInput.of("TOO_MANY", "aliases", most=MOST_ALIASES)
    number = _given(input.number)
    if number is not None and "/" in number:
        return InvalidInput.of("BAD_CHARACTERS", "number")
    return (
        checks.line("number", number)
        or checks.line("name", _given(input.name))
        or checks.number("capacity", _given(input.capacity), least=0)
        or next((wrong for alias in aliases if (wrong := checks.line("aliases", alias)) is not None), None)
    )


def _given(value: Given | None) -> Given | None:
    """The value, or None when it was not given or is null."""
    return None if value is strawberry.UNSET else value


async def _taken(change: Change, room: models.Room, number: str) -> RoomNumberTaken | None:
    named = select(models.Room.id).where(
        col(models.Room.building_id) == room.building_id, col(models.Room.number) == number
    )
    other = await change.session.scalar(named)
    if other is None:
        return None
    building = await change.session.get_one(models.Building, room.building_id)
    return RoomNumberTaken.of(other, number, building.name)


async def _call(change: Change, room: models.Room, aliases: list[str]) -> None:
    """Give the room these further names and no others; those that stay are not touched."""
    wanted = dict.fromkeys(alias.strip() for alias in aliases)
    for alias in await change.session.scalars(aliases_of_room(room.id)):
        if alias.name in wanted:
            del wanted[alias.name]
        else:
            await change.session.delete(alias)
    for name in wanted:
        change.session.add(models.Alias(room_id=room.id, name=name, language=language_of(name)))
