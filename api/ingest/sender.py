"""Who may hand in readings, and for which buildings."""

from __future__ import annotations

from api import ids
from api.context import Context, Parts
from api.errors import Fault
from api.ingest.doors import Doors, Sender
from api.ingest.sheet import REPORTERS
from db.models import Door
from db.queries import space


def doors_of(parts: Parts) -> Doors:
    """The doors, which are open as long as the process serves."""
    assert parts.doors is not None, "the process is not started"
    return parts.doors


async def sender(context: Context, door: Door, building: str | None = None) -> Sender:
    """The caller as one who hands in readings (for a building that they name). Raises NOT_SIGNED_IN, NOT_ALLOWED."""
    viewer = context.viewer
    if not viewer.known:
        raise Fault("NOT_SIGNED_IN")
    allowed = None if viewer.admin else tuple(viewer.on(*REPORTERS))
    if building is not None:
        named = await building_key(context, building)
        allowed = (named,) if named is not None and (allowed is None or named in allowed) else ()
    if not viewer.may(*REPORTERS) or allowed == ():
        raise Fault("NOT_ALLOWED", roles=[role.name for role in REPORTERS])
    return Sender(allowed, door, viewer.key_id, viewer.readings_per_minute)


async def building_key(context: Context, value: str) -> int | None:
    """The building of an id or a code. Raises WRONG_KIND_OF_ID."""
    key = ids.key("building", value)
    if not value.isprintable():
        return None
    async with context.pool.acquire() as connection:
        found: int | None = await connection.fetchval(space.BUILDING_KEY, key, value)
    return found
