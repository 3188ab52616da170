"""How a sensor, its value and the time of it are said."""

from __future__ import annotations

from datetime import datetime

from agent.offline.question import Language, Question
from agent.offline.steps import Json

SWITCHES = {
    "DOOR": (("дверь открыта", "дверь не открыта"), ("the door is open", "the door is shut")),
    "MOTION": (("есть движение", "движения нет"), ("motion", "no motion")),
    "LEAK": (("протечка!", "протечки нет"), ("a leak!", "no leak")),
    "SMOKE": (("дым!", "дыма нет"), ("smoke!", "no smoke")),
}
"""Sensors that say yes or no; with a unit they measure like any other."""
FIELDS = ["room.number", "floor.name"]


def switch(node: Json) -> bool:
    """Whether a sensor says yes or no."""
    return str(node.get("kind")) in SWITCHES and not node.get("unit")


def where(item: str) -> str:
    """Where a sensor is: its room, else its floor and its own code."""
    floor = f"{{if {item}.floor}}{{{item}.floor.name}}, {{end}}"
    return f"{{if {item}.room}}{{{item}.room.number}}{{else}}{floor}{{{item}.code}}{{end}}"


def value(item: str, node: Json, language: Language) -> str:
    """A sensor's value; switches in words; a sensor that is not well is said to be so."""
    ru = language == "ru"
    ill = "датчик" if ru else "sensor"
    if switch(node):
        yes, no = SWITCHES[str(node["kind"])][0 if ru else 1]
        said = f"{{if {item}.value}}{yes}{{else}}{no}{{end}}"
        return f"{{if {item}.status != OK}}{ill}: {{{item}.status}}{{else}}{said}{{end}}"
    return f"{{{item}.value}}{{if {item}.status != OK}} ({ill}: {{{item}.status}}){{end}}"


def seen(item: str, node: Json, q: Question) -> str:
    """When the value was measured: «в 14:15», with the date if that was not today."""
    try:
        at = datetime.fromisoformat(str(node.get("at")))
    except ValueError:
        return ""
    today = q.now is not None and at.astimezone(q.now.tzinfo).date() == q.now.date()
    if today:
        return f"{'в' if q.language == 'ru' else 'at'} {{{item}.at | time}}"
    return f"{{{item}.at}}"
