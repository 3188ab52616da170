"""Questions about the fire alarm panel: what it says, of which zones, and who is in a zone."""

from __future__ import annotations

from agent.offline.question import Context, Question
from agent.offline.sentence import Sentence
from agent.offline.steps import Plan, ask, call, one, reply

STATES = {
    "ALARM": ("тревог*", "пожар*", "горит", "горят", "alarm*", "fire", "burning"),
    "FAULT": ("неисправ*", "поврежд*", "сломан*", "fault*", "broken"),
    "DISABLEMENT": ("отключ*", "выключ*", "disabled", "disablement*", "off"),
    "TEST": ("проверк*", "проверя*", "тест*", "test*"),
}
"""Words by which a person asks for one thing that the panel may say."""


def zone(s: Sentence) -> str | None:
    """The code of the fire zone that is named: «зона 3», «в третьей зоне», "zone A2"; its words are taken."""
    for at in range(len(s)):
        if not s.speaks(at, "ZONE"):
            continue
        after = at + 1
        while s.word(after) in ("№", "#", "номер", "number", "no"):
            after += 1
        number = s.number(after)
        if number is not None and not s.speaks(after + number.words, "FLOOR"):
            s.take(at, after + number.words, "zone")
            return number.text
        raw = s.tokens[after].raw if s.free(after) else ""
        if any(c.isdigit() for c in raw) or (len(raw) == 1 and raw.isupper()):
            s.take(at, after + 1, "zone")
            return raw
        for before in range(max(0, at - 3), at):
            number = s.number(before)
            if number is not None and number.ordinal and before + number.words in (at, at - 1):
                s.take(before, at + 1, "zone")
                return number.text
    return None


def states(s: Sentence) -> tuple[str, ...]:
    """What of the panel's states is asked for; «пожарная зона», "fire panel" ask for none."""
    found = []
    for at in range(len(s)):
        word = s.word(at)
        near = any(s.speaks(n, "ZONE") or s.word(n).startswith(("панел", "panel", "сигнал")) for n in (at + 1, at + 2))
        if not word or (near and word.startswith(("пожарн", "fire"))):
            continue
        for state, stems in STATES.items():
            if any(word.startswith(stem[:-1]) if stem.endswith("*") else word == stem for stem in stems):
                found.append(state)
    return tuple(dict.fromkeys(found))


def _key(q: Question, context: Context) -> str | None:
    """The zone with its building's code, so that the same code elsewhere is not meant."""
    if q.zone is None:
        return None
    known = [b for b in context.buildings if q.building in (None, b.id)]
    return f"{known[0].code}/{q.zone}" if len(known) == 1 else q.zone


def panel(q: Question, context: Context) -> Plan:
    """What the panel says now: of all zones, or of one."""
    got = yield from one(
        "panelConditions", building=q.building, zone=_key(q, context), kind=list(q.panel), standing=True, first=20,
        fields=["zone.name"],
    )  # fmt: skip
    where = _of_zone(q)
    row = "{if s.zone}{s.zone.code}{if s.zone.name} ({s.zone.name}){end}{end}: {s.kind}, "
    note = "{if s.note}. {s.note}{end}\n{end}{end}"
    kind = " ({#1.kind})" if q.panel else ""
    return reply(
        q.language,
        f"{{if @1 empty}}Пожарная панель{where} сейчас ничего не сообщает{kind}."
        f"{{else}}Пожарная панель сообщает{kind}:\n{{for s in @1.nodes limit 20}}\n• зона {row}с {{s.since}}{note}",
        f"{{if @1 empty}}The fire panel says nothing{where} now{kind}."
        f"{{else}}The fire panel says{kind}:\n{{for s in @1.nodes limit 20}}\n• zone {row}since {{s.since}}{note}",
        got,
    )


def _of_zone(q: Question) -> str:
    if q.zone is None:
        return ""
    return " о зоне {#1.zone}" if q.language == "ru" else " of zone {#1.zone}"


def zones(q: Question, context: Context) -> Plan:
    """The fire zones: all, those of a floor, or those of which the panel says something."""
    if q.panel or q.current:
        return (yield from panel(q, context))
    known = [b for b in context.buildings if q.building in (None, b.id)]
    floor = f"{known[0].code}/{q.levels[0]}" if q.levels and len(known) == 1 else None
    got = yield from one("fireZones", building=q.building, floor=floor, first=50)
    row = "{for s in @1.nodes limit 20}\n• {s.code}{if s.name} — {s.name}{end}\n{end}{end}"
    return reply(
        q.language,
        "{if @1 empty}Пожарных зон здесь нет.{else}"
        '{@1.total | plural "пожарная зона" "пожарные зоны" "пожарных зон"}:\n' + row,
        '{if @1 empty}There are no fire zones here.{else}{@1.total | plural "fire zone" "fire zones"}:\n' + row,
        got,
    )


def people(q: Question, context: Context) -> Plan:
    """Who is in a zone: its rooms with their tenants and how to reach them, the list of whom to lead out."""
    if q.zone is None:
        return (yield from zones(q, context))
    key = _key(q, context)
    reach = ["tenant.contact", "tenant.phone"]
    zone, rooms = yield from ask(
        [call("fireZone", id=key), call("rooms", fireZone=key, orderBy=["NUMBER"], first=100, fields=reach)]
    )
    row = "\n• {s.number}{if s.name} {s.name}{end}{if s.tenant}: {s.tenant.name}"
    row += "{if s.tenant.contact}, {s.tenant.contact}{end}{if s.tenant.phone}, {s.tenant.phone}{end}{end}"
    listed = "{for s in @2.nodes limit 60}" + row + "{end}"
    return reply(
        q.language,
        "{if @1 empty}Такой пожарной зоны я не вижу. Проверьте её номер."
        "{else}Зона {@1.code}{if @1.name} ({@1.name}){end}: "
        '{@2.total | plural "помещение" "помещения" "помещений"}:' + listed + "{end}",
        "{if @1 empty}I see no such fire zone. Check its number."
        '{else}Zone {@1.code}{if @1.name} ({@1.name}){end}: {@2.total | plural "room" "rooms"}:' + listed + "{end}",
        zone,
        rooms,
    )
