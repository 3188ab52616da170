"""The enumerations of the contract that the tables have, each value in words."""

import enum

import strawberry

from db.models import (
    AlarmState,
    Category,
    Condition,
    IncidentKind,
    Language,
    LinkChannel,
    PanelState,
    Priority,
    Role,
    RoomKind,
    SensorKind,
    SensorStatus,
    TransitionKind,
)


def described(kind: type[enum.Enum], description: str, **values: str) -> None:
    """Make an enumeration of the tables one of the contract."""
    strawberry.enum(kind, description=description)
    definition = kind.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values[value.name]


described(
    Role,
    "What a person or a device may do.",
    ADMIN="Everything, everywhere.",
    MANAGER="Runs a building: leases, rooms, sensors, rules.",
    DISPATCHER="Watches a building's alarms and takes note of them.",
    GUARD="Sees a building and who is where in it.",
    TENANT="Sees what concerns their own rooms.",
    DEVICE="Reports readings of a building's sensors.",
    VIEWER="Sees a building.",
)
described(
    LinkChannel,
    "Where a person is known by another identity than their login.",
    TELEGRAM="Telegram; the identity is the number of its user.",
    SATELLITE="A voice satellite in a room; the identity is its name.",
)
described(Language, "A language in which the building speaks.", RU="Russian.", EN="English.")
described(
    RoomKind,
    "What a room is for.",
    OFFICE="Work.",
    MEETING="Meetings.",
    CORRIDOR="Passage.",
    LOBBY="Entrance and waiting.",
    STAIRS="A staircase.",
    LIFT="A lift.",
    TOILET="Toilets and washrooms.",
    KITCHEN="Cooking and eating.",
    STORAGE="Keeping things.",
    TECHNICAL="Machinery of the building.",
    SERVER="Computers and networks.",
    RETAIL="A shop.",
    PARKING="Cars.",
    LIVING="A flat or a part of one.",
    OTHER="Anything else.",
)
described(
    SensorKind,
    "What a sensor measures.",
    TEMPERATURE="Temperature of the air.",
    HUMIDITY="Relative humidity of the air.",
    CO2="Carbon dioxide in the air.",
    OCCUPANCY="How many people are there.",
    MOTION="Whether something moves: 1, or 0.",
    DOOR="Whether a door is open: 1, or 0.",
    LEAK="Whether there is water: 1, or 0.",
    SMOKE="Smoke in the air.",
    POWER="Electric power.",
    LIGHT="Brightness.",
    NOISE="Loudness.",
    VALVE="How far a valve is open.",
    OTHER="Anything else.",
)
described(
    SensorStatus,
    "Whether a sensor can be believed.",
    OK="It reports as expected.",
    STALE="It has been silent for too long.",
    FAULT="It is broken.",
    UNKNOWN="It has never reported.",
)


@strawberry.enum(description="What a person can say of a sensor.")
class SaidStatus(enum.Enum):
    OK = strawberry.enum_value("OK", description="It has been mended: believe it again.")
    FAULT = strawberry.enum_value("FAULT", description="It is broken: do not believe it.")


described(
    AlarmState,
    "Where an alarm stands (ISA-18.2).",
    ACTIVE="In alarm, and nobody has acknowledged it.",
    ACKNOWLEDGED="In alarm, and somebody has acknowledged it.",
    RETURNED="Back to normal, and nobody has acknowledged it.",
    LATCHED="Back to normal and acknowledged; somebody has to reset it.",
    CLOSED="Back to normal, acknowledged, and reset where it latches: done with.",
)
described(
    Priority,
    "How urgent an alarm is.",
    LOW="It can wait.",
    MEDIUM="Today.",
    HIGH="Soon.",
    CRITICAL="Now.",
)
described(
    IncidentKind,
    "What the alarms of an incident have in common.",
    RISER="They are leaks in rooms above one another: a riser.",
    FLOOR="They are on one floor.",
    BUILDING="They are in one building.",
)
described(
    Category,
    "What an alarm is about.",
    COMFORT="People are not comfortable.",
    AIR="Bad air.",
    LEAK="Water where it should not be.",
    FIRE="Fire or smoke.",
    SECURITY="Doors, motion, break-in.",
    POWER="Electricity.",
    EQUIPMENT="A machine or a sensor.",
)
described(
    Condition,
    "What raises an alarm.",
    ABOVE="The value is above the threshold.",
    BELOW="The value is below the threshold.",
    BETWEEN="The value is between threshold and thresholdHigh.",
    EQUALS="The value is the threshold: a state, such as 1 for open.",
    RATE="The value has changed by more than the threshold within the window: risen, or fallen if that is negative.",
    STALE="The sensor has said nothing for so many seconds as the threshold.",
    DEVIATION="The value is further than the threshold from that of the reference sensor.",
)
described(
    TransitionKind,
    "What happened to an alarm.",
    RAISED="The condition has held for long enough.",
    RETURNED="It is over.",
    ACKNOWLEDGED="Somebody has taken note.",
    CLOSED="It is done with.",
    WITHDRAWN="A late reading has shown that it never was.",
    AMENDED="A late reading has shown that it was otherwise.",
    RESET="Somebody has reset it.",
    SHELVED="Somebody wants to hear nothing of it for a while.",
    UNSHELVED="It is heard again.",
    SUPPRESSED="It is about comfort, and the room is vacant by lease.",
    UNSUPPRESSED="The room is let again.",
    OUT_OF_SERVICE="Its sensor is under maintenance.",
    IN_SERVICE="Its sensor works again.",
    ESCALATED="Nobody has acknowledged it in time: it is told to the next role.",
    NOTED="Somebody has noted something.",
)
described(
    PanelState,
    "What the fire alarm panel says of a zone (EN 54-2).",
    ALARM="Fire.",
    FAULT="Something of it is broken.",
    DISABLEMENT="It is switched off: a fire there would not be told.",
    TEST="It is being tested.",
)

__all__ = [
    "AlarmState",
    "Category",
    "Condition",
    "IncidentKind",
    "Language",
    "LinkChannel",
    "PanelState",
    "Priority",
    "Role",
    "RoomKind",
    "SaidStatus",
    "SensorKind",
    "SensorStatus",
    "TransitionKind",
]
