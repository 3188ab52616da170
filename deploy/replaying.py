"""A table of readings sent again through the public ingest, in the order of time, the house's clock following."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from db.imports.readings import Account, Map, Sample, samples
from db.imports.words import listed
from deploy.foreign import Foreign
from deploy.house_client import HouseClient, Receipt
from deploy.pace import Pace
from deploy.trouble import Trouble
from deploy.words import sentence

HOUSE = "{ house { now simulated } }"
ME = "{ me { roles } }"
SENSOR = "query ($id: ID!) { sensor(id: $id) { unit } }"
SET_CLOCK = """
    mutation ($now: DateTime!) {
        setClock(now: $now) { __typename ... on ClockSet { now } ... on Refusal { message } }
    }
"""
WINDOW = timedelta(days=30)
"""How old a reading the house takes, unless it is set otherwise."""
AHEAD = timedelta(minutes=5)
SPREAD = 1.2
"""Seconds until every process of a house has seen a clock that was set back."""
LISTED = 50


@dataclass(slots=True)
class Outcome:
    """What became of a replay."""

    account: Account
    accepted: int = 0
    duplicates: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """The house's reasons for what it refused, in the person's language."""
    listed: list[tuple[int, str]] = field(default_factory=list)
    """Lines of the file and why they were refused: the first `LISTED`."""
    reached: datetime | None = None
    retries: int = 0

    def add(self, receipt: Receipt, sent: Sequence[Sample]) -> None:
        self.accepted += receipt.accepted
        self.duplicates += receipt.duplicates
        for one in receipt.refused:
            self.reasons[one.message] += 1
            if len(self.listed) < LISTED:
                self.listed.append((sent[one.index].line, one.message))
        self.reached = sent[-1].at

    @property
    def refused(self) -> int:
        return self.reasons.total()


Progress = Callable[[str, int, int], None]


def in_order(path: Path, plan: Map, account: Account, progress: Progress) -> list[Sample]:
    """All readings of the table by time, those of one moment in the order of the file."""
    found = samples(path, plan, account, lambda done, size: progress("read", done, size))
    return sorted(found, key=lambda one: (one.at, one.line, one.series))


def replay(house: HouseClient, path: Path, plan: Map, speed: float | None, batch: int, progress: Progress) -> Outcome:
    """Send the table; `speed` is house seconds a second (None: as fast as the house takes them).

    Raises Trouble when the house cannot take readings of that time, or stays away.
    """
    outcome = Outcome(Account())
    look(house, plan)
    rows = in_order(path, plan, outcome.account, progress)
    if not rows:
        return outcome
    pace = prepare(house, rows[0].at, rows[-1].at, speed)
    names = [plan.named(series) for series in plan.series]
    for sent in batches(rows, pace, batch):
        if pace.own:
            _come_to(house, sent[-1].at, pace.speed or 1.0)
        try:
            outcome.add(house.ingest([(names[one.series], one.at, one.value) for one in sent]), sent)
        except Trouble as trouble:
            raise _stopped(trouble, sent[0].at) from trouble
        done = outcome.accepted + outcome.duplicates + outcome.refused
        progress("send", done, len(rows))
    outcome.retries = house.retries
    return outcome


def look(house: HouseClient, plan: Map) -> None:
    """See that the sensors are there and measure in the map's units, as far as the caller may see. Raises Trouble."""
    if set((house.graph(ME)["me"] or {}).get("roles", [])) <= {"DEVICE"}:
        return
    missing = []
    for series in plan.series:
        sensor = house.graph(SENSOR, {"id": plan.named(series)})["sensor"]
        if sensor is None:
            missing.append(plan.named(series))
        elif series.unit not in (None, sensor["unit"]):
            units = {"unit": sensor["unit"] or "–", "mapped": series.unit}
            raise Trouble("replay.unit", sensor=series.sensor, **units)
    if missing:
        raise Trouble("replay.no_sensors", sensors=listed(missing))


def _stopped(trouble: Trouble, at: datetime) -> Foreign:
    def told(language: str) -> str:
        return sentence("replay.stopped", language, reason=trouble.in_language(language), at=at.isoformat())

    return Foreign(told)


def prepare(house: HouseClient, first: datetime, last: datetime, speed: float | None) -> Pace:
    """Bring the house to the time of the first reading, unless it is on its way through them; how to keep pace.

    A house whose clock goes by itself sets the pace; one in real time that has no readings yet begins to follow these.
    Raises Trouble when it has, and the new ones are not of these days.
    """
    told = house.graph(HOUSE)["house"]
    now = datetime.fromisoformat(told["now"])
    if not told["simulated"] and now - WINDOW <= first and last <= now + AHEAD:
        return Pace(now, time.monotonic())
    under_way = first <= now <= last and now - first < WINDOW
    if not under_way:
        answer = house.graph(SET_CLOCK, {"now": first.isoformat()})["setClock"]
        if answer["__typename"] == "ClockIsReal":
            raise Trouble("replay.real_time", first=first.isoformat(timespec="minutes"), now=told["now"])
        allowed = answer["__typename"] == "ClockSet"
        if not allowed and first < now - WINDOW:
            raise Trouble("replay.clock_refused", reason=answer["message"])
        under_way = not allowed
        if allowed and (first < now or not told["simulated"]):
            time.sleep(SPREAD)
    own = _own_speed(house)
    if own is not None:
        return Pace(_now(house), time.monotonic(), own, own=True)
    return Pace(now if under_way else first, time.monotonic(), speed)


def _now(house: HouseClient) -> datetime:
    return datetime.fromisoformat(house.graph(HOUSE)["house"]["now"])


def _come_to(house: HouseClient, at: datetime, speed: float) -> None:
    """Wait until the house's own clock has come to a time: how fast it goes was only measured."""
    while (left := (at - _now(house)).total_seconds()) > 0:
        time.sleep(min(left / speed, 1.0))


def _own_speed(house: HouseClient, between: float = 0.2) -> float | None:
    """How fast the house's clock goes by itself (house seconds a second); None if it waits for readings."""
    marks = []
    for _ in range(2):
        marks.append((_now(house), time.monotonic()))
        time.sleep(between)
    (first, begun), (second, ended) = marks
    moved = (second - first).total_seconds()
    return moved / (ended - begun) if moved > 0 else None


def batches(rows: Sequence[Sample], pace: Pace, size: int) -> Iterator[Sequence[Sample]]:
    """The rows as they come due, at most `size` at once."""
    start = 0
    while start < len(rows):
        wait = pace.wait_for(rows[start].at)
        if wait > 0:
            time.sleep(min(wait, 1.0))
            continue
        end = start + 1
        while end < len(rows) and end - start < size and pace.wait_for(rows[end].at) <= 0:
            end += 1
        yield rows[start:end]
        start = end


__all__ = ["Outcome", "batches", "in_order", "prepare", "replay"]
