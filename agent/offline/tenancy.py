"""Questions about who rents what, and how to reach them."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date

from agent.offline.places import Hit, find, levels_of, places
from agent.offline.question import Context, Question
from agent.offline.steps import Got, Plan, Reply, Step, Stopped, ask, call, either, one, refer, reply

ROOM_FIELDS = ["room.name", "room.area", "room.floor.name"]


def today(context: Context) -> date:
    return context.now.astimezone(context.zone).date()


def as_of(q: Question, context: Context) -> str:
    """The day for which occupancy is asked: the end of a period gone by, the beginning of one to come, else today."""
    day = today(context)
    if q.period and q.period.last_day and q.period.last_day < day:
        return q.period.last_day.isoformat()
    if q.ahead and q.ahead.first_day and q.ahead.first_day > day:
        return q.ahead.first_day.isoformat()
    return day.isoformat()


def who_rents(q: Question, context: Context) -> Plan:
    """Who rents a room, or whether it is free."""
    if not q.rooms and not q.names and not q.room_kinds:
        return (yield from tenants(q, context))
    here, day = (yield from places(q, context)), as_of(q, context)
    got = yield from ask([call("placements", room=p.args.get("room"), asOf=day, orderBy=["START"]) for p in here])
    then = day != today(context).isoformat()
    shown = []
    for place, each in zip(here, got, strict=True):
        subject = place.hit.label if place.hit else place.said(q.language).removeprefix(" в ").removeprefix(" in ")
        shown.append(refer(tenants_of(q, subject, then), each))
    return Reply("\n".join(shown))


def tenants_of(q: Question, subject: str, then: bool) -> str:
    """Who rents `subject`, said of placements; `then`: on another day than today."""
    if q.language == "ru":
        when = "на {#1.asOf}" if then else "сейчас"
        return (
            f"{{if @1 empty}}{subject}: {when} никто не арендует, помещение свободно."
            f"{{else}}{subject}{f' {when}' if then else ''} арендует "
            '{for s in @1.nodes sep "; "}{if s.tenant}{s.tenant.name}{else}арендатор, которого вам не видно{end}'
            "{if s.lease}, договор {s.lease.number}{end}{if s.end}, до {s.end}{else}, бессрочно{end}{end}.{end}"
        )
    when = "on {#1.asOf}" if then else "now"
    return (
        f"{{if @1 empty}}{subject}: nobody rents it {when}, it is vacant."
        f"{{else}}{subject} is rented{f' {when}' if then else ''} by "
        '{for s in @1.nodes sep "; "}{if s.tenant}{s.tenant.name}{else}a tenant hidden from you{end}'
        "{if s.lease}, lease {s.lease.number}{end}{if s.end}, until {s.end}{else}, for an open term{end}{end}.{end}"
    )


def tenant(q: Question, context: Context, russian: str, english: str) -> Generator[Step, list[Got], Hit]:
    """The tenant that is named; stops with a question when none is."""
    if not q.names:
        raise Stopped(reply(q.language, russian, english))
    return (yield from find(q.names[0], ["TENANT"], q, context))


def tenant_rooms(q: Question, context: Context, known: Hit | None = None) -> Plan:
    """What a tenant (`known`, where it is found already) rents; "our rooms" are those that the person may see."""
    if q.own and not q.names:
        name, who = either(q.language, "Вы", "You"), None
        verbs = ("арендуете", "rent")
    else:
        hit = known or (yield from tenant(q, context, "О каком арендаторе речь?", "Which tenant do you mean?"))
        name, who, verbs = hit.label, hit.id, ("арендует", "rents")
    got = yield from ask(
        [call("placements", tenant=who, asOf=as_of(q, context), first=30, orderBy=["START"], fields=ROOM_FIELDS)]
    )
    row = (
        "{for s in @1.nodes limit 10}\n• {if s.room}{s.room.number}{if s.room.floor}, {s.room.floor.name}{end}"
        "{if s.room.area}, {s.room.area}{end}{end}{if s.end}, %s {s.end}{end}\n{end}{end}"
    )
    return reply(
        q.language,
        f"{{if @1 empty}}{name}: арендованных помещений сейчас нет.{{else}}{name} {verbs[0]} "
        '{@1.total | plural "помещение" "помещения" "помещений"}:\n' + row.replace("%s", "до"),
        f"{{if @1 empty}}{name}: no rooms rented now.{{else}}{name} {verbs[1]} "
        '{@1.total | plural "room" "rooms"}:\n' + row.replace("%s", "until"),
        *got,
    )


def tenants(q: Question, context: Context) -> Plan:
    """The tenants of the house, or of a floor."""
    levels = yield from levels_of(q)
    if levels:
        return (yield from _on_floor(q, levels[0]))
    day = as_of(q, context)
    got = yield from one("placements", building=q.building, asOf=day, orderBy=["START"], first=100)
    return reply(
        q.language,
        "{if @1 empty}Арендаторов, видимых вам, сейчас нет.{else}Сейчас арендуют: {@1.nodes[*].tenant.name}.{end}",
        "{if @1 empty}There are no tenants now that you can see.{else}Tenants now: {@1.nodes[*].tenant.name}.{end}",
        got,
    )


def _on_floor(q: Question, level: int) -> Plan:
    got = yield from ask([call("rooms", building=q.building, level=level, vacant=False, orderBy=["NUMBER"], first=50)])
    rows = "{for s in @1.nodes limit 15}\n• {s.number} — {if s.tenant}{s.tenant.name}{else}—{end}\n{end}{end}"
    return reply(
        q.language,
        "{if @1 empty}На {#1.level}-м этаже арендаторов нет.{else}На {#1.level}-м этаже:\n" + rows,
        "{if @1 empty}There are no tenants on floor {#1.level}.{else}On floor {#1.level}:\n" + rows,
        *got,
    )


def contacts(q: Question, context: Context) -> Plan:
    """How to reach a tenant, also the one of a room."""
    if q.rooms and not q.names:
        hit = yield from find(q.rooms[0], ["ROOM"], q, context)
        rented = yield from one("placements", room=hit.id, asOf=today(context).isoformat())
        ids = [str(n["tenant"]["id"]) for n in rented.nodes if n.get("tenant")]
        if not ids:
            return Reply(refer(tenants_of(q, hit.label, then=False), rented))
        who = ids[0]
    else:
        asked = ("Чьи контакты нужны? Назовите арендатора или комнату.", "Whose contacts? Name a tenant or a room.")
        who = (yield from tenant(q, context, *asked)).id
    got = yield from one("tenant", id=who)
    known = [name for name in ("contact", "phone", "email") if got.value.get(name)]
    shown = ", ".join(f"{{@1.{name}}}" for name in known)
    return reply(
        q.language,
        f"{{@1.name}}: {shown or 'контакты не указаны или вам не видны'}.",
        f"{{@1.name}}: {shown or 'contacts are not given, or not visible to you'}.",
        got,
    )
