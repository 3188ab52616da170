"""When: periods, days and times of day, as people name them, read from the words of a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import pairwise

from agent.offline.calendar import DAY, Calendar, Period
from agent.offline.hours import PARTS, Part
from agent.offline.stretches import Stretches


@dataclass(frozen=True)
class Found:
    """The periods that the words from `start` to `end` speak of: as past, and as what is to come."""

    past: Period
    ahead: Period
    words: tuple[int, ...]


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    what: Period | Part


def find(words: list[str], now: datetime, zone: tzinfo) -> Found | None:
    """What time the sentence speaks of, if it does; `words` are lower case and already spelled right."""
    past, ahead = _Reader(words, Calendar(now, zone)), _Reader(words, Calendar(now, zone, ahead=True))
    pieces, coming = past.pieces(), ahead.pieces()
    if not pieces or not coming:
        return None
    taken = tuple(i for piece in pieces for i in range(piece.start, piece.end))
    return Found(past.together(pieces), ahead.together(coming), taken)


class _Reader(Stretches):
    """Reads everything about time in a sentence, and puts it together."""

    def pieces(self) -> list[_Piece]:
        found: list[_Piece] = []
        at = 0
        while at < len(self.words):
            for read in (
                self._loose,
                self._range,
                self._hyphened,
                self._rolling,
                self._bounded,
                self._unit,
                self._moment,
                self._part,
            ):
                if (got := read(at)) and got[0] > at:
                    night = isinstance(got[1], Part) and got[1].first < 0
                    found.append(_Piece(at - night, got[0], got[1]))
                    at = got[0] - 1
                    break
            at += 1
        return found

    def together(self, pieces: list[_Piece]) -> Period:
        """A day and the hours of it; two days joined by "and"; else what was said first."""
        spans = [p for p in pieces if isinstance(p.what, Period)]
        parts = [p.what for p in pieces if isinstance(p.what, Part)]
        span = spans[0].what if spans else None
        assert span is None or isinstance(span, Period)
        for a, b in pairwise(spans):
            if b.start - a.end <= 1 and isinstance(b.what, Period) and span and span.start and b.what.end:
                first = min(span.start, b.what.start or span.start)
                if first < b.what.end:
                    span = replace(span, start=first, end=b.what.end, name="range")
        if not parts:
            assert span is not None
            return span
        part = parts[0]
        if len(parts) > 1 and parts[1].point and part.name in PARTS:
            part = parts[1]
        return self._hours(span, part)

    def _hours(self, span: Period | None, part: Part) -> Period:
        calendar = self.calendar
        if span is not None and not span.one_day:
            return span
        day = (span.first_day if span else None) or calendar.today
        if span is None and not calendar.ahead and calendar.at(day, part.first) > calendar.now:
            day -= DAY
        start, end = calendar.at(day, part.first), calendar.at(day, part.last)
        if part.last <= part.first:
            end += DAY
        if part.since:
            return Period(start, None if day == calendar.today else calendar.at(day, 24), "since")
        return Period(start, end, part.name if span is None or span.name == "today" else "range", part.point)
