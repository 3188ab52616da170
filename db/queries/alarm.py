"""Alarm: alarms by key, rules by key or name."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlmodel import col

from db.models import Alarm, Rule


def alarm(key: int | None) -> Select[Alarm, str]:
    """An alarm by its key; alarms have no other name."""
    return select(Alarm, col(Alarm.title)).where(col(Alarm.id) == key)


def rule(key: int | None, name: str) -> Select[Rule, str]:
    """Rules by key or name."""
    return select(Rule, col(Rule.name)).where(or_(col(Rule.id) == key, col(Rule.name) == name))
