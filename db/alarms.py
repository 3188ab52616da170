"""The life of an alarm (ISA-18.2): what the stays of a watch mean for the alarm that a person deals with. Pure.

An alarm collects the stays of one rule on one sensor until it is both returned and acknowledged; then it is closed.

    ACTIVE ──────return─────► RETURNED ──acknowledge──► CLOSED
      │   ◄──────raise───────                             ▲
      └──acknowledge──► ACKNOWLEDGED ─────────return──────┘

Late readings amend stays or withdraw them. An alarm that has none left is closed; a closed one whose stay turns out to
go on is acknowledged again. What a person did is never undone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db.evaluator import Rule, Stay
from db.models import AlarmState, Category, Priority, SensorKind
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
    acknowledged = alarm.acknowledged_at is not None
    closed_at: datetime | None = None
    if last.returned_at is None:
        state = AlarmState.ACKNOWLEDGED if acknowledged else AlarmState.ACTIVE
    elif acknowledged:
        state, closed_at = AlarmState.CLOSED, alarm.closed_at or last.returned_at
    else:
        state = AlarmState.RETURNED
    return replace(
        alarm,
        state=state,
        closed_at=closed_at,
        raised_at=min(raises),
        last_raised_at=last.raised_at,
        returned_at=last.returned_at,
        value=last.value,
        peak=peak,
        occurrences=earlier.count + len(stays),
    )


class Life:
    """One alarm while its stays change."""

    def __init__(self, alarm: Alarm, earlier: Earlier, stays: Sequence[Stay], rule: Rule, now: datetime) -> None:
        self.first = alarm
        self.alarm = alarm
        self.earlier = earlier
        self.stays = {stay.raised_at: stay for stay in stays}
        self.rule = rule
        self.now = now

    def goes_on(self, one: Happening) -> list[Entry]:
        """Take a happening in."""
        before = self.alarm
        if one.old is not None:
            self.stays.pop(one.old.stay.raised_at, None)
        if one.new is not None:
            self.stays[one.new.raised_at] = one.new
        self.tell()
        return closing(Entry(one.kind, one.at, one.value, self.alarm), before)

    def tell(self) -> None:
        stays = [self.stays[at] for at in sorted(self.stays)]
        self.alarm = told(self.alarm, self.earlier, stays, self.rule, self.now)


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
            life = Life(alarm, earlier, stays, verdict.watch.rule, now)
            self.all.append(life)
            self.home.update(dict.fromkeys(life.stays, life))

    def go_on(self, happened: Sequence[Happening]) -> list[Entry]:
        """Take in what the verdict says has happened; the journal of it, with each alarm as it was in between."""
        entries = [entry for one in happened for entry in self._take(one)]
        for stay in self.verdict.after:
            self.home[stay.raised_at].stays[stay.raised_at] = stay
        for life in self.all:
            life.tell()
        return entries

    def _take(self, one: Happening) -> Iterator[Entry]:
        if one.kind is Kind.RAISED and one.new is not None:
            life = self._taker(next(stay for stay in self.verdict.after if stay.raised_at == one.at))
        else:
            known = one.old.stay if one.old is not None else one.new
            assert known is not None
            life = self.home[known.raised_at]
        if self._goes_on(one, life) and (live := self._live()) is not None:
            yield from life.goes_on(replace(one, kind=Kind.WITHDRAWN, new=None))
            one, life = replace(one, kind=Kind.RAISED, old=None), live
        yield from life.goes_on(one)
        if one.new is not None:
            self.home[one.new.raised_at] = life

    def _goes_on(self, one: Happening, life: Life) -> bool:
        """Whether a stay of a closed alarm turns out to go on: where another alarm is live, that takes it over."""
        goes_on = one.kind is Kind.AMENDED and one.new is not None and one.new.returned_at is None
        return goes_on and life.alarm.closed_at is not None

    def _live(self) -> Life | None:
        return next((life for life in self.all if life.alarm.closed_at is None), None)

    def _taker(self, stay: Stay) -> Life:
        """The alarm that a raise belongs to: the live one; a closed one of which it is a part; a new one."""
        if (live := self._live()) is not None:
            return live
        for kept in self.verdict.before:
            life = self.home[kept.stay.raised_at]
            acknowledged_at = life.alarm.acknowledged_at
            if overlap(kept.stay, stay) and (acknowledged_at is None or acknowledged_at >= stay.raised_at):
                return life
        alarm = replace(self.blank, raised_at=stay.raised_at, last_raised_at=stay.raised_at)
        life = Life(alarm, Earlier(), [], self.verdict.watch.rule, self.now)
        self.all.append(life)
        return life
