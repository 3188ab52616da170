"""The life of an alarm as a table (OPC UA Part 9, ISA-18.2): what may happen in which state, and who may do it.

`ROWS` is the whole of it. Whoever changes an alarm asks `row(...)` and does what it says; what readings make of it
follows from `standing(...)`, of which the table's rows for raises and returns are the consequence (a test holds both
together). `markdown()` is the table of docs/alarms.md.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from db.models import AlarmState, Category, Role, TransitionKind

ACTIVE, ACKNOWLEDGED, RETURNED = AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED, AlarmState.RETURNED
LATCHED, CLOSED = AlarmState.LATCHED, AlarmState.CLOSED
LIVE = (ACTIVE, ACKNOWLEDGED, RETURNED, LATCHED)
UNACKNOWLEDGED = (ACTIVE, RETURNED)

PROTECTED = (Category.FIRE, Category.LEAK)
"""What nobody may silence; rules of these categories latch unless told otherwise."""


class Action(enum.Enum):
    """What happens to an alarm, in words."""

    RAISE = "the condition has held for long enough"
    RETURN = "the condition is over"
    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    EXPIRE = "the shelf's time is over"
    SUPPRESS = "the room is vacant from today"
    UNSUPPRESS = "the room is let from today"
    TAKE_OUT = "take the sensor out of service"
    PUT_BACK = "return the sensor to service, or its time is over"
    ESCALATE = "unacknowledged past its limit"
    NOTE = "note"


class Guard(enum.Enum):
    """What has to be true of the alarm besides its state, in words."""

    ANY = ""
    LATCHING = "latching"
    PLAIN = "not latching"
    PROTECTED = "fire or leak"
    ORDINARY = "neither fire nor leak"
    SHELVED = "shelved"
    NOT_SHELVED = "not shelved"
    COMFORT = "comfort"


class Facts(Protocol):
    """What guards look at."""

    @property
    def latching(self) -> bool: ...
    @property
    def category(self) -> Category: ...
    @property
    def shelved(self) -> bool: ...


HOLDS: Mapping[Guard, Callable[[Facts], bool]] = {
    Guard.ANY: lambda alarm: True,
    Guard.LATCHING: lambda alarm: alarm.latching,
    Guard.PLAIN: lambda alarm: not alarm.latching,
    Guard.PROTECTED: lambda alarm: alarm.category in PROTECTED,
    Guard.ORDINARY: lambda alarm: alarm.category not in PROTECTED,
    Guard.SHELVED: lambda alarm: alarm.shelved,
    Guard.NOT_SHELVED: lambda alarm: not alarm.shelved,
    Guard.COMFORT: lambda alarm: alarm.category is Category.COMFORT,
}

TREATS = (Role.ADMIN, Role.MANAGER, Role.DISPATCHER)
MAINTAINS = (Role.ADMIN, Role.MANAGER)
WHO: Mapping[Action, tuple[Role, ...]] = {
    Action.ACKNOWLEDGE: TREATS,
    Action.RESET: TREATS,
    Action.SHELVE: TREATS,
    Action.UNSHELVE: TREATS,
    Action.NOTE: TREATS,
    Action.TAKE_OUT: MAINTAINS,
    Action.PUT_BACK: MAINTAINS,
}
"""Roles of which a person must hold one; all else the house does by itself, from readings, the clock and the leases."""


@dataclass(frozen=True, slots=True)
class Row:
    """In `state` (None: no live alarm) under `guard`, `action` leads to `becomes`, or is refused with a code."""

    state: AlarmState | None
    action: Action
    guard: Guard
    becomes: AlarmState | None = None
    kind: TransitionKind | None = None
    """The line of the journal, and the kind of change in the stream."""
    refused: str | None = None


def _to(
    becomes: AlarmState, action: Action, kind: TransitionKind, *states: AlarmState | None, **more: Guard
) -> list[Row]:
    return [Row(state, action, more.get("guard", Guard.ANY), becomes, kind) for state in states]


def _stays(action: Action, kind: TransitionKind, *states: AlarmState, guard: Guard = Guard.ANY) -> list[Row]:
    return [Row(state, action, guard, state, kind) for state in states]


def _refused(code: str, action: Action, *states: AlarmState, guard: Guard = Guard.ANY) -> list[Row]:
    return [Row(state, action, guard, refused=code) for state in states]


ROWS: tuple[Row, ...] = (
    *_to(ACTIVE, Action.RAISE, TransitionKind.RAISED, None, RETURNED, LATCHED),
    *_to(RETURNED, Action.RETURN, TransitionKind.RETURNED, ACTIVE),
    *_to(CLOSED, Action.RETURN, TransitionKind.RETURNED, ACKNOWLEDGED, guard=Guard.PLAIN),
    *_to(LATCHED, Action.RETURN, TransitionKind.RETURNED, ACKNOWLEDGED, guard=Guard.LATCHING),
    *_to(ACKNOWLEDGED, Action.ACKNOWLEDGE, TransitionKind.ACKNOWLEDGED, ACTIVE),
    *_to(CLOSED, Action.ACKNOWLEDGE, TransitionKind.ACKNOWLEDGED, RETURNED, guard=Guard.PLAIN),
    *_to(LATCHED, Action.ACKNOWLEDGE, TransitionKind.ACKNOWLEDGED, RETURNED, guard=Guard.LATCHING),
    *_refused("ALARM_ALREADY_ACKNOWLEDGED", Action.ACKNOWLEDGE, ACKNOWLEDGED, LATCHED),
    *_refused("ALARM_CLOSED", Action.ACKNOWLEDGE, CLOSED),
    *_to(CLOSED, Action.RESET, TransitionKind.RESET, LATCHED),
    *_refused("ALARM_STILL_ACTIVE", Action.RESET, ACTIVE, ACKNOWLEDGED),
    *_refused("ALARM_NOT_ACKNOWLEDGED", Action.RESET, RETURNED),
    *_refused("ALARM_CLOSED", Action.RESET, CLOSED),
    *_stays(Action.SHELVE, TransitionKind.SHELVED, *LIVE, guard=Guard.ORDINARY),
    *_refused("NEVER_SHELVED", Action.SHELVE, *LIVE, guard=Guard.PROTECTED),
    *_refused("ALARM_CLOSED", Action.SHELVE, CLOSED),
    *_stays(Action.UNSHELVE, TransitionKind.UNSHELVED, *LIVE, CLOSED, guard=Guard.SHELVED),
    *_refused("ALARM_NOT_SHELVED", Action.UNSHELVE, *LIVE, CLOSED, guard=Guard.NOT_SHELVED),
    *_stays(Action.EXPIRE, TransitionKind.UNSHELVED, *LIVE, CLOSED, guard=Guard.SHELVED),
    *_stays(Action.SUPPRESS, TransitionKind.SUPPRESSED, *LIVE, guard=Guard.COMFORT),
    *_stays(Action.UNSUPPRESS, TransitionKind.UNSUPPRESSED, *LIVE),
    *_stays(Action.TAKE_OUT, TransitionKind.OUT_OF_SERVICE, *LIVE),
    *_stays(Action.PUT_BACK, TransitionKind.IN_SERVICE, *LIVE),
    *_stays(Action.ESCALATE, TransitionKind.ESCALATED, *UNACKNOWLEDGED),
    *_stays(Action.NOTE, TransitionKind.NOTED, *LIVE, CLOSED),
)


def row(state: AlarmState | None, action: Action, alarm: Facts) -> Row:
    """What the table says. Raises LookupError where an action cannot happen in a state."""
    found = [each for each in ROWS if each.state is state and each.action is action and HOLDS[each.guard](alarm)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} rows for {action.name} in {state}")
    return found[0]


def standing(*, active: bool, acknowledged: bool, done: bool) -> AlarmState:
    """The state that the facts make: the cause lasts; all raises are acknowledged; nothing is left to reset."""
    if active:
        return ACKNOWLEDGED if acknowledged else ACTIVE
    if not acknowledged:
        return RETURNED
    return CLOSED if done else LATCHED


def markdown() -> str:
    """The table for people, rows of one effect together."""
    lines = ["| in | what happens | if | becomes | journal, or refusal | who |", "|---|---|---|---|---|---|"]
    grouped: dict[tuple[Any, ...], list[str]] = {}
    for each in ROWS:
        becomes = None if each.becomes is each.state else each.becomes
        key = (each.action, each.guard, becomes, each.refused or each.kind)
        grouped.setdefault(key, []).append(each.state.name if each.state else "none")
    shorter = {", ".join(state.name for state in LIVE): "live", ", ".join(state.name for state in AlarmState): "any"}
    for (action, guard, becomes, told), states in grouped.items():
        where = ", ".join(states)
        who = ", ".join(role.name for role in WHO.get(action, ())) or "the house"
        says = f"`{told}`" if isinstance(told, str) else told.name
        after = "refused" if isinstance(told, str) else becomes.name if becomes else "stays"
        lines.append(f"| {shorter.get(where, where)} | {action.value} | {guard.value} | {after} | {says} | {who} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown())
