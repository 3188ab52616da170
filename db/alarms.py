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

from db.evaluator import Rule, Stay
from db.lifecycle import UNACKNOWLEDGED, standing
from db.models import AlarmState, Category, Priority, Role, SensorKind
from db.models import TransitionKind as Kind
from db.watches import Kept, Verdict


@dataclass(frozen=True, slots=True)
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
        amended = _opened(new) if was_open else new
        if _facts(old.stay) != _facts(amended):
            yield Happening(Kind.AMENDED, new.raised_at, new.value, old, amended)
        if was_open and new.returned_at is not None:
            yield Happening(Kind.RETURNED, new.returned_at, new.cleared, old, new)
    known = {stay.raised_at for stay in became.values()}
    for new in after:
        if new.raised_at not in known:
            yield Happening(Kind.RAISED, new.raised_at, new.value, None, _opened(new))
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


def _opened(stay: Stay) -> Stay:
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
        returned_at, closed = alarm.returned_at or alarm.raised_at, alarm.closed_at or now
        return replace(alarm, state=AlarmState.CLOSED, returned_at=returned_at, closed_at=closed, occurrences=0)
    last = stays[-1] if stays else earlier.last
    assert last is not None
    peak = earlier.peak
    for stay in stays:
        peak = stay.peak if peak is None else rule.worse(peak, stay.peak)
    raises = [at for at in (earlier.raised_at, stays[0].raised_at if stays else None) if at is not None]
    alarm = replace(
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
        return replace(alarm, state=state, closed_at=closed_at, suppressed=False, out_of_service=False)
    if state in UNACKNOWLEDGED and alarm.state not in UNACKNOWLEDGED:
        alarm = replace(alarm, escalated_to=None, escalated_at=None)
    return replace(alarm, state=state, closed_at=None)


def waiting(before: Alarm | None, alarm: Alarm, now: datetime) -> Alarm:
    """The alarm with the moment since when it waits for somebody: anew when it begins to call."""
    if not alarm.calls:
        return replace(alarm, waits_since=None)
    goes_on = before is not None and before.calls
    return alarm if goes_on else replace(alarm, waits_since=now)


def quieted(alarm: Alarm, blank: Alarm) -> Alarm:
    """The alarm with what keeps its condition quiet just now."""
    return replace(
        alarm,
        shelved_until=blank.shelved_until,
        shelved_by_id=blank.shelved_by_id,
        shelved_by=blank.shelved_by,
        shelved_reason=blank.shelved_reason,
        suppressed=blank.suppressed,
        out_of_service=blank.out_of_service,
    )


class Life:
    """One alarm while its stays change; `blank` is what a new alarm of its watch would be born as."""

    def __init__(
        self, alarm: Alarm, earlier: Earlier, stays: Sequence[Stay], rule: Rule, blank: Alarm, now: datetime
    ) -> None:
        self.first = alarm
        self.alarm = alarm
        self.earlier = earlier
        self.stays = {stay.raised_at: stay for stay in stays}
        self.rule = rule
        self.blank = blank
        self.now = now

    def goes_on(self, one: Happening) -> list[Entry]:
        """Take a happening in."""
        before = self.alarm
        self.stays = self._with(one)
        self.tell()
        return closing(Entry(one.kind, one.at, one.value, self.alarm), before)

    def reopens(self, one: Happening) -> bool:
        """Whether it is closed, and would not be after a happening."""
        return self.alarm.closed_at is not None and self._told(self._with(one)).closed_at is None

    def tell(self) -> None:
        closed = self.alarm.closed_at is not None
        self.alarm = self._told(self.stays)
        if closed and self.alarm.closed_at is None:
            self.alarm = quieted(self.alarm, self.blank)

    def _with(self, one: Happening) -> dict[datetime, Stay]:
        stays = dict(self.stays)
        if one.old is not None:
            stays.pop(one.old.stay.raised_at, None)
        if one.new is not None:
            stays[one.new.raised_at] = one.new
        return stays

    def _told(self, stays: dict[datetime, Stay]) -> Alarm:
        return told(self.alarm, self.earlier, [stays[at] for at in sorted(stays)], self.rule, self.now)


class Lives:
    """The alarms of one watch while a verdict is taken in; at most one of them is live at any time."""

    def __init__(
        self,
        verdict: Verdict,
        alarms: Sequence[tuple[Alarm, Earlier]],
        blank: Alarm,
        now: datetime,
    ) -> None:
        """`alarms`: those of the stays before, and the live one if any; `blank`: what a new one starts from."""
        self.verdict = verdict
        self.blank = blank
        self.now = now
        self.all: list[Life] = []
        self.home: dict[datetime, Life] = {}
        for alarm, earlier in alarms:
            stays = [kept.stay for kept in verdict.before if kept.alarm_id == alarm.id]
            life = self._add(alarm, earlier, stays)
            self.home.update(dict.fromkeys(life.stays, life))

    def go_on(self, happened: Sequence[Happening]) -> list[Entry]:
        """Take in what the verdict says has happened; the journal of it, with each alarm as it was in between."""
        entries = [entry for one in happened for entry in self._take(one)]
        for stay in self.verdict.after:
            self.home[stay.raised_at].stays[stay.raised_at] = stay
        for life in self.all:
            life.tell()
            life.alarm = waiting(life.first, life.alarm, self.now)
        return entries

    def _take(self, one: Happening) -> Iterator[Entry]:
        if one.kind is Kind.RAISED and one.new is not None:
            life = self._taker(next(stay for stay in self.verdict.after if stay.raised_at == one.at))
        else:
            known = one.old.stay if one.old is not None else one.new
            assert known is not None
            life = self.home[known.raised_at]
        live = self._live()
        if live is not None and live is not life and life.reopens(one):
            yield from self._taken_over(one, life, live)
            return
        yield from life.goes_on(one)
        if one.new is not None:
            self.home[one.new.raised_at] = life

    def _taken_over(self, one: Happening, closed: Life, live: Life) -> Iterator[Entry]:
        """A stay of a closed alarm turns out to go on, while another alarm is live: that takes it over."""
        stay = one.new
        assert one.old is not None
        assert stay is not None
        yield from closed.goes_on(replace(one, kind=Kind.WITHDRAWN, new=None))
        yield from live.goes_on(replace(one, kind=Kind.RAISED, old=None, new=_opened(stay)))
        if stay.returned_at is not None:
            yield from live.goes_on(Happening(Kind.RETURNED, stay.returned_at, stay.cleared, None, stay))
        self.home[stay.raised_at] = self.home[one.old.stay.raised_at] = live

    def _add(self, alarm: Alarm, earlier: Earlier, stays: Sequence[Stay]) -> Life:
        life = Life(alarm, earlier, stays, self.verdict.watch.rule, self.blank, self.now)
        self.all.append(life)
        return life

    def _live(self) -> Life | None:
        return next((life for life in self.all if life.alarm.closed_at is None), None)

    def _taker(self, stay: Stay) -> Life:
        """The alarm that a raise belongs to: the live one; a closed one of which it is a part; a new one."""
        if (live := self._live()) is not None:
            return live
        for kept in self.verdict.before:
            life = self.home[kept.stay.raised_at]
            acknowledged_to = life.alarm.acknowledged_to
            if overlap(kept.stay, stay) and (acknowledged_to is None or acknowledged_to >= stay.raised_at):
                return life
        return self._add(replace(self.blank, raised_at=stay.raised_at, last_raised_at=stay.raised_at), Earlier(), [])
