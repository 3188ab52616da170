"""Devices that report and belong to no sensor."""

from datetime import datetime

import strawberry
from sqlalchemy import func

from api.enums import described
from api.nodes import Node
from api.planner.ordering import ordering
from api.planner.source import column, condition, one, planned
from api.space.types import Building
from api.space.where import contains
from api.visibility import Sight
from db import models
from db.models import Door

described(
    Door,
    "By which door readings come in.",
    NDJSON="Lines of JSON, POST /ingest.",
    GRAPHQL="The mutation reportReadings.",
    LINE="InfluxDB's line protocol.",
    MQTT="A broker of MQTT.",
)


@planned(models.UnknownDevice, "unknown", visible=Sight.unknown_device)
class UnknownDevice(Node):
    """A device that reports under a name that no sensor has; `adoptDevice` makes a sensor of it."""

    name: str = column("The name under which it reports.", label=True)
    door: Door = column("By which door its latest reading came.")
    first_at: datetime = column("When it was met first.")
    last_at: datetime = column("When it reported last.")
    count: int = column("How many readings were refused.")
    value: float | None = column("The latest number that it said, in a unit that only it knows.")
    building: Building | None = one(
        "The building it reports from, where that is known.", lambda device, building: building.id == device.building_id
    )


@strawberry.input(description="Which unknown devices.")
class UnknownDeviceWhere:
    building: strawberry.ID | None = condition(
        "From this building: id or code.", lambda device, key: device.building_id == key, noun="building"
    )
    name: str | None = condition(
        "Whose name has this in it, in any case.", lambda device, text: contains(device.name, text)
    )
    door: list[Door] | None = condition(
        "That came by one of these doors.", lambda device, doors: device.door == func.any(doors)
    )
    since: datetime | None = condition(
        "That reported at this moment or later.", lambda device, moment: device.last_at >= moment
    )


UnknownDeviceOrder = ordering(
    "UnknownDevice",
    descending=True,
    LAST_AT=("By when it reported last, the latest first.", lambda device: device.last_at),
    NAME=("By name.", lambda device: device.name),
    COUNT=("By how many readings were refused.", lambda device: device.count),
)
