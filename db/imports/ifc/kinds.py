"""What a room is for, guessed from what it is called in Russian or English."""

from __future__ import annotations

import re

from db.models import RoomKind

STEMS: tuple[tuple[RoomKind, str], ...] = (
    (RoomKind.SERVER, r"server|data ?cent|серверн|кроссов|\bцод\b|\bidf\b|\bmdf\b|коммутацион"),
    (RoomKind.PARKING, r"parking|garage|паркинг|парковк|гараж|стоянк"),
    (RoomKind.MEETING, r"meeting|conference|boardroom|переговор|конференц|совещан|зал заседан"),
    (
        RoomKind.TOILET,
        r"toilet|\bwc\b|restroom|bath|lavator|washroom|shower|туалет|сануз|с/у|уборная|душев|ванная|санитарн",
    ),
    (RoomKind.STAIRS, r"stair|лестни|лестниц|\bлк\b"),
    (RoomKind.LIFT, r"\blift|elevator|лифт"),
    (RoomKind.KITCHEN, r"kitchen|pantry|canteen|break ?room|кухн|столов|буфет|кофе"),
    (RoomKind.CORRIDOR, r"corridor|hallway|passage|circulation|коридор|проход|галере"),
    (RoomKind.LOBBY, r"lobby|foyer|vestibul|entrance|reception|атриум|atrium|холл|фойе|вестибюл|тамбур|ресепш|прихож"),
    (RoomKind.STORAGE, r"stor(e|age)\b|store ?room|closet|archive|janitor|склад|кладов|архив|гардероб|хранил|инвентар"),
    (
        RoomKind.TECHNICAL,
        r"technic|mechanic|electric|utility|plant|boiler|hvac|shaft|riser|техн|электрощит|щитов|венткамер|котел|"
        r"насосн|итп|тепловой|шахта|бойлер",
    ),
    (RoomKind.RETAIL, r"shop|retail|\bstore\b|магазин|торгов|киоск|аптек"),
    (
        RoomKind.OFFICE,
        r"office|workspace|open ?space|workroom|офис|кабинет|рабоч|опенспейс|бухгалтер|приёмная|приемная",
    ),
    (RoomKind.LIVING, r"living|bedroom|dining|apartment|гостин|спальн|жил|комната отдыха|столовая"),
)
PATTERNS = tuple((kind, re.compile(stems, re.I)) for kind, stems in STEMS)


def guess(*names: str | None) -> RoomKind:
    """The kind of the first of these names that tells one; OTHER if none does."""
    for name in names:
        for kind, pattern in PATTERNS:
            if name and pattern.search(name):
                return kind
    return RoomKind.OTHER


__all__ = ["guess"]
