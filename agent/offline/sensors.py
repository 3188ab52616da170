"""Questions about what sensors say now: values, means, the highest and the lowest."""

from __future__ import annotations

from agent.offline.places import Place, places
from agent.offline.question import Context, Question
from agent.offline.say import cap
from agent.offline.steps import Call, Got, Plan, Reply, ask, call, refer
from agent.offline.switches import is_switched, smoke, switched
from agent.offline.values import FIELDS, seen, switch, value, where

EXTREME = {
    "TEMPERATURE": (
        "Самая высокая температура", "Самая низкая температура", "The highest temperature", "The lowest temperature",
    ),
    "HUMIDITY": ("Самая высокая влажность", "Самая низкая влажность", "The highest humidity", "The lowest humidity"),
    "CO2": ("Самая высокая концентрация CO2", "Самая низкая концентрация CO2", "The highest CO2", "The lowest CO2"),
    "POWER": ("Самая большая мощность", "Самая малая мощность", "The highest power", "The lowest power"),
    "LIGHT": ("Самое светлое место", "Самое тёмное место", "The brightest place", "The darkest place"),
    "NOISE": ("Самое шумное место", "Самое тихое место", "The noisiest place", "The quietest place"),
    "OCCUPANCY": ("Больше людей", "Меньше людей", "Most people", "Fewest people"),
}  # fmt: skip
"""How the highest and the lowest value of a kind are spoken of, in Russian and in English."""
OTHER = ("Наибольшее значение", "Наименьшее значение", "The highest value", "The lowest value")
ORDER = {"MAX": "VALUE DESC", "MIN": "VALUE"}
SHOWN = 10


def sensors(q: Question, context: Context) -> Plan:
    """Values now, of the kinds and places asked for."""
    here = yield from places(q, context)
    if q.sensors and here[0].hit and here[0].hit.kind == "SENSOR":
        return (yield from _single(q, here[0]))
    inside = any("room" in place.args for place in here)
    if not inside and is_switched(q):
        return (yield from switched(q, here))
    if not inside and set(q.kinds) == {"SMOKE"}:
        return (yield from smoke(q, here[0]))
    if q.extremes and "MEAN" not in q.extremes and not (inside and len(here) == 1):
        return (yield from _extremes(q, here))
    if q.count and q.kinds == ("OCCUPANCY",) and not inside:
        return (yield from _heads(q, here[0]))
    got = yield from ask([_values(q, place) for place in here])
    bounded = q.above is not None or q.below is not None
    return Reply("\n".join(refer(values(q, p, each, bounded), each) for p, each in zip(here, got, strict=True)))


def _values(q: Question, place: Place) -> Call:
    order = ["VALUE DESC"] if q.above is not None else ["VALUE"] if q.below is not None else ["CODE"]
    return call(
        "sensors",
        **place.args,
        kind=list(q.kinds),
        valueAbove=q.above,
        valueBelow=q.below,
        orderBy=order,
        first=100 if "MEAN" in q.extremes else 30,
        fields=FIELDS,
    )


def _heads(q: Question, place: Place) -> Plan:
    """How many people there are, by the sensors that count them."""
    got = (yield from ask([call("sensors", **place.args, kind=["OCCUPANCY"], orderBy=["VALUE DESC"], first=100)]))[0]
    there = place.said(q.language)
    if not got.nodes or not got.complete:
        return Reply(refer(nothing(q, there, bounded=False), got))
    total = "{@1.nodes[*].value | sum}"
    text = f"Сейчас{there} по датчикам: {total}." if q.language == "ru" else f"Now{there} by the sensors: {total}."
    return Reply(refer(text, got))


def _single(q: Question, place: Place) -> Plan:
    assert place.hit is not None
    got = (yield from ask([call("sensor", id=place.hit.id, fields=FIELDS)]))[0]
    said = value("@1", got.value, q.language)
    when = seen("@1", got.value, q)
    text = f"{{@1.code}}, {{@1.kind}}{{if @1.room}}, {{@1.room.number}}{{end}}: {said}{f', {when}' if when else ''}."
    return Reply(refer(text, got))


def one_kind(got: Got) -> str | None:
    """The one kind that a result is about."""
    kinds = {str(n.get("kind")) for n in got.nodes}
    return kinds.pop() if len(kinds) == 1 else None


def values(q: Question, place: Place, got: Got, bounded: bool) -> str:
    """What the sensors of a place say, as a template over `@1`."""
    ru, there = q.language == "ru", place.said(q.language)
    if not got.nodes:
        return nothing(q, there, bounded)
    mean = "MEAN" in q.extremes and not any(switch(n) for n in got.nodes) and got.complete and not bounded
    if mean and len(got.nodes) > 1 and one_kind(got):
        average = "{@1.nodes[*].value | mean | round 1}"
        return f"В среднем{there}: {average}." if ru else f"On average{there}: {average}."
    if len(got.nodes) == 1 and "room" in place.args and not bounded:
        return _alone(q, there, got)
    rows = [_row(q, place, got, i) for i in range(min(SHOWN, len(got.nodes)))]
    if len(got.nodes) > SHOWN or not got.complete:
        rows.append("… и другие" if ru else "… and others")
    head = _bound(q, ru) + there if bounded else (f"Сейчас{there}" if ru else f"Now{there}")
    return f"{head}:\n" + "\n".join(rows)


def _alone(q: Question, there: str, got: Got) -> str:
    ru, node, item = q.language == "ru", got.nodes[0], "@1.nodes[0]"
    said, when = value(item, node, q.language), seen(item, node, q)
    name = "" if switch(node) else f" {{{item}.kind}}"
    after = f" ({when})" if when else ""
    return f"Сейчас{there}{name}{':' if name else ''} {said}{after}." if ru else f"Now{there}:{name} {said}{after}."


def _row(q: Question, place: Place, got: Got, index: int) -> str:
    item = f"@1.nodes[{index}]"
    if "room" in place.args:
        name = f"{{{item}.code}}" + ("" if switch(got.nodes[index]) else f", {{{item}.kind}}")
    else:
        name = where(item) if one_kind(got) else f"{where(item)}, {{{item}.kind}}"
    return f"• {name}: {value(item, got.nodes[index], q.language)}"


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


def nothing(q: Question, there: str, bounded: bool) -> str:
    """That no sensor, or no place with such values, was found."""
    kind = " ({#1.kind})" if q.kinds else ""
    if q.language == "ru":
        words = "Таких мест сейчас" if bounded else "Датчиков"
        return f"{{if @1 empty}}{words}{kind}{there} нет.{{end}}"
    words = "There are no such places" if bounded else "There are no sensors"
    return f"{{if @1 empty}}{words}{kind}{there}.{{end}}"


def _extremes(q: Question, here: list[Place]) -> Plan:
    """The first few by value; those that say nothing are passed over."""
    sides = [side for side in q.extremes if side in ORDER]
    pairs = [(place, side) for place in here for side in sides]
    first = min(max(q.limit or 0, 3) + 5, 50)
    got = yield from ask([
        call("sensors", **place.args, kind=list(q.kinds), orderBy=[ORDER[side]], first=first, fields=FIELDS)
        for place, side in pairs
    ])  # fmt: skip
    return Reply("\n".join(refer(extreme(q, p, side, each), each) for (p, side), each in zip(pairs, got, strict=True)))


def extreme(q: Question, place: Place, side: str, got: Got) -> str:
    """The highest or lowest value, and the next ones, as a template over `@1`."""
    n, there = 0 if q.language == "ru" else 1, place.said(q.language)
    known = [i for i, node in enumerate(got.nodes) if node.get("value") is not None]
    if not known:
        silent = (f"Датчики{there} молчат.", f"The sensors{there} are silent.")[n]
        return silent if got.nodes else nothing(q, there, bounded=False)
    head = EXTREME.get(one_kind(got) or "", OTHER)[2 * n + (side == "MIN")]
    top = f"@1.nodes[{known[0]}]"
    text = f"{head}{there}: {value(top, got.nodes[known[0]], q.language)} — {where(top)}."
    others = known[1 : q.limit or 3]
    if others:
        rows = (f"{where(f'@1.nodes[{i}]')} ({{@1.nodes[{i}].value}})" for i in others)
        text += (" Дальше: ", " Next: ")[n] + ", ".join(rows) + "."
    return text
