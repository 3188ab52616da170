"""Say when a sensor, or every sensor of a kind in a building or a room, is in alarm."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks, finding
from api.alarm import rules
from api.directives import RiskLevel, Unit
from api.dry_run import DryRun
from api.enums import Category, Condition, Priority, Role, SensorKind
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models
from db.lifecycle import PROTECTED

if TYPE_CHECKING:
    from api.alarm.types import AlarmRule


@strawberry.input(description="A new alarm rule: give either sensorKind (with or without room) or sensor.")
class CreateAlarmRuleInput:
    building: strawberry.ID = strawberry.field(description="Id or code of the building.")
    name: str = strawberry.field(description="How people call it.")
    sensor_kind: SensorKind | None = strawberry.field(default=None, description="It watches all sensors of a kind.")
    sensor: strawberry.ID | None = strawberry.field(default=None, description="Or it watches this one: id or code.")
    room: strawberry.ID | None = strawberry.field(
        default=None, description="Id or number of a room: only sensors of the kind in it."
    )
    condition: Condition = strawberry.field(description="What raises an alarm.")
    threshold: float = strawberry.field(
        description="In the sensor's unit; of STALE, in seconds; the lower one of BETWEEN.",
        directives=[Unit(field="unit")],
    )
    threshold_high: float | None = strawberry.field(
        default=None, description="The upper bound of BETWEEN.", directives=[Unit(field="unit")]
    )
    window: int | None = strawberry.field(
        default=None, description="How far back RATE looks.", directives=[Unit(symbol="s")]
    )
    reference: strawberry.ID | None = strawberry.field(
        default=None, description="Id or code of the sensor that DEVIATION compares with, in the same building."
    )
    deadband: float = strawberry.field(
        default=0.0,
        description="How far the value has to go back across the threshold until the alarm returns.",
        directives=[Unit(field="unit")],
    )
    on_delay: int = strawberry.field(
        default=0, description="How long the condition has to hold before an alarm.", directives=[Unit(symbol="s")]
    )
    off_delay: int = strawberry.field(
        default=0, description="How long it has to be over before the return.", directives=[Unit(symbol="s")]
    )
    priority: Priority = strawberry.field(default=Priority.MEDIUM, description="How urgent its alarms are.")
    category: Category = strawberry.field(default=Category.COMFORT, description="What its alarms are about.")
    latching: bool | None = strawberry.field(
        default=None,
        description="Its alarms stay until somebody resets them; unless told, those of FIRE and LEAK do.",
    )
    escalate_after: int | None = strawberry.field(
        default=None,
        description="How long an alarm may wait for an acknowledgement until the next role is told;"
        " null: as usual for its priority.",
        directives=[Unit(symbol="s")],
    )


CreateAlarmRuleResult = Annotated[
    Annotated["AlarmRule", strawberry.lazy("api.alarm.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | Unconfirmed,
    strawberry.union("CreateAlarmRuleResult", description="The rule made, or why not."),
]


@mutation(
    CreateAlarmRuleResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="Say when sensors are in alarm. Readings that come from then on are judged by it.",
)
async def create_alarm_rule(
    change: Change, input: Annotated[CreateAlarmRuleInput, strawberry.argument(description="The rule.")]
) -> models.Rule | NotAllowed | NotFound | InvalidInput:
    building = await finding.building(change, input.building)
    if not isinstance(building, models.Building):
        return building
    wrong = _checked(input)
    if wrong is not None:
        return wrong
    watched = await _watched(change, input, building)
    if not isinstance(watched, Watched):
        return watched
    rule = models.Rule(
        building_id=building.id,
        room_id=watched.room.id if watched.room is not None else None,
        sensor_id=watched.sensor.id if watched.sensor is not None else None,
        sensor_kind=input.sensor_kind,
        name=input.name,
        condition=input.condition,
        threshold=input.threshold,
        threshold_high=input.threshold_high,
        window=input.window,
        reference_id=watched.reference.id if watched.reference is not None else None,
        deadband=input.deadband,
        on_delay=input.on_delay,
        off_delay=input.off_delay,
        priority=input.priority,
        category=input.category,
        latching=input.category in PROTECTED if input.latching is None else input.latching,
        escalate_after=input.escalate_after,
    )
    change.session.add(rule)
    await change.session.flush()
    return rule


@dataclass(frozen=True)
class Watched:
    """What a rule looks at."""

    sensor: models.Sensor | None = None
    reference: models.Sensor | None = None
    room: models.Room | None = None


async def _watched(
    change: Change, input: CreateAlarmRuleInput, building: models.Building
) -> Watched | NotAllowed | NotFound | InvalidInput:
    """All of it in the building of the rule."""
    sensor = None if input.sensor is None else await finding.sensor(change, input.sensor, prefer=building.id)
    if not isinstance(sensor, models.Sensor | None):
        return sensor
    reference = (
        None
        if input.reference is None
        else await finding.sensor(change, input.reference, "reference", prefer=building.id)
    )
    if not isinstance(reference, models.Sensor | None):
        return reference
    room = None if input.room is None else await finding.room(change, input.room, prefer=building.id)
    if not isinstance(room, models.Room | None):
        return room
    named = (("sensor", input.sensor, sensor), ("reference", input.reference, reference), ("room", input.room, room))
    for argument, value, place in named:
        if place is not None and place.building_id != building.id:
            return InvalidInput.of("ELSEWHERE", argument, value=value)
    return rules.comparable(sensor, reference) or Watched(sensor, reference, room)


def _checked(input: CreateAlarmRuleInput) -> InvalidInput | None:
    if (input.sensor is None) == (input.sensor_kind is None):
        return InvalidInput.of("SENSOR_OR_KIND", "sensorKind")
    if input.sensor is not None and input.room is not None:
        return InvalidInput.of("ROOM_WITH_SENSOR", "room")
    if input.condition is models.Condition.DEVIATION and input.sensor is None:
        return InvalidInput.of("NEEDED_FOR", "sensor", condition=input.condition.name)
    return (
        checks.line("name", input.name)
        or checks.number("escalateAfter", input.escalate_after, least=1, most=rules.LONGEST_DELAY)
        or rules.checked(_terms(input))
    )


def _terms(input: CreateAlarmRuleInput) -> rules.Terms:
    return rules.Terms(
        input.condition,
        input.threshold,
        input.threshold_high,
        input.window,
        input.reference is not None,
        input.deadband,
        input.on_delay,
        input.off_delay,
    )
