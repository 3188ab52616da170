"""Questions about the sensors themselves: which there are, which are silent or out of order, how a place is in all."""

from __future__ import annotations

from agent.offline.places import Place, places
from agent.offline.question import Context, Question
from agent.offline.sensors import FIELDS, values
from agent.offline.steps import Plan, Reply, ask, call, refer

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
    """How a room or a floor is: what its sensors say, and its active alarms."""
    here = (yield from places(q, context))[0]
    got = yield from ask([
        call("sensors", **here.args, orderBy=["CODE"], first=20, fields=FIELDS),
        call("alarms", **here.args, active=True, orderBy=["LAST_RAISED_AT DESC"], first=5),
    ])  # fmt: skip
    state, alarms = got
    where, ru = here.said(q.language), q.language == "ru"
    nothing = (
        f"{{if @1 empty}}Активных тревог{where} нет.{{else}}"
        if ru
        else f"{{if @1 empty}}No active alarms{where}.{{else}}"
    )
    head = f"Активные тревоги{where}:\n" if ru else f"Active alarms{where}:\n"
    rows = "{for s in @1.nodes limit 5}\n• {s.title} — {s.state}, {s.raisedAt}\n{end}{end}"
    return Reply(refer(values(q, here, state, bounded=False), state) + "\n" + refer(nothing + head + rows, alarms))
