"""The enumerations of the contract: those that the tables have."""

import enum

import strawberry

from db.models import (
    AlarmState,
    Category,
    Condition,
    Language,
    Priority,
    Role,
    RoomKind,
    SensorKind,
    SensorStatus,
    TransitionKind,
)

DESCRIBED: dict[type[enum.Enum], str] = {
    Role: "What a person or a device may do.",
    Language: "A language in which the building speaks.",
    RoomKind: "What a room is for.",
    SensorKind: "What a sensor measures.",
    SensorStatus: "Whether a sensor can be believed.",
    AlarmState: "ACTIVE: in alarm, nobody has acknowledged; ACKNOWLEDGED: in alarm, somebody has; RETURNED: back to"
    " normal, nobody has; CLOSED: back to normal and acknowledged.",
    Priority: "How urgent an alarm is.",
    Category: "What an alarm is about.",
    Condition: "On which side of its threshold a rule raises an alarm.",
    TransitionKind: "What happened to an alarm.",
}
for described, description in DESCRIBED.items():
    strawberry.enum(described, description=description)

__all__ = [
    "AlarmState",
    "Category",
    "Condition",
    "Language",
    "Priority",
    "Role",
    "RoomKind",
    "SensorKind",
    "SensorStatus",
    "TransitionKind",
]
