"""The life of an alarm (ISA-18.2): what the stays of a watch mean for the alarm that a person deals with. Pure.

An alarm collects the stays of one rule on one sensor until it is both returned and acknowledged; then it is closed, or
waits for its reset where the rule latches (`db.lifecycle` has the whole table).

    ACTIVE ──────return─────► RETURNED ──acknowledge──► CLOSED, or LATCHED ──reset──► CLOSED
      │   ◄──────raise───────                             ▲           │
      └──acknowledge──► ACKNOWLEDGED ─────────return──────┘           └──raise──► ACTIVE

Late readings amend stays or withdraw them. An alarm that has none left is closed; a closed one whose stay turns out to
go on is acknowledged again. What a person did is never undone, but holds for what had happened by then: a latching
alarm's acknowledgement for raises, its reset for returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from db.evaluator import Rule, Stay
from db.lifecycle import UNACKNOWLEDGED, standing
from db.models import AlarmState, Category, Priority, Role, SensorKind
from db.models import TransitionKind as Kind
from db.watches import Kept, Verdict


@dataclass(frozen=True)
class Alarm:
    """A row of alarm.alarm, and the name of who acknowledged it."""

    id: int
    rule_id: int
    sensor_id: int
    building_id: int
    room_id: int | None
    title: str
    sensor_kind: SensorKind
    unit: str
    priority: Priority
    category: Category
    state: AlarmState
    raised_at: datetime
    last_raised_at: datetime
    returned_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by_id: int | None = None
    acknowledged_by: str | None = None
    closed_at: datetime | None = None
    value: float | None = None
    peak: float | None = None
    occurrences: int = 0
    note: str | None = None
    latching: bool = False
    acknowledged_to: datetime | None = None
    reset_at: datetime | None = None
    reset_by_id: int | None = None
    reset_by: str | None = None
    reset_to: datetime | None = None
    shelved_until: datetime | None = None
    shelved_by_id: int | None = None
    shelved_by: str | None = None
    shelved_reason: str | None = None
    suppressed: bool = False
    out_of_service: bool = False
    escalated_to: Role | None = None
    escalated_at: datetime | None = None
    waits_since: datetime | None = None
    incident_id: int | None = None

    @property
    def shelved(self) -> bool:
        return self.shelved_until is not None

    @property
    def annunciated(self) -> bool:
        """Whether it is to be heard: nothing keeps it quiet."""
        return not (self.shelved or self.suppressed or self.out_of_service)

    @property
    def acknowledged(self) -> bool:
        """Whether all that was raised is acknowledged."""
        if self.acknowledged_to is None:
            return False
        return not self.latching or self.last_raised_at <= self.acknowledged_to

    @property
    def done(self) -> bool:
        """Whether nothing is left to reset."""
        if not self.latching:
            return True
        return self.reset_to is not None and self.returned_at is not None and self.returned_at <= self.reset_to

    @property
    def calls(self) -> bool:
        """Whether somebody has to acknowledge it and can hear it."""
        return self.state in UNACKNOWLEDGED and self.annunciated


@dataclass(frozen=True, slots=True)
class Earlier:
    """The stays of an alarm that a verdict does not touch; `last` may be None where none can be withdrawn."""

    count: int = 0
    raised_at: datetime | None = None
    peak: float | None = None
    last: Stay | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a verdict says, at its own time: `old` became `new`."""

    kind: Kind
    at: datetime
    value: float | None
    old: Kept | None
    new: Stay | None

    @property
    def moments(self) -> list[datetime]:
        """When it may be told to have happened: a stay that another alarm takes over is told anew."""
        returned_at = self.new.returned_at if self.new is not None else None
        return [self.at] if returned_at is None else [self.at, returned_at]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an alarm's journal, with the alarm as it was right after."""

    kind: Kind
    at: datetime
    value: float | None
    alarm: Alarm
    user_id: int | None = None
    note: str | None = None
    told: bool = True
    """Whether the stream tells of it: a CLOSED line follows another one whose snapshot says so already."""


def closing(entry: Entry, before: Alarm) -> list[Entry]:
    """The entry, and the line that says that it closed the alarm, if it did."""
    alarm = entry.alarm
    closed = alarm.closed_at is not None and before.closed_at is None and alarm.occurrences > 0
    if not closed:
        return [entry]
    return [entry, Entry(Kind.CLOSED, alarm.closed_at or entry.at, None, alarm, told=False)]


def happenings(verdict: Verdict) -> list[Happening]:
    """The difference of a verdict in event time, withdrawals first. A changed peak is none."""
    return sorted(_difference(verdict.before, verdict.after), key=lambda one: (one.kind is not Kind.WITHDRAWN, one.at))


def _difference(before: Sequence[Kept], after: Sequence[Stay]) -> Iterator[Happening]:
    became = _became(before, after)
    for old in before:
        new = became.get(old.stay.raised_at)
        if new is None:
            yield Happening(Kind.WITHDRAWN, old.stay.raised_at, old.stay.value, old, None)
            continue
        was_open = old.stay.returned_at is None
        amended = opened(new) if was_open else new
        if _facts(old.stay) != _facts(amended):
            yield Happening(Kind.AMENDED, new.raised_at, new.value, old, amended)
        if was_open and new.returned_at is not None:
            yield Happening(Kind.RETURNED, new.returned_at, new.cleared, old, new)
    known = {stay.raised_at for stay in became.values()}
    for new in after:
        if new.raised_at not in known:
            yield Happening(Kind.RAISED, new.raised_at, new.value, None, opened(new))
            if new.returned_at is not None:
                yield Happening(Kind.RETURNED, new.returned_at, new.cleared, None, new)


def _became(before: Sequence[Kept], after: Sequence[Stay]) -> dict[datetime, Stay]:
    """What became of each old stay, by its raise: the one raised at the same time, else the first that overlaps."""
    by_raise = {stay.raised_at: stay for stay in after}
    became = {old.stay.raised_at: by_raise[old.stay.raised_at] for old in before if old.stay.raised_at in by_raise}
    free = [stay for stay in after if stay.raised_at not in became]
    for old in before:
        if old.stay.raised_at not in became:
            moved = next((stay for stay in free if overlap(stay, old.stay)), None)
            if moved is not None:
                became[old.stay.raised_at] = moved
                free.remove(moved)
    return became


def _with(alarm: Alarm, **facts: Any) -> Alarm:
    """The alarm with some facts changed: as `replace`, which takes ten times as long for so many fields."""
    changed = object.__new__(Alarm)
    changed.__dict__.update(alarm.__dict__, **facts)
    return changed


def opened(stay: Stay) -> Stay:
    return replace(stay, returned_at=None)


def _facts(stay: Stay) -> tuple[datetime, float, datetime | None]:
    return stay.raised_at, stay.value, stay.returned_at


def overlap(one: Stay, other: Stay) -> bool:
    """Whether two stays have a moment in common."""
    return (other.returned_at is None or one.raised_at <= other.returned_at) and (
        one.returned_at is None or other.raised_at <= one.returned_at
    )


def told(alarm: Alarm, earlier: Earlier, stays: Sequence[Stay], rule: Rule, now: datetime) -> Alarm:
    """The alarm that has these stays (in time order)."""
    if not stays and not earlier.count:
        return _with(
            alarm,
            state=AlarmState.CLOSED,
            returned_at=alarm.returned_at or alarm.raised_at,
            closed_at=alarm.closed_at or now,
            occurrences=0,
            suppressed=False,
            out_of_service=False,
        )
    last = stays[-1] if stays else earlier.last
    assert last is not None
    peak = earlier.peak
    for stay in stays:
        peak = stay.peak if peak is None else rule.worse(peak, stay.peak)
    raises = [at for at in (earlier.raised_at, stays[0].raised_at if stays else None) if at is not None]
    alarm = _with(
        alarm,
        raised_at=min(raises),
        last_raised_at=last.raised_at,
        returned_at=last.returned_at,
        value=last.value,
        peak=peak,
        occurrences=earlier.count + len(stays),
    )
    return stood(alarm)


def stood(alarm: Alarm) -> Alarm:
    """The alarm in the state that its facts make; one that nobody has to hear of keeps nothing that silences it."""
    active = alarm.returned_at is None
    state = standing(active=active, acknowledged=alarm.acknowledged, done=alarm.done)
    if state is AlarmState.CLOSED:
        closed_at = alarm.closed_at or alarm.reset_at or alarm.returned_at
        return _with(alarm, state=state, closed_at=closed_at, suppressed=False, out_of_service=False)
    if state in UNACKNOWLEDGED and alarm.state not in UNACKNOWLEDGED:
        alarm = _with(alarm, escalated_to=None, escalated_at=None)
    return _with(alarm, state=state, closed_at=None)


def waiting(before: Alarm | None, alarm: Alarm, now: datetime) -> Alarm:
    """The alarm with the moment since when it waits for somebody: anew when it begins to call."""
    if not alarm.calls:
        return _with(alarm, waits_since=None)
    goes_on = before is not None and before.calls
    return alarm if goes_on else _with(alarm, waits_since=now)


def quieted(alarm: Alarm, blank: Alarm) -> Alarm:
    """The alarm with what keeps its condition quiet just now."""
    return _with(
        alarm,
        shelved_until=blank.shelved_until,
        shelved_by_id=blank.shelved_by_id,
        shelved_by=blank.shelved_by,
        shelved_reason=blank.shelved_reason,
        suppressed=blank.suppressed,
        out_of_service=blank.out_of_service,
    )
