"""Whether a room stands empty by lease: then its comfort is nobody's concern (ISA-18.2: suppressed by design).

A room that serves everybody is never let, so it is never vacant; nor is any where the building keeps no leases.
"""

from __future__ import annotations

from db.models import RoomKind

COMMON = (RoomKind.CORRIDOR, RoomKind.LOBBY, RoomKind.STAIRS, RoomKind.LIFT, RoomKind.TOILET, RoomKind.TECHNICAL)
"""Rooms that serve everybody."""


def vacant(room: str, building: str, moment: str) -> str:
    """SQL: the room (alias of physical.room, maybe null) is vacant on the building's day of a moment."""
    common = ", ".join(f"'{kind.name}'" for kind in COMMON)
    return f"""(
        {room}.id IS NOT NULL AND {room}.kind NOT IN ({common})
        AND EXISTS (SELECT FROM business.lease WHERE building_id = {building}.id)
        AND NOT EXISTS (
            SELECT FROM business.placement
            WHERE room_id = {room}.id AND period @> ({moment} AT TIME ZONE {building}.time_zone)::date
        )
    )"""
