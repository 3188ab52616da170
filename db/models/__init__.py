"""The tables, one module per noun."""

from db.models.access import ApiKey, Audit, Confirmation, Grant, KeyKind, Role, User
from db.models.alarm import (
    Alarm,
    AlarmState,
    Category,
    Condition,
    Event,
    Occurrence,
    Phase,
    Priority,
    Rule,
    Shelf,
    Transition,
    TransitionKind,
    Watch,
)
from db.models.base import metadata
from db.models.keeping import History, ReadingDirty, ReadingHour, Rolling
from db.models.live import Change, ClockMode, Epoch, HouseClock, change_number
from db.models.search import SearchWord
from db.models.sensing import UNITS, Reading, Sensor, SensorKind, SensorState, SensorStatus, StatusChange
from db.models.space import Alias, Building, Floor, Language, Room, RoomKind
from db.models.tenancy import Lease, Placement, Tenant

__all__ = [
    "UNITS",
    "Alarm",
    "AlarmState",
    "Alias",
    "ApiKey",
    "Audit",
    "Building",
    "Category",
    "Change",
    "ClockMode",
    "Condition",
    "Confirmation",
    "Epoch",
    "Event",
    "Floor",
    "Grant",
    "History",
    "HouseClock",
    "KeyKind",
    "Language",
    "Lease",
    "Occurrence",
    "Phase",
    "Placement",
    "Priority",
    "Reading",
    "ReadingDirty",
    "ReadingHour",
    "Role",
    "Rolling",
    "Room",
    "RoomKind",
    "Rule",
    "SearchWord",
    "Sensor",
    "SensorKind",
    "SensorState",
    "SensorStatus",
    "Shelf",
    "StatusChange",
    "Tenant",
    "Transition",
    "TransitionKind",
    "User",
    "Watch",
    "change_number",
    "metadata",
]
