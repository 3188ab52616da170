"""What goes wrong by itself: a leak now and then, a door left open, a server room that gets warm. Some a week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deploy.simulator.calendar import Day
from deploy.simulator.chance import luck
from deploy.simulator.incidents import Bent, Incident
from deploy.simulator.site import Device


@dataclass(frozen=True, slots=True)
class Mishap:
    """`often`: how many a day; between two hours; lasting so many minutes."""

    kind: str
    often: float
    hours: tuple[float, float]
    minutes: tuple[float, float]
    peak: float
    rooms: tuple[str, ...] = ()
    """Kinds of room it happens in; none: in any."""


MISHAPS = (
    Mishap("LEAK", 0.35, (6, 26), (20, 80), 1.0),
    Mishap("DOOR", 0.5, (8, 21), (35, 70), 1.0),
    Mishap("TEMPERATURE", 0.2, (5, 24), (60, 150), 26.8, ("SERVER",)),
    Mishap("SMOKE", 0.06, (8, 19), (4, 8), 3.0, ("KITCHEN", "RETAIL")),
    Mishap("POWER", 0.15, (9, 17), (25, 60), 46.0, ("OFFICE", "KITCHEN", "RETAIL")),
)


def mishaps(devices: Sequence[Device], seed: int, day: Day) -> Iterator[Incident]:
    """Those of a day; each is over before the next day begins. A house of thousands of sensors has no more of them."""
    for mishap in MISHAPS:
        if luck(seed, mishap.kind, day.date, "whether") >= mishap.often:
            continue
        able = [
            device
            for device in devices
            if device.kind == mishap.kind and (not mishap.rooms or device.place.kind in mishap.rooms)
        ]
        if not able:
            continue
        device = able[int(luck(seed, mishap.kind, day.date, "where") * len(able))]
        (early, late), (short, long) = mishap.hours, mishap.minutes
        begins = day.moment(early + (late - early) * luck(seed, mishap.kind, day.date, "when"))
        lasts = 60 * (short + (long - short) * luck(seed, mishap.kind, day.date, "how long"))
        yield Bent(device.name, mishap.peak, round(begins, 1), round(min(begins + lasts, day.ends - 60), 1))


__all__ = ["MISHAPS", "mishaps"]
