"""What the panel said of a zone, told as an event of the building in the building's language."""

from api.writing import Change
from db import models, reports
from db.changes import append
from db.engine import Connection
from db.models import Language, PanelState

EVENT = "fire"
"""The kind of these events."""
WORDS: dict[PanelState, tuple[str, str]] = {
    PanelState.ALARM: ("пожар", "fire"),
    PanelState.FAULT: ("неисправность", "fault"),
    PanelState.DISABLEMENT: ("отключение", "disablement"),
    PanelState.TEST: ("проверка", "test"),
}


def line(zone: models.FireZone, says: list[PanelState], note: str | None, language: Language, *, over: bool) -> str:
    """«Пожарная панель, зона 3 (Склад): пожар. Дым в коридоре», "Fire panel, zone 3 (Store): over: fire"."""
    russian = language is Language.RU
    called = f"{zone.code} ({zone.name})" if zone.name else zone.code
    said = ", ".join(WORDS[kind][0 if russian else 1] for kind in says)
    head = f"Пожарная панель, зона {called}: " if russian else f"Fire panel, zone {called}: "
    done = ("снято: " if russian else "over: ") if over else ""
    return head + done + said + (f". {note}" if note else "")


async def tell(
    change: Change, zone: models.FireZone, says: list[PanelState], note: str | None, *, over: bool = False
) -> None:
    """Keep an event of it, and let those who follow the building hear it."""
    building = await change.session.get_one(models.Building, zone.building_id)
    event = models.Event(
        building_id=zone.building_id,
        user_id=change.viewer.user_id,
        at=change.now,
        kind=EVENT,
        text=line(zone, says, note, building.language, over=over),
    )
    change.session.add(event)
    await change.session.flush()

    async def append_it(connection: Connection) -> None:
        await append(connection, [await reports.news(connection, event.id)])

    change.last.append(append_it)
