"""Where doors are open, where something moves or leaks, and whether there is smoke."""

from __future__ import annotations

from agent.offline.places import Place
from agent.offline.question import Question
from agent.offline.steps import Got, Plan, Reply, ask, call, refer
from agent.offline.values import FIELDS, seen, value, where

PRESENCE = {"MOTION", "OCCUPANCY"}
KINDS = {"DOOR", "LEAK", *PRESENCE}
NOWHERE = {
    "DOOR": ("Открытых дверей{0} сейчас нет", "No doors{0} are open now", "Открыто", "Open"),
    "MOTION": ("Движения{0} сейчас нет", "There is no motion{0} now", "Движение есть", "Motion"),
    "LEAK": ("Протечек{0} сейчас нет", "There are no leaks{0} now", "Протечка", "Leak"),
}
"""What is said when it is nowhere, and above the list of where it is."""


def is_switched(q: Question) -> bool:
    """Whether it is asked where something is open, moves or leaks, rather than how much."""
    asked = q.count or q.extremes or q.above is not None or q.below is not None
    return bool(q.kinds) and set(q.kinds) <= KINDS and q.kinds != ("OCCUPANCY",) and not asked


def switched(q: Question, here: list[Place]) -> Plan:
    """Where sensors say yes; that it is nowhere is said of how many sensors."""
    wanted = []
    for place in here:
        limits = {**place.args, "kind": list(q.kinds), "orderBy": ["CODE"]}
        wanted += [call("sensors", **limits, valueAbove=0, first=20, fields=FIELDS), call("sensors", **limits, first=1)]
    got = yield from ask(wanted)
    pairs = zip(here, got[::2], got[1::2], strict=True)
    return Reply("\n".join(refer(_switches(q, place, on, every), on, every) for place, on, every in pairs))


def _switches(q: Question, place: Place, on: Got, every: Got) -> str:
    ru, there = q.language == "ru", place.said(q.language)
    nothing_ru, nothing_en, head_ru, head_en = NOWHERE["MOTION" if set(q.kinds) <= PRESENCE else q.kinds[0]]
    if not every.nodes:
        none = f"Таких датчиков{there} нет." if ru else f"There are no such sensors{there}."
        return f"{{if @2 empty}}{none}{{end}}"
    if not on.nodes:
        nothing = (nothing_ru if ru else nothing_en).format(there)
        total = '{@2.total | plural "датчик" "датчика" "датчиков"}' if ru else '{@2.total | plural "sensor" "sensors"}'
        return f"{{if @1 empty}}{nothing} ({total}).{{end}}"
    rows = []
    for i, node in enumerate(on.nodes[:10]):
        item = f"@1.nodes[{i}]"
        rows.append(f"• {where(item)}{{if {item}.status != OK}} ({{{item}.status}}){{end}}, {seen(item, node, q)}")
    if len(on.nodes) > len(rows) or not on.complete:
        rows.append("… и другие" if ru else "… and others")
    return f"{head_ru if ru else head_en}{there}:\n" + "\n".join(rows)


def smoke(q: Question, place: Place) -> Plan:
    """Alarms about smoke, and the highest reading: where it is smoke is for the rule to say."""
    alarms, most = yield from ask([
        call("alarms", **place.args, kind=["SMOKE"], active=True, orderBy=["LAST_RAISED_AT DESC"], first=10),
        call("sensors", **place.args, kind=["SMOKE"], orderBy=["VALUE DESC"], first=5, fields=FIELDS),
    ])  # fmt: skip
    ru, there = q.language == "ru", place.said(q.language)
    nothing = f"Тревог о дыме{there} сейчас нет." if ru else f"There is no smoke alarm{there} now."
    head = f"Дым{there}" if ru else f"Smoke{there}"
    rows = "{for s in @1.nodes limit 10}\n• {if s.room}{s.room.number}: {end}{s.title} — {s.lastRaisedAt}\n{end}"
    text = f"{{if @1 empty}}{nothing}{{else}}{head}:\n{rows}{{end}}"
    known = [i for i, node in enumerate(most.nodes) if node.get("value") is not None]
    if known:
        item = f"@2.nodes[{known[0]}]"
        label = "Наибольшее показание" if ru else "The highest reading"
        text += f"\n{label}: {value(item, most.nodes[known[0]], q.language)} — {where(item)}."
    return Reply(refer(text, alarms, most))
