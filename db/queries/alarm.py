"""Alarm: alarms by key."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlmodel import col

from db.models import Alarm


def alarm(key: int | None) -> Select[Alarm, str]:
    """An alarm by its key; alarms have no other name."""
    return select(Alarm, col(Alarm.title)).where(col(Alarm.id) == key)
