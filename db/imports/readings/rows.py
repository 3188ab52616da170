"""A table by its map: a stream of readings, and an account of the rows that were none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from pathlib import Path

from db.imports.readings.mapping import Map, Series
from db.imports.readings.table import Opened, Row, opened
from db.imports.readings.times import Walk, Wrong, written

LISTED = 50
"""How many bad rows are told one by one; all are counted."""
TRUTHS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "on": 1.0, "off": 0.0}


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading: the place of its series in the map, the moment (UTC), the value, and its line in the file."""

    series: int
    at: datetime
    value: float
    line: int


@dataclass(frozen=True, slots=True)
class Bad:
    """A row, or one cell of it, that was not taken: why (a code of db.imports.words) and what stood there."""

    line: int
    reason: str
    text: str


@dataclass(slots=True)
class Account:
    """What was read: rows, readings, and the bad ones, all counted and the first `LISTED` kept."""

    rows: int = 0
    samples: int = 0
    ambiguous: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    listed: list[Bad] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return self.reasons.total()

    def refuse(self, line: int, reason: str, text: str = "") -> None:
        self.reasons[reason] += 1
        if len(self.listed) < LISTED:
            self.listed.append(Bad(line, reason, text[:80]))


Progress = Callable[[int, int], None]
"""Told the bytes read, and how many there are."""


def samples(path: Path, plan: Map, account: Account, progress: Progress | None = None) -> Iterator[Sample]:
    """The readings of the table in its own order. Raises `BrokenFile`, `BadMap`."""
    with opened(path, plan.table) as table:
        reader = _Reader(plan, table, account)
        for row in table.rows:
            account.rows += 1
            if progress is not None and account.rows % 1000 == 0:
                progress(row.bytes_read, table.size)
            yield from reader.read(row)
        account.ambiguous = sum(walk.ambiguous for walk in reader.walks.values())
        if progress is not None:
            progress(table.size, table.size)


class _Reader:
    """The map with its columns found in the table."""

    def __init__(self, plan: Map, table: Opened, account: Account) -> None:
        self.plan = plan
        self.account = account
        self.width = len(table.headers)
        self.headers = table.headers
        self.times = [table.place(name) for name in plan.times.columns]
        self.series = [_Column.found(number, one, table) for number, one in enumerate(plan.series)]
        self.walks = {one.where: Walk(plan.times.zone) for one in self.series}
        self.missing = frozenset(plan.table.missing)

    def read(self, row: Row) -> Iterator[Sample]:
        """The readings of one row."""
        cells = row.cells
        if len(cells) != self.width and (len(cells) < self.width or any(cells[self.width :])):
            self.account.refuse(row.line, "row_width", f"{len(cells)} ≠ {self.width}")
            return
        wanted = [one for one in self.series if all(cells[place].strip() == text for place, text in one.where)]
        if not wanted:
            return
        text = " ".join(cells[place].strip() for place in self.times)
        at = written(text, self.plan.times)
        moments: dict[tuple[tuple[int, str], ...], datetime | Wrong] = {}
        told: set[Wrong] = set()
        for one in wanted:
            if one.where not in moments:
                moments[one.where] = at if isinstance(at, Wrong) else self.walks[one.where].absolute(at)
            moment = moments[one.where]
            if isinstance(moment, Wrong):
                if moment not in told:
                    self.account.refuse(row.line, moment.value, text)
                    told.add(moment)
                continue
            value = self._value(row, one)
            if value is not None:
                self.account.samples += 1
                yield Sample(one.number, moment, value, row.line)

    def _value(self, row: Row, one: _Column) -> float | None:
        """The first of the columns that holds anything."""
        for place in one.places:
            text = row.cells[place].strip()
            if text in self.missing:
                continue
            value = self._number(text)
            if value is not None:
                value = value * one.series.factor + one.series.offset
            if value is None or not isfinite(value):
                self.account.refuse(row.line, "not_a_number", f"{self.headers[place] or place + 1} = {text}")
                return None
            return value
        return None

    def _number(self, text: str) -> float | None:
        if self.plan.table.decimal == ",":
            text = text.replace(".", "").replace(",", ".") if "," in text else text
        text = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
        try:
            return None if "_" in text else float(text)
        except ValueError:
            return TRUTHS.get(text.lower())


@dataclass(frozen=True, slots=True)
class _Column:
    """A series with its columns and filters as places in the row."""

    number: int
    series: Series
    places: tuple[int, ...]
    where: tuple[tuple[int, str], ...]

    @classmethod
    def found(cls, number: int, series: Series, table: Opened) -> _Column:
        places = tuple(table.place(name) for name in series.columns)
        where = tuple((table.place(name), text) for name, text in series.where)
        return cls(number, series, places, where)


__all__ = ["LISTED", "Account", "Bad", "Progress", "Sample", "samples"]
