"""What was handed in, as far as it can be understood: readings in columns, with their places, and the other places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from api.sentences import say
from db.ingest import Batch, Reason, Refused, Report
from db.models import Language, Role
from db.naming import DEVICE

REPORTERS = (Role.ADMIN, Role.MANAGER, Role.DEVICE)
"""Who may report readings."""
TOLD = {"argument": "value", "roles": [role.name for role in REPORTERS]}
"""What sentences about a reading may name besides its sensor."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def moment(given: Any) -> datetime | None:
    """A time: ISO 8601 with an offset, or milliseconds since 1970; None when it is neither."""
    try:
        if type(given) is str:
            read = datetime.fromisoformat(given)
            return read if read.tzinfo is not None else None
        if type(given) is int or type(given) is float:
            return since_epoch(given * 1000)
    except ValueError:
        pass
    return None


def since_epoch(microseconds: float) -> datetime:
    """That time; the end of the calendar when it lies beyond (ingest refuses it there). Raises ValueError for NaN."""
    try:
        return EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if microseconds > 0 else datetime.min.replace(tzinfo=UTC)


def number(given: Any) -> float | None:
    """A number as it stands; anything else is none."""
    return float(given) if type(given) is float or type(given) is int else None


class Sheet:
    """Readings of one body or message. `now` is the house's time: of readings that come without one."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.sensors: list[str] = []
        self.at: list[datetime] = []
        self.values: list[float | None] = []
        self.places: Sequence[int] = []
        """Of each reading in the body."""
        self.bad: list[Refused] = []
        self._stamped: dict[str, int] = {}

    def add(self, place: int, sensor: str, at: datetime, value: float | None) -> None:
        self.sensors.append(sensor)
        self.at.append(at)
        self.values.append(value)
        self.places.append(place)  # type: ignore[attr-defined]

    def refuse(self, place: int, reason: Reason = Reason.MALFORMED, sensor: str = "") -> None:
        self.bad.append(Refused(place, sensor, reason))

    def stamp(self, sensor: str) -> datetime:
        """The time of a reading that has none: now; several of one sensor follow each other."""
        before = self._stamped.get(sensor, 0)
        self._stamped[sensor] = before + 1
        return self.now + MOMENT * before

    @property
    def batch(self) -> Batch:
        return Batch(self.sensors, self.at, self.values)

    def refused(self, report: Report) -> list[Refused]:
        """All that was not taken, by places in the body, in order."""
        placed = (Refused(self.places[one.index], one.sensor, one.reason) for one in report.refused)
        return sorted([*self.bad, *placed], key=lambda one: one.index)


def told(refused: Iterable[Refused], language: Language) -> list[dict[str, Any]]:
    """Refusals as they are told over HTTP."""
    return [
        {
            "index": one.index,
            "sensor": one.sensor.removeprefix(DEVICE),
            "code": one.reason.name,
            "message": say(one.reason.name, language, {"sensor": one.sensor.removeprefix(DEVICE), **TOLD}),
        }
        for one in refused
    ]
