"""The alarms of one watch while a verdict is taken in: which of them each stay belongs to, late ones too. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from db.alarms import Alarm, Earlier, Entry, Happening, closing, opened, overlap, quieted, told, waiting
from db.evaluator import Rule, Stay
from db.models import TransitionKind as Kind
from db.watches import Verdict


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
        yield from live.goes_on(replace(one, kind=Kind.RAISED, old=None, new=opened(stay)))
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
