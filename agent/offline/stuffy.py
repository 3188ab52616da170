"""Where it is stuffy: CO2 above a bound, or an active alarm about it; else where there is most of it."""

from __future__ import annotations

from typing import Any

from agent.offline.places import places
from agent.offline.question import Context, Question
from agent.offline.sensors import extreme, nothing
from agent.offline.steps import Got, Plan, Reply, ask, call, refer
from agent.offline.values import FIELDS, seen, where

STUFFY = 1000
"""ppm of CO2 above which a room is called stuffy."""


def stuffy(q: Question, context: Context) -> Plan:
    """The rooms above the bound, the active alarms, and the room with most CO2 when there is none above."""
    here = (yield from places(q, context))[0]
    limits: dict[str, Any] = {**here.args, "kind": ["CO2"]}
    if q.opposite:
        got = yield from ask([call("sensors", **limits, orderBy=["VALUE"], first=8, fields=FIELDS)])
        return Reply(refer(extreme(q, here, "MIN", got[0]), *got))
    over, alarms, most = yield from ask([
        call("sensors", **limits, valueAbove=STUFFY, orderBy=["VALUE DESC"], first=10, fields=FIELDS),
        call("alarms", **limits, active=True, orderBy=["LAST_RAISED_AT DESC"], first=10),
        call("sensors", **limits, orderBy=["VALUE DESC"], first=8, fields=FIELDS),
    ])  # fmt: skip
    there = here.said(q.language)
    if not most.nodes:
        return Reply(refer(nothing(q, there, bounded=False), most))
    parts = [refer(_over(q, there, over), over)]
    if alarms.nodes:
        parts.append(refer(_alarmed(q, there), alarms))
    if not over.nodes:
        parts.append(refer(_most(q, most), most))
    return Reply("\n".join(part for part in parts if part))


def _over(q: Question, there: str, over: Got) -> str:
    ru = q.language == "ru"
    if not over.nodes:
        none = f"Выше {{#1.valueAbove}} ppm CO2{there} сейчас нигде нет."
        none_en = f"Nowhere{there} is CO2 above {{#1.valueAbove}} ppm now."
        return f"{{if @1 empty}}{none if ru else none_en}{{end}}"
    rows = [
        f"• {where(f'@1.nodes[{i}]')} — {{@1.nodes[{i}].value}}, {seen(f'@1.nodes[{i}]', node, q)}"
        for i, node in enumerate(over.nodes)
    ]
    if not over.complete:
        rows.append("… и другие" if ru else "… and others")
    head = f"Душно{there} (CO2 выше" if ru else f"Stuffy{there} (CO2 above"
    return f"{head} {{#1.valueAbove}} ppm):\n" + "\n".join(rows)


def _alarmed(q: Question, there: str) -> str:
    head = "Действуют тревоги по CO2" if q.language == "ru" else "Active CO2 alarms"
    rows = (
        "{for s in @1.nodes limit 5}\n• {if s.room}{s.room.number}: {end}{s.title} — {s.value}, {s.lastRaisedAt}\n{end}"
    )
    return f"{head}{there}:\n{rows}"


def _most(q: Question, most: Got) -> str:
    known = [i for i, node in enumerate(most.nodes) if node.get("value") is not None]
    if not known:
        return ""
    item = f"@1.nodes[{known[0]}]"
    when = seen(item, most.nodes[known[0]], q)
    head = "Больше CO2, чем в других местах" if q.language == "ru" else "The most CO2"
    return f"{head}: {where(item)} — {{{item}.value}}{f' ({when})' if when else ''}."
