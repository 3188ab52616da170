"""What somebody wants to see of a floor, checked: layers, rooms to point out, width, moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from api import ids
from api.errors import Fault
from api.plans.floor import Layer, Theme, Wish
from api.plans.moment import Moment
from db.models import Language, SensorKind

LEAST, MOST = 320, 4000
"""Pixels of a picture's width."""
FILM_MOST = 1200
"""Pixels of a film's."""
USUAL = frozenset({Layer.ROOMS, Layer.ALARMS})
MOST_POINTED_OUT = 200


def wish(
    found: Moment,
    *,
    layers: Sequence[Layer] | None,
    highlight: Sequence[str] | None,
    size: int,
    theme: Theme,
    language: Language,
    heat: SensorKind | None,
    most: int = MOST,
) -> Wish:
    """How the floor shall be drawn. Raises BAD_PICTURE_SIZE, NOT_ON_FLOOR, WRONG_KIND_OF_ID."""
    if not LEAST <= size <= most:
        raise Fault("BAD_PICTURE_SIZE", value=size, least=LEAST, most=most)
    wanted = frozenset(layers) if layers else USUAL
    if heat is not None:
        wanted |= {Layer.HEAT}
    return Wish(
        layers=wanted,
        highlight=pointed_out(found, highlight or ()),
        size=size,
        theme=theme,
        language=language,
        heat=heat,
        evacuation=Layer.EVACUATION in wanted,
    )


def pointed_out(found: Moment, rooms: Collection[str]) -> frozenset[int]:
    """The keys of rooms on the floor, by their ids or numbers. Raises NOT_ON_FLOOR, WRONG_KIND_OF_ID."""
    if len(rooms) > MOST_POINTED_OUT:
        raise Fault("BAD_PAGE_SIZE", value=len(rooms), most=MOST_POINTED_OUT)
    keys = {row["id"] for row in found.told["rooms"]}
    numbers = {row["number"]: row["id"] for row in found.told["rooms"]}
    meant: set[int] = set()
    for room in rooms:
        key = ids.key("room", room)
        if key is None:
            key = numbers.get(room, numbers.get(room.rpartition("/")[2]))
        if key is None or key not in keys:
            raise Fault("NOT_ON_FLOOR", value=room)
        meant.add(key)
    return frozenset(meant)


def title(found: Moment, at: datetime, language: Language) -> str:
    """Building, floor and, in the building's zone, the time."""
    floor, local = found.told["floor"], at.astimezone(found.zone)
    day = f"{local:%d.%m.%Y}" if language is Language.RU else f"{local.day} {local:%B %Y}"
    return f"{floor['building']} · {floor['name']} · {day} {local:%H:%M}"
