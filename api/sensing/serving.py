"""What taking a sensor out of service and returning it have in common: the rows that they change are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select

from api.writing import Change
from db import models
from db.engine import Connection
from db.watches import lock


@asynccontextmanager
async def served(change: Change, sensor: models.Sensor) -> AsyncIterator[Connection]:
    """The sensor locked and loaded anew, with its live alarms, before they are changed; and again after."""
    connection = await change.connection()
    await lock(connection, [sensor.id])
    await change.session.refresh(sensor)
    live = select(models.Alarm).where(
        models.Alarm.sensor_id == sensor.id,  # type: ignore[arg-type]
        models.Alarm.closed_at.is_(None),  # type: ignore[union-attr]
    )
    alarms = list(await change.session.scalars(live))
    yield connection
    for row in (sensor, *alarms):
        await change.session.refresh(row)
