"""Fire: zones by the names that people give, and what of them a change needs."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlmodel import col

from db.models import Building, FireZone, PanelCondition, ZoneRoom


def zone(key: int | None, name: str) -> Select[FireZone, str]:
    """Zones by key, code or `<building>/<code>`, each with its full name."""
    full = col(Building.code) + "/" + col(FireZone.code)
    found = select(FireZone, full).join(Building, col(FireZone.building_id) == col(Building.id))
    return found.where(col(FireZone.id) == key if key is not None else or_(col(FireZone.code) == name, full == name))


def of_code(building_id: int, code: str) -> Select[int]:
    """The key of the zone that has a code in a building."""
    return select(col(FireZone.id)).where(col(FireZone.building_id) == building_id, col(FireZone.code) == code)


def links_of(zone_id: int) -> Select[ZoneRoom]:
    """What makes rooms part of a zone."""
    return select(ZoneRoom).where(col(ZoneRoom.zone_id) == zone_id)


def standing(zone_id: int) -> Select[PanelCondition]:
    """What the panel says of a zone now, the first first."""
    said = select(PanelCondition).where(col(PanelCondition.zone_id) == zone_id, col(PanelCondition.until).is_(None))
    return said.order_by(col(PanelCondition.since), col(PanelCondition.id))
