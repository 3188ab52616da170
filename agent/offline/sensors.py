"""Questions about what sensors say now: values, extremes, stuffiness, and which sensors say nothing."""

from __future__ import annotations

from typing import Any

from agent.offline.places import Place, places
from agent.offline.question import Context, Question
from agent.offline.say import cap
from agent.offline.steps import Got, Plan, Reply, ask, call, refer, reply

STUFFY = 1000
"""ppm of CO2 above which a room is called stuffy; active alarms about CO2 count, too."""
SWITCHES = {
    "DOOR": (("дверь открыта", "дверь не открыта"), ("the door is open", "the door is shut")),
    "MOTION": (("есть движение", "движения нет"), ("motion", "no motion")),
    "LEAK": (("протечка!", "протечки нет"), ("a leak!", "no leak")),
    "SMOKE": (("дым!", "дыма нет"), ("smoke!", "no smoke")),
}
"""Sensors that say yes or no."""
NOWHERE = {
    "DOOR": ("Открытых дверей{0} сейчас нет", "No doors{0} are open now", "Открыто", "Open"),
    "MOTION": ("Движения{0} сейчас нет", "There is no motion{0} now", "Движение есть", "Motion"),
    "LEAK": ("Протечек{0} сейчас нет", "There are no leaks{0} now", "Протечка", "Leak"),
    "SMOKE": ("Дыма{0} сейчас нет", "There is no smoke{0} now", "Дым", "Smoke"),
}
PRESENCE = {"MOTION", "OCCUPANCY"}
EXTREME = {
    "TEMPERATURE": (
        "Самая высокая температура",
        "Самая низкая температура",
        "The highest temperature",
        "The lowest temperature",
    ),
    "HUMIDITY": ("Самая высокая влажность", "Самая низкая влажность", "The highest humidity", "The lowest humidity"),
    "CO2": ("Самая высокая концентрация CO2", "Самая низкая концентрация CO2", "The highest CO2", "The lowest CO2"),
    "POWER": ("Самая большая мощность", "Самая малая мощность", "The highest power", "The lowest power"),
    "LIGHT": ("Самое светлое место", "Самое тёмное место", "The brightest place", "The darkest place"),
    "NOISE": ("Самое шумное место", "Самое тихое место", "The noisiest place", "The quietest place"),
    "OCCUPANCY": ("Больше людей", "Меньше людей", "Most people", "Fewest people"),
}
"""How the highest and the lowest value of a kind are spoken of, in Russian and in English."""
OTHER = ("Наибольшее значение", "Наименьшее значение", "The highest value", "The lowest value")
FIELDS = ["room.number", "floor.name"]
ORDER = {"MAX": "VALUE DESC", "MIN": "VALUE"}
SHOWN = 10


def where_of(item: str) -> str:
    """Where a sensor is: its room, its floor, or its own code."""
    floor = f"{{if {item}.floor}}{{{item}.floor.name}}, {{end}}"
    return f"{{if {item}.room}}{{{item}.room.number}}{{else}}{floor}{{{item}.code}}{{end}}"


def value_of(item: str, kind: str | None, language: str) -> str:
    """A sensor's value; switches in words; a sensor that is not well is said to be so."""
    said = SWITCHES.get(kind or "")
    n = 0 if language == "ru" else 1
    plain = f"{{if {item}.value}}{said[n][0]}{{else}}{said[n][1]}{{end}}" if said else f"{{{item}.value}}"
    ill = ("датчик", "sensor")[n]
    if said:
        return f"{{if {item}.status == OK}}{plain}{{else}}{ill}: {{{item}.status}}{{end}}"
    return f"{{{item}.value}}{{if {item}.status != OK}} ({ill}: {{{item}.status}}){{end}}"


def sensors(q: Question, context: Context) -> Plan:
    """Values now, of the kinds and places asked for."""
    here = yield from places(q, context)
    if q.sensors and here[0].hit and here[0].hit.kind == "SENSOR":
        return (yield from _single(q, here[0]))
    if q.extremes and "MEAN" not in q.extremes and not (len(here) == 1 and "room" in here[0].args):
        return (yield from _extremes(q, here))
    switches = bool(q.kinds) and set(q.kinds) <= {*SWITCHES, *PRESENCE} and not q.count
    if switches and q.above is None and q.below is None and not any("room" in place.args for place in here):
        return (yield from _switched(q, here))
    above, below = q.above, q.below
    order = ["VALUE DESC"] if above is not None else ["VALUE"] if below is not None else ["CODE"]
    wanted = [
        call(
            "sensors",
            **place.args,
            kind=list(q.kinds),
            valueAbove=above,
            valueBelow=below,
            orderBy=order,
            first=30,
            fields=FIELDS,
        )
        for place in here
    ]
    got = yield from ask(wanted)
    bounded = above is not None or below is not None
    return Reply("\n".join(refer(values(q, place, each, bounded), each) for place, each in zip(here, got, strict=True)))


def _single(q: Question, place: Place) -> Plan:
    assert place.hit is not None
    got = (yield from ask([call("sensor", id=place.hit.id, fields=FIELDS)]))[0]
    value = value_of("@1", str(got.value.get("kind")), q.language)
    return reply(
        q.language,
        f"{{@1.code}}, {{@1.kind}}{{if @1.room}}, {{@1.room.number}}{{end}}: {value}{{if @1.at}}, {{@1.at}}{{end}}.",
        f"{{@1.code}}, {{@1.kind}}{{if @1.room}}, {{@1.room.number}}{{end}}: {value}{{if @1.at}}, {{@1.at}}{{end}}.",
        got,
    )


def _switched(q: Question, here: list[Place]) -> Plan:
    """Where doors are open, where something moves, leaks or smokes; that it is nowhere is said of how many sensors."""
    wanted = []
    for place in here:
        wanted.append(
            call("sensors", **place.args, kind=list(q.kinds), valueAbove=0, orderBy=["CODE"], first=20, fields=FIELDS)
        )
        wanted.append(call("sensors", **place.args, kind=list(q.kinds), orderBy=["CODE"], first=1))
    got = yield from ask(wanted)
    pairs = zip(here, got[::2], got[1::2], strict=True)
    return Reply("\n".join(refer(_switches(q, place, on, every), on, every) for place, on, every in pairs))


def _switches(q: Question, place: Place, on: Got, every: Got) -> str:
    ru, where = q.language == "ru", place.said(q.language)
    kind = "MOTION" if set(q.kinds) <= PRESENCE else q.kinds[0]
    nothing_ru, nothing_en, head_ru, head_en = NOWHERE[kind]
    if not every.nodes:
        return refer(_nothing(q, where, bounded=False), every)
    if not on.nodes:
        nothing = (nothing_ru if ru else nothing_en).format(where)
        total = '{@2.total | plural "датчик" "датчика" "датчиков"}' if ru else '{@2.total | plural "sensor" "sensors"}'
        return f"{{if @1 empty}}{nothing} ({total}).{{end}}"
    rows = (
        "{for s in @1.nodes limit 10}\n• "
        + where_of("s")
        + "{if s.status != OK} ({s.status}){end}{if s.at}, {s.at | ago}{end}\n{end}"
    )
    return f"{head_ru if ru else head_en}{where}:\n{rows}"


def _kind(q: Question, got: Got) -> str | None:
    """The one kind that a result is about."""
    kinds = {str(n.get("kind")) for n in got.nodes}
    return kinds.pop() if len(kinds) == 1 else None


def values(q: Question, place: Place, got: Got, bounded: bool) -> str:
    ru, kind, where = q.language == "ru", _kind(q, got), place.said(q.language)
    if not got.nodes:
        return _nothing(q, where, bounded)
    if "MEAN" in q.extremes and kind not in SWITCHES and got.complete and len(got.nodes) > 1 and not bounded:
        mean = "{@1.nodes[*].value | mean | round 1}"
        return f"В среднем{where}: {mean}." if ru else f"On average{where}: {mean}."
    inside = "room" in place.args
    if len(got.nodes) == 1 and inside and not bounded:
        value = value_of("@1.nodes[0]", kind, q.language)
        when = "{if @1.nodes[0].at} ({@1.nodes[0].at | ago}){end}"
        name = "" if kind in SWITCHES else "{@1.nodes[0].kind}: " if ru else ": {@1.nodes[0].kind} "
        return f"Сейчас{where} {name}{value}{when}." if ru else f"Now{where}{name or ': '}{value}{when}."
    rows = []
    for i, node in enumerate(got.nodes[:SHOWN]):
        item = f"@1.nodes[{i}]"
        name = (
            f"{{{item}.code}}, {{{item}.kind}}"
            if inside
            else where_of(item)
            if kind
            else f"{where_of(item)}, {{{item}.kind}}"
        )
        rows.append(f"• {name}: {value_of(item, str(node.get('kind')), q.language)}")
    if (got.total > SHOWN and len(got.nodes) > SHOWN) or not got.complete:
        rows.append("… и другие" if ru else "… and others")
    head = _bound(q, ru) + where if bounded else (f"Сейчас{where}" if ru else f"Now{where}")
    return f"{head}:\n" + "\n".join(rows)


def _bound(q: Question, ru: bool) -> str:
    """«Выше 25 (температура) — 2 места»."""
    total = '{@1.total | plural "место" "места" "мест"}' if ru else '{@1.total | plural "place" "places"}'
    kind = " ({#1.kind})" if q.kinds else ""
    words = []
    if q.above is not None:
        words.append("выше {#1.valueAbove}" if ru else "above {#1.valueAbove}")
    if q.below is not None:
        words.append("ниже {#1.valueBelow}" if ru else "below {#1.valueBelow}")
    return cap((" и " if ru else " and ").join(words)) + f"{kind} — {total}"


def _nothing(q: Question, where: str, bounded: bool) -> str:
    kind = " ({#1.kind})" if q.kinds else ""
    if q.language == "ru":
        words = "Таких мест сейчас" if bounded else "Датчиков"
        return f"{{if @1 empty}}{words}{kind}{where} нет.{{end}}"
    words = "There are no such places" if bounded else "There are no sensors"
    return f"{{if @1 empty}}{words}{kind}{where}.{{end}}"


def _extremes(q: Question, here: list[Place]) -> Plan:
    """The first few by value; those that say nothing are passed over."""
    sides = [side for side in q.extremes if side in ("MAX", "MIN")]
    pairs = [(place, side) for place in here for side in sides]
    first = min(max(q.limit or 0, 3) + 5, 50)
    got = yield from ask([
        call("sensors", **place.args, kind=list(q.kinds), orderBy=[ORDER[side]], first=first, fields=FIELDS)
        for place, side in pairs
    ])  # fmt: skip
    return Reply(
        "\n".join(refer(_extreme(q, place, side, each), each) for (place, side), each in zip(pairs, got, strict=True))
    )


def _extreme(q: Question, place: Place, side: str, got: Got) -> str:
    n = 0 if q.language == "ru" else 1
    where, known = place.said(q.language), [i for i, node in enumerate(got.nodes) if node.get("value") is not None]
    if not known:
        return (
            _nothing(q, where, bounded=False)
            if not got.nodes
            else (f"Датчики{where} молчат." if n == 0 else f"The sensors{where} are silent.")
        )
    head = EXTREME.get(_kind(q, got) or "", OTHER)[2 * n + (side == "MIN")]
    top = f"@1.nodes[{known[0]}]"
    ill = f"{{if {top}.status != OK}} ({('датчик', 'sensor')[n]}: {{{top}.status}}){{end}}"
    text = f"{head}{where}: {{{top}.value}} — {where_of(top)}{ill}."
    others = known[1 : max(q.limit or 3, 2)]
    if others:
        text += (
            (" Дальше: ", " Next: ")[n]
            + ", ".join(f"{where_of(f'@1.nodes[{i}]')} ({{@1.nodes[{i}].value}})" for i in others)
            + "."
        )
    return text


def stuffy(q: Question, context: Context) -> Plan:
    """Where it is stuffy: CO2 above a bound, or an active alarm about it; else where there is most of it."""
    here = (yield from places(q, context))[0]
    limits: dict[str, Any] = {**here.args, "kind": ["CO2"]}
    if q.opposite:
        return (yield from _fresh(q, limits, here))
    got = yield from ask([
        call("sensors", **limits, valueAbove=STUFFY, orderBy=["VALUE DESC"], first=10, fields=FIELDS),
        call("alarms", **limits, active=True, orderBy=["LAST_RAISED_AT DESC"], first=10),
        call("sensors", **limits, orderBy=["VALUE DESC"], first=8, fields=FIELDS),
    ])  # fmt: skip
    over, alarms, most = got
    where, ru = here.said(q.language), q.language == "ru"
    parts = [refer(_over(ru, where, over), over)]
    if alarms.nodes:
        parts.append(refer(_alarmed(ru, where, bool(over.nodes)), alarms))
    known = [i for i, node in enumerate(most.nodes) if node.get("value") is not None]
    if not over.nodes and known:
        top = f"@1.nodes[{known[0]}]"
        row = f"{where_of(top)} — {{{top}.value}}{{if {top}.at}} ({{{top}.at | ago}}){{end}}."
        parts.append(refer(("Больше CO2, чем в других местах: " if ru else "The most CO2: ") + row, most))
    elif not most.nodes:
        parts = [refer(_nothing(q, where, bounded=False), most)]
    return Reply("\n".join(parts))


def _over(ru: bool, where: str, over: Got) -> str:
    if not over.nodes:
        return (
            f"{{if @1 empty}}Выше {{#1.valueAbove}} ppm CO2{where} сейчас нигде нет.{{end}}"
            if ru
            else f"{{if @1 empty}}Nowhere{where} is CO2 above {{#1.valueAbove}} ppm now.{{end}}"
        )
    rows = "{for s in @1.nodes limit 10}\n• " + where_of("s") + " — {s.value}{if s.at} ({s.at | ago}){end}\n{end}"
    return (
        f"Душно{where} (CO2 выше {{#1.valueAbove}} ppm):\n"
        if ru
        else f"Stuffy{where} (CO2 above {{#1.valueAbove}} ppm):\n"
    ) + rows


def _alarmed(ru: bool, where: str, also: bool) -> str:
    head = ("Тревога по CO2 сейчас активна" if ru else "A CO2 alarm is active now") + where + ":\n"
    return (
        head
        + "{for s in @1.nodes limit 5}\n• {if s.room}{s.room.number}: {end}{s.title} — {s.value}, {s.raisedAt}\n{end}"
    )


def _fresh(q: Question, limits: dict[str, Any], here: Place) -> Plan:
    got = (yield from ask([call("sensors", **limits, orderBy=["VALUE"], first=8, fields=FIELDS)]))[0]
    return Reply(refer(_extreme(q, here, "MIN", got), got))
