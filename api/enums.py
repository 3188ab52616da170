"""The enumerations of the contract: those that the tables have, and those that only questions need."""

import enum

import strawberry

from db import models

Role = strawberry.enum(models.Role, description="What a person or a device may do.")
Language = strawberry.enum(models.Language, description="A language in which the building speaks.")
RoomKind = strawberry.enum(models.RoomKind, description="What a room is for.")
SensorKind = strawberry.enum(models.SensorKind, description="What a sensor measures.")
SensorStatus = strawberry.enum(models.SensorStatus, description="Whether a sensor can be believed.")
AlarmState = strawberry.enum(
    models.AlarmState,
    description="ACTIVE: in alarm, nobody has acknowledged; ACKNOWLEDGED: in alarm, somebody has; RETURNED: back to"
    " normal, nobody has; CLOSED: back to normal and acknowledged.",
)
Priority = strawberry.enum(models.Priority, description="How urgent an alarm is.")
Category = strawberry.enum(models.Category, description="What an alarm is about.")
Condition = strawberry.enum(models.Condition, description="On which side of its threshold a rule raises an alarm.")
TransitionKind = strawberry.enum(models.TransitionKind, description="What happened to an alarm.")


@strawberry.enum(description="How much a root field can change.")
class Risk(enum.Enum):
    READ = "READ"
    LOW = "LOW"
    HIGH = "HIGH"
