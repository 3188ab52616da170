"""Alarm: alarms by key."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlmodel import col

from db.models import Alarm

Buildings = list[int] | None


def alarm(key: int | None, within: Buildings) -> Select[Alarm, str]:
    """An alarm by its key; alarms have no other name."""
    found = select(Alarm, col(Alarm.title)).where(col(Alarm.id) == key)
    return found if within is None else found.where(col(Alarm.building_id).in_(within))
