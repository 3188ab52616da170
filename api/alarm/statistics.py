"""How the alarms of a period bear on the people who answer them (EEMUA 191, ISA-18.2)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.alarm import figures
from api.alarm.where import AlarmOrder, AlarmWhere
from api.planner.source import argument, column, many, one, planned
from api.space.types import Building
from db.models import Priority

if TYPE_CHECKING:
    from api.alarm.types import Alarm, AlarmRule
    from api.sensing.types import Sensor

LazyAlarm = Annotated["Alarm", strawberry.lazy("api.alarm.types")]
LazyRule = Annotated["AlarmRule", strawberry.lazy("api.alarm.types")]
LazySensor = Annotated["Sensor", strawberry.lazy("api.sensing.types")]

PERIOD: dict[str, Any] = {
    "building": argument(
        strawberry.ID | None, "Id or code of a building; all that the caller watches unless given.", noun="building"
    ),
    "from_": argument(
        datetime | None,
        "From this moment on; unless given, from the start of the day six days before the last one, in the building's"
        " zone (UTC for buildings in several zones).",
        name="from",
    ),
    "to": argument(datetime | None, "Up to this moment, without it; now unless given, and never later."),
}


@planned(None)
class PriorityShare:
    """How many of the raises of a period were of one priority."""

    priority: Priority = column("The priority.", label=True)
    raises: int = column("So many raises were.")
    share: float | None = column("Of all raises, 0 to 1; null when there are none.")
    guide: float = column("What ISA-18.2 suggests: about 80 % low, 15 % medium, 5 % high, under 1 % critical.")


@planned(None)
class AlarmSource:
    """One rule on one sensor, as a source of alarms."""

    title: str = column("What its alarms are called.", label=True)
    priority: Priority = column("How urgent they are.")
    raises: int = column("How often it was raised in the period.")
    share: float | None = column("Of all raises of the period, 0 to 1.")
    sensor: LazySensor | None = one("The sensor.", lambda source, sensor: sensor.id == source.sensor_id)
    rule: LazyRule | None = one("The rule.", lambda source, rule: rule.id == source.rule_id)


@planned(None)
class AlarmStatistics:
    """The figures of EEMUA 191 and ISA-18.2 for a period, for staff. A raise is a condition that came true; shelved
    and suppressed ones count too."""

    since: datetime = column("When the period begins.")
    until: datetime = column("When it ends; not inside.")
    slots: int = column("How many 10-minute slots it has, counted from its beginning; the last may be shorter.")
    raises: int = column("How often alarms were raised.")
    average_rate: float | None = column(
        "Raises in 10 minutes on average: up to 1 is acceptable, 2 the most (EEMUA 191)."
    )
    daily_rate: float | None = column("Raises a day on average: up to 150 is acceptable, 300 the most (ISA-18.2).")
    peak_rate: int = column("The most raises in one slot; up to 10 can be followed.")
    peak_at: datetime | None = column("When the first slot with so many began; null without raises.")
    flood_slots: int = column("How many slots had more than 10 raises: a flood.")
    flood_share: float | None = column("Of all slots, 0 to 1; under 0.01 is wanted (ISA-18.2).")
    standing: int = column("Alarms whose cause lasted at the end of the period; under 10 is wanted (EEMUA 191).")
    stale: int = column("Those of them that had lasted for more than 24 hours; under 5 is wanted (ISA-18.2).")
    chattering: int = column("Sources raised three times or more within one minute; none is wanted (ISA-18.2).")
    top_share: float | None = column("What the ten most frequent sources have of all raises; up to 0.05 is wanted.")
    building: Building | None = one(
        "The building; null for several.", lambda figures, building: building.id == figures.building_id
    )
    by_priority: list[PriorityShare] = many(
        "The raises by priority, the most urgent first.",
        rows=figures.by_priority,
        order=figures.in_place,
        first=4,
        typical=4,
    )
    top_sources: list[AlarmSource] = many(
        "The sources of the most raises.", rows=figures.most_frequent, order=figures.in_order, first=10, typical=10
    )
    chattering_sources: list[AlarmSource] = many(
        "The sources raised three times or more within one minute, those of the most raises first.",
        rows=figures.chattering,
        order=figures.in_order,
        first=10,
        typical=5,
    )
    standing_alarms: list[LazyAlarm] = many(
        "The alarms whose cause lasted at the end of the period.",
        lambda period, alarm: figures.stood(alarm, period),
        AlarmWhere,
        AlarmOrder,
        first=10,
        typical=10,
    )
    stale_alarms: list[LazyAlarm] = many(
        "Those of them that had lasted for more than 24 hours.",
        lambda period, alarm: figures.stood(alarm, period, for_a_day=True),
        AlarmWhere,
        AlarmOrder,
        first=10,
        typical=5,
    )
