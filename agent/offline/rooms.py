"""Questions about rooms, floors and buildings: which are free, how large one is, what there is."""

from __future__ import annotations

from typing import Any

from agent.offline.devices import overview
from agent.offline.leases import lease
from agent.offline.places import find, find_in_turn, levels_of
from agent.offline.question import Context, Question
from agent.offline.steps import Got, Plan, Reply, ask, call, one, refer, reply
from agent.offline.tenancy import as_of, tenant_rooms
from agent.offline.things import Name

RENTABLE = ["OFFICE", "MEETING", "RETAIL", "STORAGE", "LIVING", "SERVER", "PARKING", "OTHER"]
"""Kinds that are counted when somebody asks for free rooms; nobody rents corridors and stairs."""
SHOWN = 10
ROW = "• {s.number}{if s.name} {s.name}{end}: {s.kind}{if s.area}, {s.area}{end}{if s.capacity}, CAPACITY{end}FLOOR"
PLACES = {"ru": '{s.capacity | plural "место" "места" "мест"}', "en": '{s.capacity | plural "seat" "seats"}'}


def _row(q: Question, floor: bool) -> str:
    """A room in one line; its floor is said where several are listed."""
    named = "" if floor else "{if s.floor}, {s.floor.name}{end}"
    return ROW.replace("CAPACITY", PLACES[q.language]).replace("FLOOR", named)


def _limits(q: Question) -> dict[str, Any]:
    return {
        "building": q.building,
        "areaAtLeast": q.area[0],
        "areaAtMost": q.area[1],
        "capacityAtLeast": q.people,
    }


def _order(q: Question) -> list[str]:
    if (q.asks == "AREA" and q.extremes) or "MAX" in q.extremes or "MIN" in q.extremes:
        return ["AREA" if "MIN" in q.extremes else "AREA DESC"]
    return ["AREA"] if q.area[0] else ["NUMBER"]


def free(q: Question, context: Context) -> Plan:
    """Rooms that nobody rents: on a floor, of a kind, large enough."""
    levels = yield from levels_of(q)
    kinds = list(q.room_kinds) or RENTABLE
    only_meeting = kinds == ["MEETING"] and not q.vacant
    limits = {**_limits(q), "kind": kinds, "vacant": None if only_meeting else True}
    day = as_of(q, context)
    if not only_meeting and q.ahead is not None:
        limits["asOf"] = day
    got = yield from ask([call("rooms", **limits, level=n, orderBy=_order(q), first=30) for n in (levels or (None,))])
    return Reply(
        "\n".join(
            refer(_free(q, n is not None, only_meeting), each) for n, each in zip(levels or (None,), got, strict=True)
        )
    )


def _free(q: Question, floor: bool, only_meeting: bool) -> str:
    rows = f"{{for s in @1.nodes limit {SHOWN}}}\n{_row(q, floor)}\n{{end}}"
    if q.language == "ru":
        where = " на {#1.level}-м этаже" if floor else ""
        kind = " ({#1.kind})" if q.room_kinds else ""
        forms = '"помещение" "помещения" "помещений"'
        free_ = '{@1.total | form "Подходит" "Подходят" "Подходят"}' if only_meeting else "Свободно"
        nothing = f"{'Подходящих' if only_meeting else 'Свободных'} помещений{kind}{where} нет."
        aside = "" if q.room_kinds else "\nКоридоры, лестницы, санузлы и техпомещения не считаю."
        return (
            f"{{if @1 empty}}{nothing}{{else}}{free_}{where} {{@1.total | plural {forms}}}{kind}:\n{rows}{{end}}{aside}"
        )
    where = " on floor {#1.level}" if floor else ""
    kind = " ({#1.kind})" if q.room_kinds else ""
    nothing = f"No {'such' if only_meeting else 'free'} rooms{kind}{where}."
    word = '"room fits" "rooms fit"' if only_meeting else '"free room" "free rooms"'
    aside = "" if q.room_kinds else "\nI leave out corridors, stairs, toilets and plant rooms."
    return f"{{if @1 empty}}{nothing}{{else}}{{@1.total | plural {word}}}{kind}{where}:\n{rows}{{end}}{aside}"


def rooms(q: Question, context: Context) -> Plan:
    """The rooms there are; the largest or smallest first when so asked."""
    levels = yield from levels_of(q)
    got = yield from ask([
        call("rooms", **_limits(q), level=n, kind=list(q.room_kinds), orderBy=_order(q), first=50)
        for n in (levels or (None,))
    ])  # fmt: skip
    return Reply(
        "\n".join(refer(_rooms(q, n is not None, each), each) for n, each in zip(levels or (None,), got, strict=True))
    )


def _rooms(q: Question, floor: bool, got: Got) -> str:
    ru = q.language == "ru"
    where = (" на {#1.level}-м этаже" if ru else " on floor {#1.level}") if floor else ""
    kind = " ({#1.kind})" if q.room_kinds else ""
    if q.extremes and got.nodes:
        small = "MIN" in q.extremes
        top = "{@1.nodes[0].number}{if @1.nodes[0].name} {@1.nodes[0].name}{end}, {@1.nodes[0].area}"
        head = (
            f"Самое {'маленькое' if small else 'большое'} помещение"
            if ru
            else f"The {'smallest' if small else 'largest'} room"
        )
        rest = ", ".join(f"{{@1.nodes[{i}].number}} ({{@1.nodes[{i}].area}})" for i in range(1, min(3, len(got.nodes))))
        after = f"{' Дальше' if ru else ' Next'}: {rest}." if rest else ""
        return f"{head}{kind}{where}: {top}.{after}"
    row = _row(q, floor) + "{if s.tenant} — {s.tenant.name}{end}"
    rows = f"{{for s in @1.nodes limit {15 if floor else SHOWN}}}\n{row}\n{{end}}"
    if ru:
        nothing = f"Таких помещений{kind}{where} нет."
        total = '{@1.total | plural "помещение" "помещения" "помещений"}'
        return f"{{if @1 empty}}{nothing}{{else}}{total}{kind}{where}:\n{rows}{{end}}"
    total = '{@1.total | plural "room" "rooms"}'
    return f"{{if @1 empty}}There are no such rooms{kind}{where}.{{else}}{total}{kind}{where}:\n{rows}{{end}}"


def room(q: Question, context: Context) -> Plan:
    """What a room is: where, how large, for how many, who rents it."""
    if not q.rooms and not q.names:
        return (yield from rooms(q, context))
    texts = []
    for name in (q.rooms or q.names)[:4]:
        hit = yield from find(name, ["ROOM"], q, context)
        got = yield from one("room", id=hit.id)
        texts.append(refer(_room(q, got), got))
    return Reply("\n".join(texts))


def _room(q: Question, got: Got) -> str:
    ru, value = q.language == "ru", got.value
    if q.asks == "AREA" and value.get("area") is not None:
        return (
            "{@1.number}: {@1.area}."
            if not value.get("declaredArea")
            else (
                "{@1.number}: {@1.area}, по документам {@1.declaredArea}."
                if ru
                else "{@1.number}: {@1.area}, declared as {@1.declaredArea}."
            )
        )
    if q.asks == "CAPACITY":
        seats = (
            '{@1.capacity | plural "человек" "человека" "человек"}'
            if ru
            else '{@1.capacity | plural "person" "people"}'
        )
        unknown = "вместимость не указана" if ru else "its capacity is not given"
        return f"{{@1.number}}: {seats if value.get('capacity') is not None else unknown}."
    if q.asks == "FLOOR" and value.get("floor"):
        return "{@1.number}: {@1.floor.name}."
    parts = [
        "{@1.number}{if @1.name} {@1.name}{end}: {@1.kind}",
        "{if @1.floor}, {@1.floor.name}{end}",
        "{if @1.area}, {@1.area}{end}",
    ]
    parts.append("{if @1.capacity}, " + PLACES[q.language].replace("s.capacity", "@1.capacity") + "{end}")
    parts.append("{if @1.tenant}; " + ("арендатор — " if ru else "tenant: ") + "{@1.tenant.name}{end}.")
    return "".join(parts)


def whereabouts(q: Question, context: Context) -> Plan:
    """What a tenant rents; where something is that may be a tenant or else a room."""
    if not q.where or q.vacant or q.own or not q.names:
        return (yield from tenant_rooms(q, context))
    hit = yield from find_in_turn(q.names[0], ["TENANT", "ROOM"], q, context)
    if hit.kind == "TENANT":
        return (yield from tenant_rooms(q, context, hit))
    got = yield from one("room", id=hit.id)
    return Reply(refer(_room(q, got), got))


def floors(q: Question, context: Context) -> Plan:
    """The floors of the house."""
    got = (yield from ask([call("floors", building=q.building, orderBy=["LEVEL"], first=50)]))[0]
    names = '{for s in @1.nodes limit 20 sep ", "}{s.name}{end}.{end}'
    return reply(
        q.language,
        '{if @1 empty}Этажей нет.{else}{@1.total | plural "этаж" "этажа" "этажей"}: ' + names,
        '{if @1 empty}There are no floors.{else}{@1.total | plural "floor" "floors"}: ' + names,
        got,
    )


def buildings(q: Question, context: Context) -> Plan:
    """The buildings that the person may see."""
    got = (yield from ask([call("buildings", orderBy=["NAME"], first=20)]))[0]
    row = '{for s in @1.nodes limit 10 sep "; "}{s.name}{if s.address}, {s.address}{end}{end}'
    return reply(
        q.language,
        '{if @1 empty}Вам не видно зданий — нет доступа.{else}{@1.total | plural "здание" "здания" "зданий"}: '
        + row
        + ".{end}",
        '{if @1 empty}There are no buildings that you can see.{else}{@1.total | plural "building" "buildings"}: '
        + row
        + ".{end}",
        got,
    )


def named(q: Question, context: Context) -> Plan:
    """Something was named and nothing asked: what it is."""
    from dataclasses import replace

    name = q.names[0] if q.names else Name("")
    hit = yield from find(name, ["TENANT", "ROOM", "SENSOR", "FLOOR", "LEASE", "BUILDING"], q, context)
    if hit.kind == "TENANT":
        return (yield from tenant_rooms(q, context))
    if hit.kind == "ROOM":
        return (yield from room(q, context))
    if hit.kind == "LEASE":
        return (yield from lease(replace(q, lease=name.text), context))
    if hit.kind == "BUILDING":
        return (yield from buildings(q, context))
    return (yield from overview(q, context))
