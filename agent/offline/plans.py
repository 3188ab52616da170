"""Plans of floors and replays of alarms: which floor, which moment, what on it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, time
from typing import Any

from agent.offline import layers
from agent.offline.alarms import NEWEST, filters, line
from agent.offline.calendar import Period
from agent.offline.places import CHOICES, Place, choose, levels_of, places
from agent.offline.question import Context, Question
from agent.offline.steps import Got, Plan, Reply, Step, Stopped, ask, call, either, one, refer, reply

MOST = 4
"""Floors that are drawn for one question."""
URGENT = ["PRIORITY DESC", "LAST_RAISED_AT DESC"]
OCCUPANCY = frozenset({"TENANTS", "VACANCY", "LEASES"})
"""Layers that a day to come has, too."""
DRAWN_RU = "{if @1 empty}Такого этажа среди видимых вам нет.{else}{@1.title}.{end}"
DRAWN_EN = "{if @1 empty}There is no such floor that you can see.{else}{@1.title}.{end}"

Sheet = tuple[str, list[str]]
"""A floor, and the rooms on it to point out."""
Sheets = Generator[Step, list[Got], list[Sheet]]


def plan(q: Question, context: Context) -> Plan:
    """The floors that are meant, drawn."""
    if "ALARMS" in q.layers and not (q.rooms or q.names or q.levels or q.storey):
        return (yield from _alarms(q, context))
    sheets = yield from _sheets(q, context)
    return (yield from _drawn(q, context, sheets))


def _drawn(q: Question, context: Context, sheets: list[Sheet], before: str = "") -> Plan:
    wish = {**_wish(q), "at": _moment(q, context)}
    got = yield from ask([call("floorPlan", floor=floor, highlight=rooms, **wish) for floor, rooms in sheets[:MOST]])
    shown = [refer(either(q.language, DRAWN_RU, DRAWN_EN), each) for each in got]
    return Reply("\n".join([*([before] if before else []), *shown]))


def _wish(q: Question) -> dict[str, Any]:
    wanted = [layer for layer in q.layers if layer != "HEAT"]
    heat = layers.heat(q.kinds) if "HEAT" in q.layers else None
    drawn = ["ROOMS", *wanted, *(["HEAT"] if "HEAT" in q.layers else [])] if q.layers else ["ROOMS", "ALARMS"]
    return {"layers": drawn, "heat": heat, "theme": "DARK" if q.dark else None, "language": q.language.upper()}


def _moment(q: Question, context: Context) -> str | None:
    """The moment that is named: of a stretch its middle; of one to come only what is known of it, who has the rooms."""
    future = q.ahead if q.layers and set(q.layers) <= OCCUPANCY else None
    for period in (q.period, future):
        at = _middle(period, context)
        if at is not None and (at < context.now or period is future):
            return at.isoformat() if at != context.now else None
    return None


def _middle(period: Period | None, context: Context) -> datetime | None:
    if period is None or period.start is None:
        return None
    if period.point or period.end is None:
        return period.start
    if period.start <= context.now < period.end:
        return context.now
    if period.one_day and period.length and period.length.days == 1:
        return datetime.combine(period.start.date(), time(12), tzinfo=period.start.tzinfo)
    return period.start + (period.end - period.start) / 2


# -- which floors


def _sheets(q: Question, context: Context) -> Sheets:
    if q.rooms or q.names or q.sensors:
        here = yield from places(q, context, kinds=False)
        return (yield from _of_places(here, q, context))
    levels = yield from levels_of(q)
    return (yield from _of_levels(levels, q, context))


def _of_levels(levels: Sequence[int], q: Question, context: Context) -> Sheets:
    if not levels:
        return [((yield from _chosen(q)), [])]
    codes = [b.code for b in context.buildings if q.building in (None, b.id, b.code)]
    if len(codes) == 1:
        return [(f"{codes[0]}/{level}", []) for level in levels]
    sheets: list[Sheet] = []
    for level in levels[:MOST]:
        sheets.append(((yield from _chosen(q, level)), []))
    return sheets


def _of_places(here: list[Place], q: Question, context: Context) -> Sheets:
    """The floors of rooms and sensors, with the rooms pointed out; the floors that were named themselves."""
    sheets: dict[str, list[str]] = {}
    for place in here:
        if "floor" in place.args:
            sheets.setdefault(place.args["floor"], [])
        elif "room" in place.args:
            got = yield from one("room", id=place.args["room"])
            floor, room = (got.value.get("floor") or {}).get("id"), got.value.get("id")
            if floor:
                sheets.setdefault(str(floor), []).append(str(room))
        elif "sensor" in place.args:
            got = yield from one("sensor", id=place.args["sensor"])
            floor, room = (got.value.get("floor") or {}).get("id"), (got.value.get("room") or {}).get("id")
            if floor:
                sheets.setdefault(str(floor), []).extend([str(room)] if room else [])
    if sheets:
        return list(sheets.items())
    return (yield from _of_levels([place.args["level"] for place in here if "level" in place.args], q, context))


def _chosen(q: Question, level: int | None = None) -> Generator[Step, list[Got], str]:
    """The only floor that can be meant, or the one that the person chooses."""
    got = yield from one("floors", building=q.building, level=level, orderBy=["LEVEL"], first=50)
    if not got.nodes:
        nothing = "{if @1 empty}Такого этажа среди видимых вам нет.{end}"
        raise Stopped(reply(q.language, nothing, "{if @1 empty}There is no such floor that you can see.{end}", got))
    index = 0
    if len(got.nodes) > 1:
        more = "{{r{0}.nodes[{1}].name}}" + (
            "{{if r{0}.nodes[{1}].building}}, {{r{0}.nodes[{1}].building.name}}{{end}}"
        )
        form = more if q.several else "{{r{0}.nodes[{1}].name}}"
        labels = [form.format(got.number, place) for place in range(len(got.nodes))]
        choices = [
            {"label": label, "value": f"{{r{got.number}.nodes[{place}].id}}"} for place, label in enumerate(labels)
        ]
        index = yield from choose(either(q.language, "План какого этажа?", "Of which floor?"), choices[:CHOICES], q)
    return str(got.nodes[index]["id"])


# -- alarms


def _alarms(q: Question, context: Context) -> Plan:
    """The floors of the alarms that are active, the most urgent first, their rooms pointed out."""
    found = yield from one("alarms", building=q.building, kind=list(q.kinds), active=True, orderBy=URGENT, first=20)
    sheets: dict[str, list[str]] = {}
    for node in found.nodes:
        floor, room = (node.get("floor") or {}).get("id"), (node.get("room") or {}).get("id")
        if floor and room and str(room) not in sheets.setdefault(str(floor), []):
            sheets[str(floor)].append(str(room))
    if not sheets:
        return reply(
            q.language,
            "{if @1 empty}Сейчас тревог нет.{else}У этих тревог нет места на планах.{end}",
            "{if @1 empty}There are no alarms now.{else}These alarms have no place on a plan.{end}",
            found,
        )
    rows = refer(f"{{for s in @1.nodes limit 5}}\n{line(q, 's')}\n{{end}}", found)
    return (yield from _drawn(q, context, list(sheets.items()), rows.strip("\n")))


def replay(q: Question, context: Context) -> Plan:
    """The latest alarm that fits, with what came before and after it."""
    here = (yield from places(q, context, kinds=False))[0]
    found = (yield from ask([call("alarms", **filters(q, here), orderBy=NEWEST, first=1)]))[0]
    if not found.nodes:
        where = here.said(q.language)
        return reply(
            q.language,
            f"{{if @1 empty}}Таких тревог{where} нет.{{end}}",
            f"{{if @1 empty}}There are no such alarms{where}.{{end}}",
            found,
        )
    got = (yield from ask([call("incidentReplay", alarm=found.nodes[0]["id"], language=q.language.upper())]))[0]
    alarm = line(q, "@1.nodes[0]").replace("• ", "")
    return reply(
        q.language,
        f"{alarm}\n{{if @2 empty}}Показать её нельзя.{{else}}{{@2.title}}: с {{@2.from}} по {{@2.to}}.{{end}}",
        f"{alarm}\n{{if @2 empty}}It cannot be shown.{{else}}{{@2.title}}: from {{@2.from}} to {{@2.to}}.{{end}}",
        found,
        got,
    )
