"""The colours of a plan, by day and by night: told apart by the colour-blind, and always readable."""

from __future__ import annotations

from dataclasses import dataclass

from api.plans.floor import Theme
from api.plans.shapes import Colour, Hatch
from db.models import Priority, RoomKind, SensorKind, SensorStatus

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (16, 19, 24)

OKABE_ITO: tuple[Colour, ...] = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (140, 140, 140),
)
"""Okabe and Ito, "Color Universal Design" (2008): eight colours that the colour-blind tell apart."""
LIGHTENED = (0.42, 0.40, 0.38, 0.42, 0.55, 0.50, 0.52, 0.30)
"""How much of each remains on white paper: far enough from one another, light enough for dark letters."""

KINDS: dict[RoomKind, Colour] = {
    RoomKind.OFFICE: (250, 250, 248),
    RoomKind.MEETING: (234, 241, 251),
    RoomKind.CORRIDOR: (236, 238, 240),
    RoomKind.LOBBY: (243, 240, 230),
    RoomKind.STAIRS: (222, 227, 232),
    RoomKind.LIFT: (222, 227, 232),
    RoomKind.TOILET: (224, 238, 242),
    RoomKind.KITCHEN: (252, 241, 222),
    RoomKind.STORAGE: (240, 235, 227),
    RoomKind.TECHNICAL: (236, 230, 242),
    RoomKind.SERVER: (225, 228, 246),
    RoomKind.RETAIL: (251, 236, 228),
    RoomKind.PARKING: (230, 230, 230),
    RoomKind.LIVING: (248, 244, 232),
    RoomKind.OTHER: (246, 246, 246),
}
PRIORITIES: dict[Priority, Colour] = {
    Priority.CRITICAL: (200, 16, 46),
    Priority.HIGH: (224, 96, 0),
    Priority.MEDIUM: (222, 165, 0),
    Priority.LOW: (0, 114, 178),
}
SENSORS: dict[SensorKind, Colour] = {
    SensorKind.TEMPERATURE: (178, 60, 0),
    SensorKind.HUMIDITY: (0, 100, 160),
    SensorKind.CO2: (70, 84, 100),
    SensorKind.OCCUPANCY: (122, 60, 130),
    SensorKind.MOTION: (122, 60, 130),
    SensorKind.DOOR: (104, 78, 48),
    SensorKind.LEAK: (0, 100, 160),
    SensorKind.SMOKE: (70, 84, 100),
    SensorKind.POWER: (140, 92, 0),
    SensorKind.LIGHT: (140, 92, 0),
    SensorKind.NOISE: (0, 104, 78),
    SensorKind.VALVE: (0, 104, 78),
    SensorKind.OTHER: (70, 84, 100),
}
STATUSES: dict[SensorStatus, Colour] = {
    SensorStatus.OK: (0, 128, 92),
    SensorStatus.STALE: (150, 108, 0),
    SensorStatus.FAULT: (190, 24, 40),
    SensorStatus.UNKNOWN: (110, 118, 128),
}
CONDITIONS: dict[str, Colour] = {
    "ALARM": (200, 16, 46),
    "FAULT": (222, 165, 0),
    "DISABLEMENT": (110, 118, 128),
    "TEST": (0, 114, 178),
}
GREEN: Colour = (0, 132, 86)
ACCENT: Colour = (0, 92, 230)
LEASE_DAYS = (30, 90, 180, 365)
LEASES: tuple[Colour, ...] = ((204, 76, 2), (236, 130, 40), (252, 190, 100), (254, 228, 170), (238, 240, 242))
"""A lease that ends within so many days, and one that goes on longer (after ColorBrewer's YlOrBr)."""
HOT: tuple[Colour, ...] = (
    (49, 94, 168),
    (120, 170, 214),
    (198, 222, 236),
    (252, 244, 214),
    (250, 196, 120),
    (232, 122, 60),
    (176, 38, 38),
)
"""From cold to hot: blue and red are told apart by all."""
MORE: tuple[Colour, ...] = (
    (255, 252, 224),
    (210, 232, 190),
    (140, 204, 186),
    (72, 164, 184),
    (44, 116, 168),
    (50, 64, 136),
    (48, 24, 88),
)
"""From little to much (after ColorBrewer's YlGnBu): lightness alone tells it."""


@dataclass(frozen=True, slots=True)
class Palette:
    """What differs between day and night."""

    page: Colour
    ink: Colour
    muted: Colour
    wall: Colour
    outer: Colour
    faint: Colour
    dark: bool

    def kind(self, kind: RoomKind) -> Colour:
        return self.tint(KINDS[kind], 1.0) if not self.dark else mix((58, 64, 74), KINDS_AT_NIGHT[kind], 0.55)

    def tenant(self, tenant: int) -> Colour:
        """The same tenant always has the same colour."""
        place = tenant % len(OKABE_ITO)
        return self.tint(OKABE_ITO[place], LIGHTENED[place])

    def tenant_hatch(self, tenant: int, unit: float) -> Hatch | None:
        """Tenants of one colour differ by their hatch."""
        return self.hatch(OKABE_ITO[tenant % len(OKABE_ITO)], tenant // len(OKABE_ITO) % 5, unit)

    def hatch(self, colour: Colour, style: int, unit: float) -> Hatch | None:
        if style == 0:
            return None
        angle, gap, crossed = ((45, 12, False), (135, 12, False), (0, 11, False), (45, 14, True))[style - 1]
        line = mix(self.tint(colour, 0.42), self.ink, 0.16 if not self.dark else 0.12)
        return Hatch(line, angle, gap * unit, max(1.0, 1.6 * unit), crossed)

    def tint(self, colour: Colour, share: float) -> Colour:
        """So much of a colour on the paper."""
        return mix(WHITE, colour, share) if not self.dark else mix((30, 34, 41), colour, min(1.0, share * 0.95))

    def readable(self, ground: Colour) -> Colour:
        """The letters that are read best on a ground: dark or light ones."""
        return BLACK if contrast(BLACK, ground) >= contrast(WHITE, ground) else WHITE


KINDS_AT_NIGHT: dict[RoomKind, Colour] = {
    kind: (max(0, 40 - 4 * (250 - r)), max(0, 44 - 4 * (250 - g)), max(0, 52 - 3 * (250 - b)))
    for kind, (r, g, b) in KINDS.items()
}
LIGHT = Palette(WHITE, (24, 28, 34), (92, 100, 110), (74, 82, 92), (38, 44, 52), (214, 218, 223), dark=False)
DARK = Palette(
    (20, 23, 28), (236, 239, 243), (160, 168, 178), (142, 151, 163), (205, 211, 219), (62, 68, 78), dark=True
)


def palette(theme: Theme) -> Palette:
    return DARK if theme is Theme.DARK else LIGHT


def mix(ground: Colour, colour: Colour, share: float) -> Colour:
    """So much of a colour laid over a ground."""
    r, g, b = (round(a + (c - a) * share) for a, c in zip(ground, colour, strict=True))
    return r, g, b


def along(colours: tuple[Colour, ...], part: float) -> Colour:
    """The colour at a part (0 to 1) of a scale."""
    place = min(1.0, max(0.0, part)) * (len(colours) - 1)
    low = min(int(place), len(colours) - 2)
    return mix(colours[low], colours[low + 1], place - low)


def luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2.2)."""
    r, g, b = (v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio (WCAG 2.2): 1 to 21, 4.5 is readable."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
