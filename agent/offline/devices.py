"""Questions about the sensors themselves: which there are, which are silent or out of order, how a place is in all."""

from __future__ import annotations

from dataclasses import replace

from agent.offline.places import Place, places
from agent.offline.question import Context, Question
from agent.offline.sensors import ORDER, extreme, values
from agent.offline.steps import Call, Plan, Reply, ask, call, one, refer
from agent.offline.values import FIELDS

NOT_OK = ["STALE", "FAULT", "UNKNOWN"]


def listed(q: Question, context: Context) -> Plan:
    """Which sensors there are, with what they say."""
    here = yield from places(q, context)
    got = yield from ask(
        [call("sensors", **place.args, kind=list(q.kinds), orderBy=["CODE"], first=20, fields=FIELDS) for place in here]
    )
    return Reply("\n".join(refer(_sensors(q, place), each) for place, each in zip(here, got, strict=True)))


def _sensors(q: Question, place: Place) -> str:
    where, ru = place.said(q.language), q.language == "ru"
    kind = " ({#1.kind})" if q.kinds else ""
    total = '{@1.total | plural "датчик" "датчика" "датчиков"}' if ru else '{@1.total | plural "sensor" "sensors"}'
    room = "" if "room" in place.args else "{if s.room}, {s.room.number}{end}"
    ill = "{if s.status != OK} ({s.status}){end}"
    rows = f"{{for s in @1.nodes limit 10}}\n• {{s.code}}: {{s.kind}}{room} — {{s.value}}{ill}\n{{end}}"
    nothing = f"Датчиков{kind}{where} нет." if ru else f"There are no sensors{kind}{where}."
    return f"{{if @1 empty}}{nothing}{{else}}{total}{kind}{where}:\n{rows}{{end}}"


def faults(q: Question, context: Context) -> Plan:
    """Which sensors are silent or out of order."""
    here, wanted = (yield from places(q, context)), list(q.statuses) or NOT_OK
    got = yield from ask([
        call("sensors", **place.args, kind=list(q.kinds), status=wanted, orderBy=["CODE"], first=20, fields=FIELDS)
        for place in here
    ])  # fmt: skip
    return Reply("\n".join(refer(_ill(q, place), each) for place, each in zip(here, got, strict=True)))


def _ill(q: Question, place: Place) -> str:
    where, ru = place.said(q.language), q.language == "ru"
    silent = set(q.statuses) == {"STALE", "UNKNOWN"}
    if ru:
        total = '{@1.total | plural "датчик" "датчика" "датчиков"}'
        nothing = f"Молчащих датчиков{where} нет." if silent else f"Неисправных и молчащих датчиков{where} нет."
        verb = '{@1.total | form "Молчит" "Молчат" "Молчат"}' if silent else "Не в порядке"
        head = f"{verb}{where} {total}"
    else:
        total = '{@1.total | plural "sensor" "sensors"}'
        nothing = f"No silent sensors{where}." if silent else f"No faulty or silent sensors{where}."
        head = f"{total} {'silent' if silent else 'not in order'}{where}"
    seen = ", последнее показание {s.at}" if ru else ", last reading {s.at}"
    row = f"• {{s.code}}{{if s.room}} ({{s.room.number}}){{end}}: {{s.status}}{{if s.at}}{seen}{{end}}"
    rows = f"{{for s in @1.nodes limit 10}}\n{row}\n{{end}}"
    return f"{{if @1 empty}}{nothing}{{else}}{head}:\n{rows}{{end}}"


def overview(q: Question, context: Context) -> Plan:
    """How a place is: what its sensors say (of a floor the extremes), and its active alarms."""
    here = (yield from places(q, context))[:4]
    if len(here) == 1 and "room" not in here[0].args and "sensor" not in here[0].args:
        return (yield from _at_large(q, here[0]))
    got = yield from ask([c for place in here for c in (_state(place), _alarms(place))])
    parts = []
    for place, state, alarms in zip(here, got[::2], got[1::2], strict=True):
        parts += [refer(values(q, place, state, bounded=False), state), refer(_active(q, place), alarms)]
    return Reply("\n".join(parts))


def _state(place: Place) -> Call:
    return call("sensors", **place.args, orderBy=["CODE"], first=20, fields=FIELDS)


def _alarms(place: Place) -> Call:
    return call("alarms", **place.args, active=True, orderBy=["LAST_RAISED_AT DESC"], first=5)


def _active(q: Question, place: Place) -> str:
    there, ru = place.said(q.language), q.language == "ru"
    room = "" if "room" in place.args else "{if s.room}{s.room.number}: {end}"
    rows = f"{{for s in @1.nodes limit 5}}\n• {room}{{s.title}} — {{s.state}}, {{s.lastRaisedAt}}\n{{end}}{{end}}"
    if ru:
        return f"{{if @1 empty}}Активных тревог{there} нет.{{else}}Активные тревоги{there}:\n{rows}"
    return f"{{if @1 empty}}No active alarms{there}.{{else}}Active alarms{there}:\n{rows}"


def _at_large(q: Question, place: Place) -> Plan:
    """A floor or a building: its alarms, the extremes of temperature and CO2, the sensors that are not well."""
    asked = [("TEMPERATURE", "MAX"), ("TEMPERATURE", "MIN"), ("CO2", "MAX")]
    got = yield from ask([
        _alarms(place),
        *(
            call("sensors", **place.args, kind=[kind], orderBy=[ORDER[side]], first=5, fields=FIELDS)
            for kind, side in asked
        ),
        call("sensors", **place.args, status=NOT_OK, orderBy=["CODE"], first=5, fields=FIELDS),
    ])  # fmt: skip
    nowhere, brief = replace(place, russian="", english=""), replace(q, limit=1)
    parts = [refer(_active(q, place), got[0])]
    for (_, side), each in zip(asked, got[1:4], strict=True):
        if any(node.get("value") is not None for node in each.nodes):
            parts.append(refer(extreme(brief, nowhere, side, each), each))
    if got[4].nodes:
        parts.append(refer(_ill(replace(q, statuses=()), nowhere), got[4]))
    if "level" in place.args and not any(each.nodes for each in got[1:4]):
        there = yield from one("rooms", **place.args, orderBy=["NUMBER"], first=50)
        parts.append(refer(_rooms_there(q), there))
    return Reply("\n".join(parts))


def _rooms_there(q: Question) -> str:
    """The rooms of a floor where nothing is measured."""
    row = (
        "{for s in @1.nodes limit 30}\n• {s.number}{if s.name} {s.name}{end}{if s.tenant} — {s.tenant.name}{end}\n{end}"
    )
    if q.language == "ru":
        return '{if not @1 empty}{@1.total | plural "помещение" "помещения" "помещений"}:\n' + row + "{end}"
    return '{if not @1 empty}{@1.total | plural "room" "rooms"}:\n' + row + "{end}"
