"""A drawing: instructions in pixels of the page (y down), in the order in which they are painted, and its legend."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.plans.floor import Layer
from api.plans.geometry import Box, Point, Ring

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Hatch:
    """Lines across a fill: `angle` in degrees (45 rises to the right), `gap` and `width` in pixels; or both ways."""

    colour: Colour
    angle: int
    gap: float
    width: float
    crossed: bool = False


@dataclass(frozen=True, slots=True)
class Polygon:
    rings: list[Ring]
    fill: Colour | None = None
    stroke: Colour | None = None
    width: float = 0.0
    hatch: Hatch | None = None
    opacity: float = 1.0
    """Of the fill."""


@dataclass(frozen=True, slots=True)
class Polyline:
    points: Ring
    stroke: Colour
    width: float
    dash: tuple[float, float] | None = None
    """Lengths of a dash and of the gap after it."""


@dataclass(frozen=True, slots=True)
class Circle:
    x: float
    y: float
    r: float
    fill: Colour | None = None
    stroke: Colour | None = None
    width: float = 0.0
    opacity: float = 1.0
    """Of the fill."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `y` is its base line, `anchor` what of it stands at `x`: start, middle or end."""

    x: float
    y: float
    text: str
    size: float
    colour: Colour
    bold: bool = False
    anchor: str = "start"
    halo: Colour | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    """A field of colours, smoothly stretched over a box and cut to rings; `cells` are RGB bytes row by row."""

    box: Box
    columns: int
    rows: int
    cells: bytes
    rings: list[Ring]


Instruction = Polygon | Polyline | Circle | Text | Patch


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A line of the legend; `symbol`: FILL, HATCH, SENSOR, STATUS, ALARM, LINE or NOTE; `count`: how many are drawn."""

    layer: Layer
    symbol: str
    label: str
    colour: str | None = None
    """As #rrggbb."""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class LegendScale:
    """What the colours of the heat map mean: evenly from `low` to `high`, in `unit`."""

    label: str
    unit: str | None
    low: float
    high: float
    colours: list[str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to be painted; `labels` and `regions` tell where rooms and their labels came to lie."""

    width: int
    height: int
    background: Colour
    title: str
    instructions: list[Instruction]
    legend: list[LegendEntry] = field(default_factory=list)
    scale: LegendScale | None = None
    labels: list[Placed] = field(default_factory=list)
    regions: dict[int, list[Ring]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """The label of a room and the box that it fills; with `leader` it stands outside and a line leads to the room."""

    room: int
    box: Box
    lines: list[str]
    leader: Point | None = None


def hexed(colour: Colour) -> str:
    """As #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


__all__ = [
    "Circle",
    "Colour",
    "Drawing",
    "Hatch",
    "Instruction",
    "LegendEntry",
    "LegendScale",
    "Patch",
    "Placed",
    "Polygon",
    "Polyline",
    "Text",
    "hexed",
]
