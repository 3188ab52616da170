"""Questions about sensors and their readings."""

import strawberry

from api.nodes import Connection
from api.planner.source import argument, by_key, listed, page
from api.sensing import readings
from api.sensing.devices import UnknownDevice, UnknownDeviceOrder, UnknownDeviceWhere
from api.sensing.types import AGGREGATE, BUCKET, Reading, Sensor
from api.sensing.where import ReadingWhere, SensorOrder, SensorWhere


@strawberry.type
class SensingQuery:
    sensor: Sensor | None = by_key("One sensor.", "sensor", "Its id (sensor_90), <building code>/<code>, or its code.")
    sensors: Connection[Sensor] = page("Sensors.", SensorWhere, SensorOrder)
    unknown_devices: Connection[UnknownDevice] = page(
        "Devices that report and belong to no sensor, the latest first.", UnknownDeviceWhere, UnknownDeviceOrder
    )
    readings: list[Reading] = listed(
        "Readings of sensors in order of time, the latest `first` of them. By WHOLE one row for each sensor: with MAX"
        " the largest first, with MIN the smallest, else by code.",
        readings.of_sensors,
        readings.in_order,
        first=200,
        where=argument(ReadingWhere, "Of which sensors, over which time."),
        bucket=BUCKET,
        aggregate=AGGREGATE,
    )
