"""What creating and changing a fire zone have in common: its code, and which rooms it has."""

from collections.abc import Sequence

from api import checks, finding
from api.fire.refusals import FireZoneCodeTaken
from api.refusals import InvalidInput, NotAllowed, NotFound
from api.writing import Change
from db import models
from db.queries import fire

MOST_ROOMS = 1000
LONGEST_CODE = 20


def checked(code: str | None, name: str | None, rooms: Sequence[str] | None) -> InvalidInput | None:
    if rooms is not None and len(rooms) > MOST_ROOMS:
        return InvalidInput.of("TOO_MANY", "rooms", most=MOST_ROOMS)
    if code is not None:
        if len(code) > LONGEST_CODE:
            return InvalidInput.of("TOO_LONG", "code", limit=LONGEST_CODE)
        if (wrong := checks.code("code", code)) is not None:
            return wrong
    return checks.line("name", name)


async def taken(change: Change, building_id: int, code: str) -> FireZoneCodeTaken | None:
    """A refusal, when another zone of the building has the code."""
    other = await change.session.scalar(fire.of_code(building_id, code))
    if other is None:
        return None
    building = await change.session.get_one(models.Building, building_id)
    return FireZoneCodeTaken.of(other, code, building.name)


async def fill(
    change: Change, zone: models.FireZone, named: Sequence[str]
) -> NotFound | NotAllowed | InvalidInput | None:
    """Give the zone these rooms and no others; those that stay are not touched."""
    wanted: dict[int, None] = {}
    for name in named:
        room = await finding.room(change, name, "rooms", prefer=zone.building_id)
        if not isinstance(room, models.Room):
            return room
        if room.building_id != zone.building_id:
            return InvalidInput.of("ELSEWHERE", "rooms", value=name)
        wanted[room.id] = None
    await change.session.flush()
    for link in await change.session.scalars(fire.links_of(zone.id)):
        if link.room_id in wanted:
            del wanted[link.room_id]
        else:
            await change.session.delete(link)
    for room_id in wanted:
        change.session.add(models.ZoneRoom(zone_id=zone.id, room_id=room_id, building_id=zone.building_id))
    return None


__all__ = ["checked", "fill", "taken"]
