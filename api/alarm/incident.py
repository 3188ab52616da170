"""Incidents: alarms of one flood that belong together."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Text, case, func, literal_column
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from api.alarm.where import UNACKNOWLEDGED, AlarmOrder, AlarmWhere, Period, severity, within
from api.nodes import Node
from api.planner.ordering import ordering
from api.planner.source import column, condition, many, one, planned
from api.space.types import Building, Floor
from api.visibility import Other, Sight, among
from db import models
from db.models import IncidentKind, Priority

if TYPE_CHECKING:
    from api.alarm.types import Alarm

LazyAlarm = Annotated["Alarm", strawberry.lazy("api.alarm.types")]


def counting(*conditions: Callable[[Any], ColumnElement[bool]]) -> Callable[[Any], Any]:
    """How many alarms of an incident meet the conditions; who sees an incident sees its alarms."""

    def count(incident: Any) -> Any:
        alarm = Other(models.Alarm)
        met = [condition(alarm) for condition in conditions]
        return among([alarm], func.count(), alarm.incident_id == incident.id, *met).scalar_subquery()

    return count


def worst(incident: Any) -> Any:
    """The priority of the most urgent of its alarms that are live, else of all."""
    alarm = Other(models.Alarm)
    live = case((alarm.closed_at.is_(None), literal_column("0")), else_=literal_column("1"))
    first = func.array_agg(aggregate_order_by(alarm.priority, live, severity(alarm).desc()), type_=ARRAY(Text))
    return among([alarm], first[literal_column("1")], alarm.incident_id == incident.id).scalar_subquery()


def live(alarm: Any) -> ColumnElement[bool]:
    return alarm.closed_at.is_(None)  # type: ignore[no-any-return]


@planned(models.Incident, "incident", visible=Sight.incident)
class Incident(Node):
    """Alarms of one flood (more than 10 raised in a building within 10 minutes) that belong together; for staff."""

    title: str = column("Where, and what most of its alarms are about.", label=True)
    kind: IncidentKind = column("What its alarms have in common.")
    priority: Priority | None = column(
        "How urgent the most urgent of its live alarms is; of all, when it is over.", worst
    )
    opened_at: datetime = column("When the first of its alarms was raised.")
    last_raised_at: datetime = column("When the last of its alarms was raised.", name="last_at")
    closed_at: datetime | None = column("When the last of its alarms was done with; null while any is not.")
    alarm_count: int = column("How many alarms it has.", counting())
    live_count: int = column("How many of these are not done with.", counting(live))
    unacknowledged_count: int = column(
        "How many wait for an acknowledgement.", counting(lambda alarm: alarm.state == func.any(UNACKNOWLEDGED))
    )
    building: Building | None = one("Where.", lambda incident, building: building.id == incident.building_id)
    floor: Floor | None = one(
        "On which floor, when all are on one.", lambda incident, floor: floor.id == incident.floor_id
    )
    alarms: list[LazyAlarm] = many(
        "Its alarms.",
        lambda incident, alarm: alarm.incident_id == incident.id,
        AlarmWhere,
        AlarmOrder,
        long=True,
        typical=20,
    )


@strawberry.input(description="Which incidents.")
class IncidentWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda incident, key: incident.building_id == key, noun="building"
    )
    kind: list[IncidentKind] | None = condition(
        "Of one of these kinds.", lambda incident, kinds: incident.kind == func.any(kinds)
    )
    closed: bool | None = condition(
        "That are over (true), or not (false).",
        lambda incident, yes: incident.closed_at.is_not(None) if yes else incident.closed_at.is_(None),
    )
    opened: Period | None = condition("That began within these.", lambda incident, p: within(incident.opened_at, p))


IncidentOrder = ordering(
    "Incident",
    descending=True,
    OPENED_AT=("By when it began.", lambda incident: incident.opened_at),
    LAST_RAISED_AT=("By when the last of its alarms was raised.", lambda incident: incident.last_at),
)
