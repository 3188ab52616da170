"""One page of what matters now."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import BigInteger, ColumnElement, Integer, Interval, Select, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from api.alarm.incident import Incident
from api.alarm.types import Alarm, Event
from api.alarm.where import UNACKNOWLEDGED, annunciated, collapsed, severity
from api.fire.types import PanelCondition
from api.planner.cursor import Key
from api.planner.source import argument, column, many, one, planned
from api.sensing.types import Sensor
from api.sensing.where import state_of
from api.space.types import Building
from api.visibility import NOW, Answer, Other, Sight, among, both
from db import models

ONE = literal_column("1", Integer())
A_DAY = literal_column("interval '24 hours'", Interval())
BUILDING = argument(
    strawberry.ID | None, "Id or code of a building; all that the caller sees unless given.", noun="building"
)

Met = Callable[[Any], Answer]


def of_buildings(sight: Sight, building: Any) -> Select[Any]:
    """One row: the buildings that are meant; none where the viewer sees none of them."""
    here = Other(models.Building)
    ids = func.array_agg(here.id, type_=ARRAY(BigInteger))
    return (
        select(
            ids.label("building_ids"),
            case((func.count() == ONE, func.min(here.id))).label("building_id"),
        )
        .where(sight.building(here), *([here.id == building] if building is not None else []))
        .having(func.count() > literal_column("0"))
    )


def here(page: Any, row: Any) -> Answer:
    return row.building_id == func.any(page.building_ids)  # type: ignore[no-any-return]


def live(alarm: Any) -> Answer:
    return alarm.closed_at.is_(None)  # type: ignore[no-any-return]


def heard(alarm: Any) -> Answer:
    return both(live(alarm), annunciated(alarm))


def alarms_that(met: Met) -> Callable[[Any], ColumnElement[Any]]:
    """How many alarms that the viewer sees meet this."""

    def count(page: Any) -> ColumnElement[Any]:
        alarm = Other(models.Alarm, page.sight)
        seen = page.sight.alarm(alarm)
        return among([alarm], func.count(), here(page, alarm), met(alarm), seen).scalar_subquery()

    return count


def sensors_of(status: str) -> Callable[[Any], ColumnElement[Any]]:
    """How many sensors that the viewer sees have that status; those under maintenance are left out."""

    def count(page: Any) -> ColumnElement[Any]:
        sensor, state = Other(models.Sensor, page.sight), Other(models.SensorState)
        met = (state.sensor_id == sensor.id, state.status == literal_column(f"'{status}'"), in_service(sensor))
        seen = page.sight.sensor(sensor)
        return among([sensor, state], func.count(), here(page, sensor), *met, seen).scalar_subquery()

    return count


def in_service(sensor: Any) -> Answer:
    return sensor.out_of_service_at.is_(None)  # type: ignore[no-any-return]


def open_incidents(page: Any) -> ColumnElement[Any]:
    incident = Other(models.Incident)
    met = (here(page, incident), incident.closed_at.is_(None), page.sight.incident(incident))
    return among([incident], func.count(), *met).scalar_subquery()


def panel_says(page: Any) -> ColumnElement[Any]:
    """How many conditions of the fire alarm panel stand."""
    said = Other(models.PanelCondition, page.sight)
    met = (here(page, said), said.until.is_(None), page.sight.panel_condition(said))
    return among([said], func.count(), *met).scalar_subquery()


def gravest(said: Any) -> Sequence[Any]:
    """Fire first, then what keeps a fire from being told, then tests; the latest first."""
    order = case(
        {literal_column("'ALARM'"): literal_column("0"), literal_column("'TEST'"): literal_column("2")},
        value=said.kind,
        else_=ONE,
    )
    return [Key(order, nullable=False), Key(said.since, descending=True, nullable=False)]


def of_priority(name: str) -> Callable[[Any], ColumnElement[Any]]:
    return alarms_that(lambda alarm: both(heard(alarm), alarm.priority == literal_column(f"'{name}'")))


def most_urgent(alarm: Any) -> Sequence[Any]:
    """By priority, those that nobody has acknowledged first, then the latest."""
    waits = case((alarm.state == func.any(UNACKNOWLEDGED), literal_column("0")), else_=ONE)
    return [
        Key(severity(alarm), descending=True, nullable=False),
        Key(waits, nullable=False),
        Key(alarm.last_raised_at, descending=True, nullable=False),
    ]


def of_status(status: str) -> Callable[[Any, Any], Answer]:
    return lambda page, sensor: both(
        here(page, sensor), in_service(sensor), state_of(sensor).status == literal_column(f"'{status}'")
    )


def quiet(met: Met) -> Callable[[Any, Any], Answer]:
    return lambda page, alarm: both(here(page, alarm), live(alarm), met(alarm))


def since_when(sensor: Any) -> Sequence[Any]:
    return [state_of(sensor).at, sensor.code]


@planned(None)
class Situation:
    """What matters now: alarms that wait, incidents, what is kept quiet, sensors not to be believed, what happened."""

    at: datetime = column("The house's time.", lambda _: NOW)
    building: Building | None = one("The building; null for several.", lambda page, row: row.id == page.building_id)
    live: int = column("Alarms that are not done with and are to be heard.", alarms_that(heard))
    unacknowledged: int = column(
        "Those of them that wait for an acknowledgement.",
        alarms_that(lambda alarm: both(heard(alarm), alarm.state == func.any(UNACKNOWLEDGED))),
    )
    critical: int = column("Those of them that are critical.", of_priority("CRITICAL"))
    high: int = column("Those of high priority.", of_priority("HIGH"))
    medium: int = column("Those of medium priority.", of_priority("MEDIUM"))
    low: int = column("Those of low priority.", of_priority("LOW"))
    incident_count: int = column("Incidents that are not over.", open_incidents)
    shelved_count: int = column(
        "Alarms that are shelved.", alarms_that(lambda a: both(live(a), a.shelved_until.is_not(None)))
    )
    suppressed_count: int = column(
        "Alarms about comfort in vacant rooms, suppressed.",
        alarms_that(lambda alarm: both(live(alarm), alarm.suppressed)),
    )
    out_of_service_count: int = column(
        "Alarms of sensors under maintenance.", alarms_that(lambda alarm: both(live(alarm), alarm.out_of_service))
    )
    panel_count: int = column("What the fire alarm panel says of zones now.", panel_says)
    silent_count: int = column(
        "Sensors that have been silent for too long, but those under maintenance.", sensors_of("STALE")
    )
    faulty_count: int = column("Sensors that are broken, but those under maintenance.", sensors_of("FAULT"))
    alarms: list[Alarm] = many(
        "The alarms to be heard, the most urgent first, those that nobody has acknowledged before the others. Those"
        " for which an incident stands are in it; critical ones are always here.",
        lambda page, alarm: both(here(page, alarm), heard(alarm), ~collapsed(alarm)),
        order=most_urgent,
        first=20,
        typical=20,
    )
    incidents: list[Incident] = many(
        "Incidents that are not over, the latest first.",
        lambda page, incident: both(here(page, incident), incident.closed_at.is_(None)),
        order=lambda incident: [Key(incident.opened_at, descending=True, nullable=False)],
        first=10,
        typical=3,
    )
    panel_conditions: list[PanelCondition] = many(
        "What the fire alarm panel says of zones now, fire first.",
        lambda page, said: both(here(page, said), said.until.is_(None)),
        order=gravest,
        first=20,
        typical=2,
    )
    shelved: list[Alarm] = many(
        "Alarms that are shelved, the most urgent first.",
        quiet(lambda alarm: alarm.shelved_until.is_not(None)),
        order=most_urgent,
        first=10,
        typical=5,
    )
    suppressed: list[Alarm] = many(
        "Alarms about comfort in vacant rooms, suppressed.",
        quiet(lambda alarm: alarm.suppressed),
        order=most_urgent,
        first=10,
        typical=5,
    )
    out_of_service: list[Alarm] = many(
        "Alarms of sensors under maintenance.",
        quiet(lambda alarm: alarm.out_of_service),
        order=most_urgent,
        first=10,
        typical=5,
    )
    silent_sensors: list[Sensor] = many(
        "Sensors that have been silent for too long, the longest first.",
        of_status("STALE"),
        order=since_when,
        first=10,
        typical=10,
    )
    faulty_sensors: list[Sensor] = many(
        "Sensors that are broken.", of_status("FAULT"), order=lambda sensor: [sensor.code], first=10, typical=5
    )
    events: list[Event] = many(
        "What happened in the last 24 hours, the latest first.",
        lambda page, event: both(here(page, event), event.at > NOW - A_DAY),
        order=lambda event: [Key(event.at, descending=True, nullable=False)],
        first=10,
        typical=5,
    )
