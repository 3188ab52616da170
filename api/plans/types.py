"""Plans and replays as they are told: where the picture is, and what its colours and signs mean."""

from datetime import datetime

import strawberry

from api.directives import Label, Unit
from api.enums import described
from api.plans.floor import Layer, Theme
from api.plans.forms import Form
from api.plans.pictures import Offer
from api.scalars import PictureAddress

described(
    Layer,
    "What a plan shows.",
    ROOMS="Rooms with their numbers and names.",
    TENANTS="Who rents the rooms on that day, by colour.",
    VACANCY="Rooms that are vacant on that day.",
    LEASES="Rooms whose lease ends soon.",
    SENSORS="Sensors by what they measure, and whether they can be believed.",
    ALARMS="Alarms that are not done with.",
    HEAT="A map of what sensors of one kind measure.",
    FIRE_ZONES="Fire zones, and what the panel reports of them.",
    EVACUATION="The ways out: stairs, exits, and how to get there.",
)
described(Theme, "Its colours.", LIGHT="On white.", DARK="On black.")
strawberry.enum(Form, name="PictureFormat", description="The kind of a picture's file.")
FORMS = {"PNG": "Dots, exact.", "SVG": "Lines and text, of any size.", "WEBP": "Dots, small."}
for _value in Form.__strawberry_definition__.values:  # type: ignore[attr-defined]
    _value.description = FORMS[_value.name]


@strawberry.type(description="What a colour or a sign on a plan means.")
class LegendEntry:
    layer: Layer = strawberry.field(description="Of which layer it is.")
    label: str = strawberry.field(description="What it means.", directives=[Label()])
    symbol: str = strawberry.field(description="The form of its sign: FILL, HATCH, SENSOR, STATUS, ALARM, LINE, NOTE.")
    colour: str | None = strawberry.field(description="Its colour, #rrggbb; null for a sign without one.")
    count: int | None = strawberry.field(description="How many of it are on the plan; null where that is not counted.")


@strawberry.type(description="What the colours of a heat map mean: evenly from the lowest value to the highest.")
class HeatScale:
    label: str = strawberry.field(description="What is measured.", directives=[Label()])
    unit: str | None = strawberry.field(description="The unit of its ends; null for none.")
    low: float = strawberry.field(description="The value of the first colour.", directives=[Unit(field="unit")])
    high: float = strawberry.field(description="The value of the last colour.", directives=[Unit(field="unit")])
    colours: list[str] = strawberry.field(description="Its colours, #rrggbb, from the lowest.")


def legend_of(offer: Offer) -> list[LegendEntry]:
    return [
        LegendEntry(layer=each.layer, label=each.label, symbol=each.symbol, colour=each.colour, count=each.count)
        for each in offer.drawing.legend
    ]


def scale_of(offer: Offer) -> HeatScale | None:
    scale = offer.drawing.scale
    if scale is None:
        return None
    return HeatScale(label=scale.label, unit=scale.unit, low=scale.low, high=scale.high, colours=scale.colours)


@strawberry.type(description="A plan of a floor, drawn.")
class FloorPlan:
    title: str = strawberry.field(description="Its title: building, floor and time.", directives=[Label()])
    address: PictureAddress = strawberry.field(description="Where the picture is.")
    expires_at: datetime = strawberry.field(description="Until when the address is good.")
    at: datetime = strawberry.field(description="The moment that it shows.")
    width: int = strawberry.field(description="Its width.", directives=[Unit(symbol="px")])
    height: int = strawberry.field(description="Its height.", directives=[Unit(symbol="px")])
    legend: list[LegendEntry] = strawberry.field(description="What its colours and signs mean.")
    scale: HeatScale | None = strawberry.field(description="What the colours of its heat map mean; null without one.")


@strawberry.type(description="How the floor of an alarm looked, one moment after another: an animated picture.")
class Replay:
    title: str = strawberry.field(description="Its title: building and floor.", directives=[Label()])
    address: PictureAddress = strawberry.field(description="Where the picture (animated WebP) is.")
    expires_at: datetime = strawberry.field(description="Until when the address is good.")
    since: datetime = strawberry.field(name="from", description="The moment of the first frame.")
    until: datetime = strawberry.field(name="to", description="The moment of the last frame.")
    frames: int = strawberry.field(description="How many frames it has.")
    width: int = strawberry.field(description="Its width.", directives=[Unit(symbol="px")])
    height: int = strawberry.field(description="Its height.", directives=[Unit(symbol="px")])
    legend: list[LegendEntry] = strawberry.field(description="What its colours and signs mean.")
