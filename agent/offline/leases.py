"""Questions about leases: until when they run, which end soon, and what the rent is."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from typing import Any

from agent.offline.places import find
from agent.offline.question import Context, Question
from agent.offline.steps import Got, Plan, Reply, Step, Stopped, either, one, refer, reply
from agent.offline.tenancy import today
from agent.offline.things import Name

SEE_LEASES = {"ADMIN", "MANAGER", "TENANT"}
CURRENT = ["CURRENT", "FUTURE"]
AHEAD = timedelta(days=90)
"""How far "soon" reaches."""
ROWS_RU = (
    "{for s in @1.nodes limit 10}\n• {s.number}{if s.tenant}, {s.tenant.name}{end}: "
    "{if s.end}до {s.end}{else}бессрочно{end}{if s.status == FUTURE} (начнётся {s.start}){end}\n{end}"
)
ROWS_EN = (
    "{for s in @1.nodes limit 10}\n• {s.number}{if s.tenant}, {s.tenant.name}{end}: "
    "{if s.end}until {s.end}{else}open term{end}{if s.status == FUTURE} (starts {s.start}){end}\n{end}"
)
Subject = Generator[Step, list[Got], tuple[dict[str, Any], str]]


def _subject(q: Question, context: Context) -> Subject:
    """Whose leases are asked for, as arguments, and what to call them."""
    if q.lease:
        hit = yield from find(Name(q.lease, "LEASE", code=True), ["LEASE"], q, context)
        return {"id": hit.id}, hit.label
    if q.names or q.rooms:
        kinds = ["TENANT", "ROOM"] if q.names else ["ROOM"]
        hit = yield from find((q.names or q.rooms)[0], kinds, q, context)
        return {"tenant" if hit.kind == "TENANT" else "room": hit.id}, hit.label
    if q.own:
        return {}, either(q.language, "Вы", "You")
    raise Stopped(
        reply(
            q.language,
            "О чьём договоре речь? Назовите арендатора, комнату или номер договора.",
            "Whose lease do you mean? Name a tenant, a room or the lease's number.",
        )
    )


def lease(q: Question, context: Context) -> Plan:
    """Until when a lease runs: of a tenant, of a room, or by its number."""
    args, name = yield from _subject(q, context)
    if "id" in args:
        return (yield from _single(q, str(args["id"])))
    got = yield from one("leases", **args, status=CURRENT, orderBy=["END"], first=10)
    if not got.nodes:
        return (yield from _placed(q, context, args, name, got))
    if len(got.nodes) > 1:
        return reply(q.language, f"Договоры ({name}):\n{ROWS_RU}", f"Leases ({name}):\n{ROWS_EN}", got)
    head = "{@1.nodes[0].number}{if @1.nodes[0].tenant} ({@1.nodes[0].tenant.name}){end}"
    end = "{@1.nodes[0].end}{else}%s{@1.nodes[0].start}{end}."
    return reply(
        q.language,
        f"Договор {head} {{if @1.nodes[0].end}}действует до {end.replace('%s', 'бессрочный, с ')}",
        f"Lease {head} {{if @1.nodes[0].end}}runs until {end.replace('%s', 'has an open term, since ')}",
        got,
    )


def _single(q: Question, lease_id: str) -> Plan:
    got = yield from one("lease", id=lease_id)
    head = "{@1.number}{if @1.tenant} ({@1.tenant.name}){end}"
    return reply(
        q.language,
        f"Договор {head}: с {{@1.start}} {{if @1.end}}до {{@1.end}}{{else}}бессрочно{{end}}, {{@1.status}}.",
        f"Lease {head}: from {{@1.start}} {{if @1.end}}until {{@1.end}}{{else}}on{{end}}, {{@1.status}}.",
        got,
    )


def _placed(q: Question, context: Context, args: dict[str, Any], name: str, leases_: Got) -> Plan:
    """Who may not see leases sees until when rooms are occupied."""
    got = yield from one("placements", **args, asOf=today(context).isoformat(), first=10)
    if not got.nodes:
        return reply(
            q.language,
            f"{{if @1 empty}}{name}: действующих договоров, видимых вам, нет.{{end}}",
            f"{{if @1 empty}}{name}: no current leases that you can see.{{end}}",
            leases_,
        )
    row = "{for s in @1.nodes limit 10}\n• {if s.tenant}{s.tenant.name}{end}{if s.room}, {s.room.number}{end}: "
    return reply(
        q.language,
        f"Договор вам не виден; по размещению:\n{row}{{if s.end}}до {{s.end}}{{else}}бессрочно{{end}}\n{{end}}",
        "The lease is not visible to you; by occupancy:\n"
        f"{row}{{if s.end}}until {{s.end}}{{else}}open term{{end}}\n{{end}}",
        got,
    )


def ending(q: Question, context: Context) -> Plan:
    """Leases that end in a time to come; or, when so asked, that have ended."""
    now = today(context)
    if q.limit and not q.period:
        return (yield from _soonest(q, now))
    first, last = _bounds(q, now)
    got = yield from one(
        "leases",
        building=q.building,
        endsFrom=first.isoformat(),
        endsTo=last.isoformat(),
        orderBy=["END"],
        first=30,
    )
    rows = "{for s in @1.nodes limit 10}\n• {if s.tenant}{s.tenant.name}, {end}{s.number}: %s {s.end}\n{end}{end}"
    open_to = not context.roles or set(context.roles) & SEE_LEASES
    aside = (
        "" if open_to else either(q.language, " Договоры видят управляющий и администратор.", " Managers see leases.")
    )
    return reply(
        q.language,
        "{if @1 empty}С {#1.endsFrom} по {#1.endsTo} договоров с окончанием срока, видимых вам, нет."
        f"{aside}{{else}}"
        'С {#1.endsFrom} по {#1.endsTo}: {@1.total | plural "договор" "договора" "договоров"}.\n'
        + rows.replace("%s", "до"),
        f"{{if @1 empty}}No lease that you can see ends between {{#1.endsFrom}} and {{#1.endsTo}}.{aside}{{else}}"
        'Between {#1.endsFrom} and {#1.endsTo}: {@1.total | plural "lease" "leases"}.\n' + rows.replace("%s", "until"),
        got,
    )


def _bounds(q: Question, now: date) -> tuple[date, date]:
    """The first and the last day that are asked for."""
    if q.gone and q.period and q.period.first_day:
        return q.period.first_day, q.period.last_day or now
    if q.ahead is None:
        return now, now + AHEAD
    first = max(now, q.ahead.first_day or now)
    return first, max(first, q.ahead.last_day or first + AHEAD)


def _soonest(q: Question, now: date) -> Plan:
    """The lease that ends next."""
    count = q.limit or 1
    got = yield from one("leases", building=q.building, endsFrom=now.isoformat(), orderBy=["END"], first=max(2, count))
    texts = "; ".join(
        f"{{if {s}.tenant}}{{{s}.tenant.name}}, {{end}}{{{s}.number}}: {{{s}.end}}"
        for s in (f"@1.nodes[{i}]" for i in range(min(count, len(got.nodes))))
    )
    return reply(
        q.language,
        f"{{if @1 empty}}Договоров со сроком, видимых вам, нет.{{else}}Раньше других заканчивается: {texts}.{{end}}",
        f"{{if @1 empty}}There are no leases with a term that you can see.{{else}}The next to end: {texts}.{{end}}",
        got,
    )


def leases(q: Question, context: Context) -> Plan:
    """The leases that run now."""
    got = yield from one("leases", building=q.building, status=["CURRENT"], orderBy=["NUMBER"], first=30)
    forms = '"действующий договор" "действующих договора" "действующих договоров"'
    return reply(
        q.language,
        "{if @1 empty}Действующих договоров, видимых вам, нет.{else}"
        f"Сейчас {{@1.total | plural {forms}}}:\n{ROWS_RU}{{end}}",
        "{if @1 empty}There are no current leases that you can see.{else}"
        f'{{@1.total | plural "current lease" "current leases"}}:\n{ROWS_EN}{{end}}',
        got,
    )


def pay(q: Question, context: Context) -> Plan:
    """What the rent is."""
    args, name = yield from _subject(q, context)
    if "id" in args:
        got = yield from one("lease", id=str(args["id"]))
        known = got.value.get("rent") is not None
        shown = "{@1.number}: " + ("{@1.rent}" if known else either(q.language, "не указана", "not given")) + "."
        return Reply(refer(shown, got))
    got = yield from one("leases", **args, status=CURRENT, orderBy=["NUMBER"], first=10)
    if any(n.get("rent") is not None for n in got.nodes):
        rows = "{for s in @1.nodes limit 10}\n• {s.number}{if s.tenant} ({s.tenant.name}){end}: {s.rent}\n{end}"
        return reply(q.language, f"Арендная ставка:\n{rows}", f"Rent:\n{rows}", got)
    return reply(
        q.language,
        f"{{if @1 empty}}{name}: действующих договоров, видимых вам, нет."
        f"{{else}}{name}: ставка не указана или вам не видна.{{end}}",
        f"{{if @1 empty}}{name}: no current leases that you can see."
        f"{{else}}{name}: the rent is not given, or not visible to you.{{end}}",
        got,
    )
