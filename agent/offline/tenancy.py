"""Questions about who rents what until when, for how much, and how to reach them."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from typing import Any

from agent.offline import say
from agent.offline.places import Hit, find, levels_of, places
from agent.offline.question import Context, Question
from agent.offline.spot import Name
from agent.offline.steps import Got, Plan, Reply, Step, Stopped, ask, call, one, refer, reply

CURRENT = ["CURRENT", "FUTURE"]
AHEAD = timedelta(days=90)
ROOM_FIELDS = ["room.name", "room.area", "room.floor.name"]
LEASE_RU = "• {s.number}{if s.tenant}, {s.tenant.name}{end}: {if s.end}до {s.end}{else}бессрочно{end}{if s.status == FUTURE} (начнётся {s.start}){end}"
LEASE_EN = "• {s.number}{if s.tenant}, {s.tenant.name}{end}: {if s.end}until {s.end}{else}open term{end}{if s.status == FUTURE} (starts {s.start}){end}"


def today(context: Context) -> date:
    return context.now.astimezone(context.zone).date()


def as_of(q: Question, context: Context) -> str:
    """The day for which occupancy is asked: the end of the period named, else today."""
    if q.period and q.period.end and q.period.last_day and q.period.last_day < today(context):
        return q.period.last_day.isoformat()
    if q.ahead and q.ahead.first_day and q.ahead.first_day > today(context) and q.current is not None:
        return q.ahead.first_day.isoformat()
    return today(context).isoformat()


def tenant(q: Question, context: Context, missing: tuple[str, str]) -> Generator[Step, list[Got], Hit]:
    """The tenant that is named; stops with a question when none is."""
    if not q.names:
        raise Stopped(reply(q.language, *missing))
    return (yield from find(q.names[0], ["TENANT"], q, context))


def who_rents(q: Question, context: Context) -> Plan:
    """Who rents a room, or whether it is free."""
    if not q.rooms and not q.names and not q.room_kinds:
        return (yield from tenants(q, context))
    here = yield from places(q, context)
    day, shown = as_of(q, context), []
    got = yield from ask(
        [
            call("placements", **{k: v for k, v in p.args.items() if k == "room"}, asOf=day, orderBy=["START"])
            for p in here
        ]
    )
    for place, each in zip(here, got, strict=True):
        subject = place.hit.label if place.hit else place.said(q.language).removeprefix(" в ").removeprefix(" in ")
        shown.append(refer(_tenants_of(q, subject, day != today(context).isoformat()), each))
    return Reply("\n".join(shown))


def _tenants_of(q: Question, subject: str, then: bool) -> str:
    when_ru, when_en = (" на {#1.asOf}", " on {#1.asOf}") if then else (" сейчас", " now")
    return (
        f"{{if @1 empty}}{subject}:{when_ru} никто не арендует, помещение свободно.{{else}}{subject}{when_ru if then else ''} арендует "
        '{for s in @1.nodes sep "; "}{if s.tenant}{s.tenant.name}{else}арендатор, которого вам не видно{end}{if s.lease}, договор {s.lease.number}{end}'
        "{if s.end}, до {s.end}{else}, бессрочно{end}{end}.{end}"
        if q.language == "ru"
        else f"{{if @1 empty}}{subject}: nobody rents it{when_en}, it is vacant.{{else}}{subject} is rented{when_en if then else ''} by "
        '{for s in @1.nodes sep "; "}{if s.tenant}{s.tenant.name}{else}a tenant hidden from you{end}{if s.lease}, lease {s.lease.number}{end}'
        "{if s.end}, until {s.end}{else}, for an open term{end}{end}.{end}"
    )


def tenant_rooms(q: Question, context: Context) -> Plan:
    """What a tenant rents."""
    hit = yield from tenant(q, context, ("О каком арендаторе речь?", "Which tenant do you mean?"))
    day = as_of(q, context)
    got = (
        yield from ask([call("placements", tenant=hit.id, asOf=day, first=30, orderBy=["START"], fields=ROOM_FIELDS)])
    )[0]
    row = "\n• {if s.room}{s.room.number}{if s.room.floor}, {s.room.floor.name}{end}{if s.room.area}, {s.room.area}{end}{end}"
    return reply(
        q.language,
        f"{{if @1 empty}}{hit.label} сейчас не арендует помещений — нет таких.{{else}}{hit.label} арендует "
        '{@1.total | plural "помещение" "помещения" "помещений"}:\n{for s in @1.nodes limit 10}'
        f"{row}{{if s.end}}, до {{s.end}}{{end}}\n{{end}}{{end}}",
        f"{{if @1 empty}}{hit.label} rents no rooms now.{{else}}{hit.label} rents "
        '{@1.total | plural "room" "rooms"}:\n{for s in @1.nodes limit 10}'
        f"{row}{{if s.end}}, until {{s.end}}{{end}}\n{{end}}{{end}}",
        got,
    )


def tenants(q: Question, context: Context) -> Plan:
    """The tenants of the house, or of a floor."""
    levels = yield from levels_of(q)
    if levels:
        got = (
            yield from ask(
                [call("rooms", building=q.building, level=levels[0], vacant=False, orderBy=["NUMBER"], first=50)]
            )
        )[0]
        return reply(
            q.language,
            "{if @1 empty}На {#1.level}-м этаже арендаторов нет.{else}На {#1.level}-м этаже:\n"
            "{for s in @1.nodes limit 15}\n• {s.number} — {if s.tenant}{s.tenant.name}{else}—{end}\n{end}{end}",
            "{if @1 empty}There are no tenants on floor {#1.level}.{else}On floor {#1.level}:\n"
            "{for s in @1.nodes limit 15}\n• {s.number} — {if s.tenant}{s.tenant.name}{else}—{end}\n{end}{end}",
            got,
        )
    got = (yield from ask([call("tenants", building=q.building, withLease="CURRENT", orderBy=["NAME"], first=30)]))[0]
    return reply(
        q.language,
        '{if @1 empty}Арендаторов с действующими договорами нет.{else}С действующим договором — {@1.total | plural "арендатор" "арендатора" "арендаторов"}:'
        ' {for s in @1.nodes limit 20 sep ", "}{s.name}{end}.{end}',
        '{if @1 empty}There are no tenants with a current lease.{else}{@1.total | plural "tenant has" "tenants have"} a current lease:'
        ' {for s in @1.nodes limit 20 sep ", "}{s.name}{end}.{end}',
        got,
    )


def contacts(q: Question, context: Context) -> Plan:
    """How to reach a tenant, also the one of a room."""
    if not q.names and q.rooms:
        hit = yield from find(q.rooms[0], ["ROOM"], q, context)
        rented = (yield from ask([call("placements", room=hit.id, asOf=today(context).isoformat())]))[0]
        id_ = next((str(n["tenant"]["id"]) for n in rented.nodes if n.get("tenant")), None)
        if id_ is None:
            return Reply(refer(_tenants_of(q, hit.label, then=False), rented))
    else:
        id_ = (
            yield from tenant(
                q,
                context,
                ("Чьи контакты нужны? Назовите арендатора или комнату.", "Whose contacts? Name a tenant or a room."),
            )
        ).id
    got = yield from one("tenant", id=id_)
    known = [name for name in ("contact", "phone", "email") if got.value.get(name)]
    shown = ", ".join(f"{{@1.{name}}}" for name in known)
    return reply(
        q.language,
        f"{{@1.name}}: {shown}." if known else "{@1.name}: контакты не указаны или вам не видны.",
        f"{{@1.name}}: {shown}." if known else "{@1.name}: contacts are not given, or not visible to you.",
        got,
    )


# -- leases


def _subject(q: Question, context: Context) -> Generator[Step, list[Got], tuple[dict[str, Any], Hit | None]]:
    if q.lease:
        return {"number": q.lease}, None
    if q.names:
        hit = yield from find(q.names[0], ["TENANT", "ROOM"], q, context)
    elif q.rooms:
        hit = yield from find(q.rooms[0], ["ROOM"], q, context)
    else:
        raise Stopped(reply(q.language, "О чьём договоре речь? Назовите арендатора, комнату или номер договора.",
                            "Whose lease do you mean? Name a tenant, a room or the lease's number."))  # fmt: skip
    return {"tenant" if hit.kind == "TENANT" else "room": hit.id}, hit


def lease(q: Question, context: Context) -> Plan:
    """Until when a lease runs: of a tenant, of a room, or by its number."""
    args, hit = yield from _subject(q, context)
    if "number" in args:
        return (yield from _numbered(q, context, args["number"]))
    got = (yield from ask([call("leases", **args, status=CURRENT, orderBy=["END"], first=10)]))[0]
    assert hit is not None
    if not got.nodes:
        return (yield from _placed(q, context, args, hit, got))
    row = LEASE_RU if q.language == "ru" else LEASE_EN
    if len(got.nodes) == 1:
        return reply(
            q.language,
            "Договор {@1.nodes[0].number}{if @1.nodes[0].tenant} ({@1.nodes[0].tenant.name}){end}"
            " {if @1.nodes[0].end}действует до {@1.nodes[0].end}{else}бессрочный, с {@1.nodes[0].start}{end}.",
            "Lease {@1.nodes[0].number}{if @1.nodes[0].tenant} ({@1.nodes[0].tenant.name}){end}"
            " {if @1.nodes[0].end}runs until {@1.nodes[0].end}{else}has an open term, since {@1.nodes[0].start}{end}.",
            got,
        )
    rows = f"{{for s in @1.nodes limit 10}}\n{row}\n{{end}}"
    return reply(q.language, f"Договоры ({hit.label}):\n{rows}", f"Leases ({hit.label}):\n{rows}", got)


def _numbered(q: Question, context: Context, number: str) -> Plan:
    hit = yield from find(Name(number, "LEASE"), ["LEASE"], q, context)
    got = yield from one("lease", id=hit.id)
    return reply(
        q.language,
        "Договор {@1.number}{if @1.tenant} ({@1.tenant.name}){end}: с {@1.start} {if @1.end}до {@1.end}{else}бессрочно{end}, {@1.status}.",
        "Lease {@1.number}{if @1.tenant} ({@1.tenant.name}){end}: from {@1.start} {if @1.end}until {@1.end}{else}open term{end}, {@1.status}.",
        got,
    )


def _placed(q: Question, context: Context, args: dict[str, Any], hit: Hit, leases: Got) -> Plan:
    """Who may not see leases sees until when rooms are occupied."""
    got = (yield from ask([call("placements", **args, asOf=today(context).isoformat(), first=10)]))[0]
    if not got.nodes:
        return Reply(refer(
            f"{{if @1 empty}}{hit.label}: действующих договоров не вижу — нет.{{end}}" if q.language == "ru"
            else f"{{if @1 empty}}{hit.label}: no current leases that you can see.{{end}}", leases))  # fmt: skip
    row = "{for s in @1.nodes limit 10}\n• {if s.tenant}{s.tenant.name}{end}{if s.room}, {s.room.number}{end}: "
    return reply(
        q.language,
        f"Договор вам не виден, а помещение занято так:\n{row}{{if s.end}}до {{s.end}}{{else}}бессрочно{{end}}\n{{end}}",
        f"The lease is not visible to you; the occupancy is:\n{row}{{if s.end}}until {{s.end}}{{else}}indefinite{{end}}\n{{end}}",
        got,
    )


def ending(q: Question, context: Context) -> Plan:
    """Leases that end in a time to come (or, when so asked, that have ended)."""
    now = today(context)
    first, last, period = now, now + AHEAD, q.ahead
    if q.gone and q.period and q.period.first_day:
        period, first, last = q.period, q.period.first_day, q.period.last_day or now
    elif period:
        first = max(now, period.first_day or now)
        last = period.last_day or (now + AHEAD if period.name in ("since", "ever") else now)
    last = max(first, last)
    if q.limit and not period:
        return (yield from _soonest(q, now))
    got = (yield from ask([
        call("leases", building=q.building, endsFrom=first.isoformat(), endsTo=last.isoformat(), orderBy=["END"], first=30)
    ]))[0]  # fmt: skip
    bounds = ("с {#1.endsFrom} по {#1.endsTo}", "between {#1.endsFrom} and {#1.endsTo}")
    return reply(
        q.language,
        f"{{if @1 empty}}{say.cap(bounds[0])} ни один видимый вам договор не заканчивается — нет таких.{{else}}{say.cap(bounds[0])}: "
        '{@1.total | plural "договор" "договора" "договоров"}.\n'
        "{for s in @1.nodes limit 10}\n• {if s.tenant}{s.tenant.name}, {end}{s.number}: до {s.end}\n{end}{end}",
        f"{{if @1 empty}}No lease that you can see ends {bounds[1]}.{{else}}{say.cap(bounds[1])}: "
        '{@1.total | plural "lease" "leases"}.\n'
        "{for s in @1.nodes limit 10}\n• {if s.tenant}{s.tenant.name}, {end}{s.number}: until {s.end}\n{end}{end}",
        got,
    )


def _soonest(q: Question, now: date) -> Plan:
    """The lease that ends next."""
    got = (
        yield from ask(
            [call("leases", building=q.building, endsFrom=now.isoformat(), orderBy=["END"], first=max(2, q.limit or 1))]
        )
    )[0]
    texts = [
        f"{{if @1.nodes[{i}].tenant}}{{@1.nodes[{i}].tenant.name}}, {{end}}{{@1.nodes[{i}].number}}: {{@1.nodes[{i}].end}}"
        for i in range(min(q.limit or 1, len(got.nodes)))
    ]
    return reply(
        q.language,
        f"{{if @1 empty}}Договоров со сроком, видимых вам, нет.{{else}}Раньше других заканчивается: {'; '.join(texts)}.{{end}}",
        f"{{if @1 empty}}There are no leases with a term that you can see.{{else}}The next to end: {'; '.join(texts)}.{{end}}",
        got,
    )


def leases(q: Question, context: Context) -> Plan:
    """The leases that run now."""
    got = (yield from ask([call("leases", building=q.building, status=["CURRENT"], orderBy=["NUMBER"], first=30)]))[0]
    return reply(
        q.language,
        '{if @1 empty}Действующих договоров, видимых вам, нет.{else}Сейчас {@1.total | plural "действующий договор" "действующих договора" "действующих договоров"}:\n'
        f"{{for s in @1.nodes limit 10}}\n{LEASE_RU}\n{{end}}{{end}}",
        '{if @1 empty}There are no current leases that you can see.{else}{@1.total | plural "current lease" "current leases"}:\n'
        f"{{for s in @1.nodes limit 10}}\n{LEASE_EN}\n{{end}}{{end}}",
        got,
    )


def pay(q: Question, context: Context) -> Plan:
    """What the rent is."""
    args, hit = yield from _subject(q, context)
    got = (yield from ask([call("leases", **args, status=CURRENT, orderBy=["NUMBER"], first=10)]))[0]
    seen = any(n.get("rent") is not None for n in got.nodes)
    if not got.nodes or not seen:
        name = hit.label if hit else "{#1.number}"
        return reply(
            q.language,
            f"{{if @1 empty}}{name}: действующих договоров, видимых вам, нет.{{else}}{name}: ставка не указана или вам не видна.{{end}}",
            f"{{if @1 empty}}{name}: no current leases that you can see.{{else}}{name}: the rent is not given, or not visible to you.{{end}}",
            got,
        )
    rows = "{for s in @1.nodes limit 10}\n• {s.number}{if s.tenant} ({s.tenant.name}){end}: {s.rent}\n{end}"
    return reply(q.language, f"Арендная ставка:\n{rows}", f"Rent:\n{rows}", got)
