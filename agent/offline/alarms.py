"""Questions about alarms: which, how many, where, the last one, and whether it was acknowledged."""

from __future__ import annotations

from typing import Any

from agent.offline import say
from agent.offline.places import Place, places
from agent.offline.question import Context, Question
from agent.offline.steps import Call, Got, Plan, Reply, ask, call, refer, reply

NEWEST = ["LAST_RAISED_AT DESC"]
WHERE = (
    "{if @s.room}{@s.room.number}{else}{if @s.floor}{@s.floor.name}{else}{if @s.sensor}{@s.sensor.code}{end}{end}{end}"
)
LINE_RU = (
    f"• {WHERE}@building: {{@s.title}} — {{@s.state}}, с {{@s.lastRaisedAt}}"
    '{if @s.occurrences > 1}, {@s.occurrences | plural "раз" "раза" "раз"}{end}'
    "{if @s.unit}{if @s.peak}, пик {@s.peak}{end}{end}"
)
LINE_EN = (
    f"• {WHERE}@building: {{@s.title}} — {{@s.state}}, since {{@s.lastRaisedAt}}"
    '{if @s.occurrences > 1}, {@s.occurrences | plural "time" "times"}{end}'
    "{if @s.unit}{if @s.peak}, peak {@s.peak}{end}{end}"
)
DETAILS_RU = (
    "{@s.title}{if @s.room} в {@s.room.number}{end}@building: возникла {@s.lastRaisedAt}"
    "{if @s.unit}{if @s.peak}, пик {@s.peak}{end}{end},"
    " {if @s.returnedAt}в норме с {@s.returnedAt}{else}держится до сих пор{end};"
    " {if @s.acknowledgedAt}подтверждена {@s.acknowledgedAt}{if @s.acknowledgedBy}, кем: {@s.acknowledgedBy.name}{end}"
    "{else}ждёт подтверждения{end}{if @s.note}; пометка: «{@s.note}»{end}."
)
DETAILS_EN = (
    "{@s.title}{if @s.room} in {@s.room.number}{end}@building: raised {@s.lastRaisedAt}"
    "{if @s.unit}{if @s.peak}, peak {@s.peak}{end}{end},"
    " {if @s.returnedAt}back to normal {@s.returnedAt}{else}still going on{end};"
    " {if @s.acknowledgedAt}acknowledged {@s.acknowledgedAt}{if @s.acknowledgedBy} by {@s.acknowledgedBy.name}{end}"
    "{else}waiting for acknowledgement{end}{if @s.note}; note: “{@s.note}”{end}."
)
LINE, DETAILS = {"ru": LINE_RU, "en": LINE_EN}, {"ru": DETAILS_RU, "en": DETAILS_EN}
SHOWN = 10


def line(q: Question, item: str, *, details: bool = False) -> str:
    """An alarm in one line; the building is said where there are several."""
    building = f"{{if {item}.building}}, {{{item}.building.name}}{{end}}" if q.several else ""
    return (DETAILS if details else LINE)[q.language].replace("@s", item).replace("@building", building)


def filters(q: Question, place: Place) -> dict[str, Any]:
    """What of a question limits alarms, as arguments."""
    period = q.period
    found: dict[str, Any] = {
        **place.args,
        "kind": list(q.kinds),
        "priority": list(q.priorities),
        "category": list(q.categories),
        "acknowledged": q.acknowledged,
        "state": ["ACTIVE", "ACKNOWLEDGED", "RETURNED", "LATCHED"] if q.open else None,
        "raisedFrom": period.start.isoformat() if period and period.start else None,
        "raisedTo": period.end.isoformat() if period and period.end else None,
    }
    return {name: value for name, value in found.items() if value not in (None, [])}


def alarms(q: Question, context: Context) -> Plan:
    """Alarms: counted when a number is asked, the last ones when one is meant, else listed."""
    here = yield from places(q, context)
    if (q.count or q.group) and (q.current is False or q.group) and not q.state:
        return (yield from _counted(q, context, here))
    if q.last or ((q.who or q.when or q.state) and not q.count):
        return (yield from _last(q, here))
    return (yield from _listed(q, context, here))


def _listed(q: Question, context: Context, here: list[Place]) -> Plan:
    active = True if q.current is not False and q.acknowledged is None and not q.open else None
    first = min(q.limit or SHOWN, 50)
    calls = [call("alarms", **filters(q, place), active=active, orderBy=NEWEST, first=first) for place in here]
    returned = active and q.period is None and len(here) == 1
    if returned:
        calls.append(
            call("alarms", **{**filters(q, here[0]), "acknowledged": False}, active=False, orderBy=NEWEST, first=5)
        )
    got = yield from ask(calls)
    when = say.period(q.period, context, q.language, "#1.raisedFrom", "#1.raisedTo")
    lists = got[: len(here)]
    parts = [refer(_list(q, place, when, active=bool(active)), each) for place, each in zip(here, lists, strict=True)]
    if returned and got[-1].nodes:
        parts.append(refer(_waiting(q), got[-1]))
    return Reply("\n".join(parts))


def _list(q: Question, place: Place, when: str, *, active: bool) -> str:
    forms = say.alarm_forms(q, active=active)
    many, where = forms[2], place.said(q.language)
    number = f"{{@1.total | {say.plural(forms, q.language)}}}" if "{" not in many else f"{{@1.total}} {many}"
    rows = f"{{for s in @1.nodes limit {SHOWN}}}\n{line(q, 's')}\n{{end}}"
    if q.language == "ru":
        now = "Сейчас" if active else ""
        nothing = say.cap(say.line(now, when, many)) + where + (" нет." if active or not when else " не было.")
        return f"{{if @1 empty}}{nothing}{{else}}{say.cap(say.line(now, when, number))}{where}:\n{rows}{{end}}"
    now = " now" if active else ""
    after = f" {when}" if when else ""
    return f"{{if @1 empty}}No {many}{where}{now}{after}.{{else}}{number}{where}{now}{after}:\n{rows}{{end}}"


def _waiting(q: Question) -> str:
    return (
        '{if @1.nodes}Вернулись в норму, но ждут подтверждения: {@1.total | plural "тревога" "тревоги" "тревог"}:\n'
        if q.language == "ru"
        else '{if @1.nodes}Back to normal, waiting for somebody to acknowledge: {@1.total | plural "alarm" "alarms"}:\n'
    ) + f"{{for s in @1.nodes limit 5}}\n{line(q, 's')}\n{{end}}{{end}}"


def _counted(q: Question, context: Context, here: list[Place]) -> Plan:
    group = q.group or "ROOM"
    active = True if q.current else None
    got = yield from ask([call("alarmCounts", **filters(q, place), active=active, by=group) for place in here])
    when = say.period(q.period, context, q.language, "#1.raisedFrom", "#1.raisedTo")
    return Reply("\n".join(refer(_counts(q, place, when, each), each) for place, each in zip(here, got, strict=True)))


def _counts(q: Question, place: Place, when: str, got: Got) -> str:
    forms = say.alarm_forms(q, active=bool(q.current))
    where = place.said(q.language)
    order = sorted(range(len(got.nodes)), key=lambda i: -int(got.nodes[i].get("count") or 0))
    single = "room" in place.args or "sensor" in place.args
    elsewhere = "прочее" if q.language == "ru" else "elsewhere"
    names = [f"{{@1.nodes[{i}].label}}" if got.nodes[i].get("label") else elsewhere for i in order[:SHOWN]]
    counts = [f"• {name} — {{@1.nodes[{i}].count}}" for name, i in zip(names, order, strict=False)]
    rows = "" if single and not q.group else "\n".join(counts)
    if len(order) > SHOWN:
        rows += "\n" + ("… и другие" if q.language == "ru" else "… and others")
    total = (
        f"{{@1.nodes[*].count | sum | {say.plural(forms, q.language)}}}"
        if "{" not in forms[0]
        else "{@1.nodes[*].count | sum} " + forms[2]
    )
    head = total if got.complete else ""
    if q.language == "ru":
        nothing = say.cap(say.line(when, forms[2])) + where + " не было."
        number = say.cap(say.line(when, head or forms[1])) + where
    else:
        nothing = f"No {forms[2]}{where} {when}".rstrip() + "."
        number = f"{head or say.cap(forms[1])}{where} {when}".rstrip()
    return f"{{if @1 empty}}{nothing}{{else}}{number}" + (f":\n{rows}" if rows else ".") + "{end}"


def _last(q: Question, here: list[Place]) -> Plan:
    first = q.limit or (1 if q.last else 3)
    got = yield from ask([call("alarms", **filters(q, place), orderBy=NEWEST, first=min(first, 20)) for place in here])
    return Reply("\n".join(refer(_details(q, place, each), each) for place, each in zip(here, got, strict=True)))


def _details(q: Question, place: Place, got: Got) -> str:
    where, ru = place.said(q.language), q.language == "ru"
    lines = [line(q, f"@1.nodes[{i}]", details=True) for i in range(len(got.nodes))]
    nothing = f"Тревог{where} нет." if ru else f"No alarms{where}."
    return f"{{if @1 empty}}{nothing}{{else}}" + "\n".join(lines) + "{end}"


def rules(q: Question, context: Context) -> Plan:
    """The rules by which alarms are raised."""
    got = (
        yield from ask(
            [call("alarmRules", kind=list(q.kinds), enabled=True, building=q.building, orderBy=["NAME"], first=20)]
        )
    )[0]
    row = (
        "{{for s in @1.nodes limit 10}}\n• {{s.name}}: {{s.condition}} {{s.threshold}}"
        "{{if s.onDelay}}, {0} {{s.onDelay}}{{end}},"
        " {1} {{s.priority}}{{if s.room}}, {{s.room.number}}{{end}}\n{{end}}{{end}}"
    )
    return reply(
        q.language,
        "{if @1 empty}Таких правил тревог нет.{else}Правила тревог:\n" + row.format("дольше", "приоритет"),
        "{if @1 empty}There are no such alarm rules.{else}Alarm rules:\n" + row.format("for", "priority"),
        got,
    )


def events(q: Question, context: Context) -> Plan:
    """What was written into the log."""
    here = (yield from places(q, context, kinds=False))[0]
    period = q.period
    got = (yield from ask([_events(q, here, period)]))[0]
    when = say.period(period, context, q.language, "#1.atFrom", "#1.atTo")
    where = here.said(q.language) if "level" not in here.args else ""
    return reply(
        q.language,
        f"{{if @1 empty}}{say.cap(say.line(when, 'событий'))}{where} нет."
        f"{{else}}{say.cap(say.line(when, 'события'))}{where}:\n"
        "{for s in @1.nodes limit 10}\n• {s.at}: {s.text}{if s.room} ({s.room.number}){end}\n{end}{end}",
        f"{{if @1 empty}}No events{where} {when}".rstrip() + f".{{else}}Events{where} {when}".rstrip() + ":\n"
        "{for s in @1.nodes limit 10}\n• {s.at}: {s.text}{if s.room} ({s.room.number}){end}\n{end}{end}",
        got,
    )


def _events(q: Question, here: Place, period: Any) -> Call:
    limits = {k: v for k, v in here.args.items() if k in ("room", "building")}
    return call(
        "events", **limits, atFrom=period.start.isoformat() if period and period.start else None,
        atTo=period.end.isoformat() if period and period.end else None, orderBy=["AT DESC"], first=10,
    )  # fmt: skip
