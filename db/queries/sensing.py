"""Sensing: sensors by the names that people and devices give."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlmodel import col

from db.models import Building, Sensor, UnknownDevice


def sensor(key: int | None, name: str) -> Select[Sensor, str]:
    """Sensors by key, code or `<building>/<code>`, each with its full name."""
    full = col(Building.code) + "/" + col(Sensor.code)
    found = select(Sensor, full).join(Building, col(Sensor.building_id) == col(Building.id))
    return found.where(col(Sensor.id) == key if key is not None else or_(col(Sensor.code) == name, full == name))


def unknown_device(key: int | None, name: str) -> Select[UnknownDevice, str]:
    """Unknown devices by key or name, each with its name."""
    found = select(UnknownDevice, col(UnknownDevice.name))
    return found.where(col(UnknownDevice.id) == key if key is not None else col(UnknownDevice.name) == name)
