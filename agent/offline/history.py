"""Questions about what sensors said: extremes and means of a period, the course of values, a value at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agent.offline import say
from agent.offline.calendar import Period
from agent.offline.places import Place, places
from agent.offline.question import Context, Question
from agent.offline.steps import Call, Got, Plan, Reply, ask, call, refer

FIELDS = ["sensor.kind", "sensor.room.number"]
NAMES = {
    "MAX": ("максимум", "maximum"), "MIN": ("минимум", "minimum"), "MEAN": ("в среднем", "on average"),
}  # fmt: skip
SAY_YES = {"DOOR", "MOTION", "LEAK"}
ROWS = 12
BEFORE = timedelta(minutes=45)
"""How far back the last value before a moment is looked for."""


def history(q: Question, context: Context) -> Plan:
    """What was asked of the past: a moment, extremes, or the course."""
    here = yield from places(q, context)
    period = q.period or _usual(context)
    if period.point and period.start:
        return (yield from _moment(q, context, here[0], period.start))
    if q.trend and not q.extremes:
        return (yield from _course(q, context, here[0], period))
    return (yield from _extremes(q, context, here, period))


def _usual(context: Context) -> Period:
    """A day back, when nobody said since when."""
    return Period(context.now - timedelta(days=1), None, "last day")


def _readings(q: Question, place: Place, period: Period, bucket: str, aggregate: str, first: int = 200) -> Call:
    return call(
        "readings",
        **place.args,
        kind=list(q.kinds),
        from_=period.start.isoformat() if period.start else None,
        to=period.end.isoformat() if period.end else None,
        bucket=bucket,
        aggregate=aggregate,
        first=first,
        fields=FIELDS,
    )


def _extremes(q: Question, context: Context, here: list[Place], period: Period) -> Plan:
    if not q.extremes and set(q.kinds) and set(q.kinds) <= SAY_YES:
        return (yield from _switched(q, context, here[0], period))
    wanted = q.extremes or ("MIN", "MAX", "MEAN")
    pairs = [(place, aggregate) for place in here for aggregate in wanted]
    got = yield from ask([_readings(q, place, period, "WHOLE", aggregate) for place, aggregate in pairs])
    when = say.period(period, context, q.language, "#1.from", "#1.to")
    if not any(each.nodes for each in got):
        return Reply(refer(_nothing(q, here[0], when), got[0]))
    if len(here) == 1 and len(wanted) > 1 and len({_code(n) for n in got[0].nodes}) == 1:
        return Reply(_together(q, here[0], when, list(zip(wanted, got, strict=True))))
    return Reply("\n".join(refer(_extreme(q, p, a, when, each), each) for (p, a), each in zip(pairs, got, strict=True)))


def _switched(q: Question, context: Context, place: Place, period: Period) -> Plan:
    """Which doors were opened, where something moved or leaked: the greatest value that each sensor had."""
    got = (yield from ask([_readings(q, place, period, "WHOLE", "MAX")]))[0]
    when = say.period(period, context, q.language, "#1.from", "#1.to")
    if not got.nodes:
        return Reply(refer(_nothing(q, place, when), got))
    ru, head = q.language == "ru", refer(_head(q, place, when, got), got)
    on = [i for i, node in enumerate(got.nodes) if node.get("value")]
    if not on:
        nothing = "срабатываний нет" if ru else "nothing happened"
        return Reply(refer(f"{head}: {{if not @1.nodes[0].value}}{nothing}{{end}}.", got))
    rows = "\n".join(f"• {_where(f'@1.nodes[{i}]')}{_at('MAX', got, i)}" for i in on[:10])
    rest = ("\n… и другие" if ru else "\n… and others") if len(on) > 10 or not got.complete else ""
    return Reply(refer(f"{head}:\n{rows}{rest}", got))


def _code(node: Any) -> str:
    return str((node.get("sensor") or {}).get("code"))


def _together(q: Question, place: Place, when: str, got: list[tuple[str, Got]]) -> str:
    n = 0 if q.language == "ru" else 1
    parts = ", ".join(f"{NAMES[aggregate][n]} {{r{each.number}.nodes[0].value}}" for aggregate, each in got)
    head = refer(_head(q, place, when, got[0][1]), got[0][1])
    return f"{head}: {parts}."


def _head(q: Question, place: Place, when: str, got: Got) -> str:
    kinds = {str((n.get("sensor") or {}).get("kind")) for n in got.nodes}
    kind = (
        "{@1.nodes[0].sensor.kind | cap}"
        if len(kinds) == 1 and "None" not in kinds
        else ("Значения" if q.language == "ru" else "Values")
    )
    return say.line(kind + place.said(q.language), when)


def _extreme(q: Question, place: Place, aggregate: str, when: str, got: Got) -> str:
    ru, n = q.language == "ru", 0 if q.language == "ru" else 1
    if not got.nodes:
        return _nothing(q, place, when)
    known = [i for i, node in enumerate(got.nodes) if node.get("value") is not None]
    if not known:
        return (
            f"Показаний{place.said(q.language)} за это время не вижу."
            if ru
            else f"I see readings without values{place.said(q.language)}."
        )
    head = _head(q, place, when, got)
    if aggregate == "MEAN":
        rows = known
    else:
        rows = sorted(known, key=lambda i: got.nodes[i]["value"], reverse=aggregate == "MAX")
    best, item = rows[0], f"@1.nodes[{rows[0]}]"
    inside = "room" in place.args or "sensor" in place.args
    if len(rows) == 1 or (
        inside and aggregate != "MEAN" and len({str((got.nodes[i].get("sensor") or {}).get("kind")) for i in rows}) == 1
    ):
        whose = f" ({{{item}.sensor.code}})" if len(rows) > 1 else ""
        place_of = "" if inside else f" — {_where(item)}"
        return f"{head}: {NAMES[aggregate][n]} {{{item}.value}}{whose}{place_of}{_at(aggregate, got, best)}."
    shown = rows[: 3 if aggregate != "MEAN" else 8]
    lines = "\n".join(f"• {_where(f'@1.nodes[{i}]')} — {{@1.nodes[{i}].value}}" for i in shown)
    rest = ("\n… и другие" if ru else "\n… and others") if len(rows) > len(shown) or not got.complete else ""
    return f"{head}, {NAMES[aggregate][n]}:\n{lines}{rest}"


def _at(aggregate: str, got: Got, index: int) -> str:
    """When the extreme was, if the graph tells a moment and not just the beginning of the period."""
    node = got.nodes[index]
    if aggregate == "MEAN" or not node.get("at") or node.get("at") == node.get("bucketStart"):
        return ""
    return f", {{@1.nodes[{index}].at}}"


def _where(item: str) -> str:
    room = f"{{if {item}.sensor.room}}{{{item}.sensor.room.number}}, {{end}}"
    return f"{{if {item}.sensor}}{room}{{{item}.sensor.code}}{{else}}—{{end}}"


def _nothing(q: Question, place: Place, when: str) -> str:
    where, kind = place.said(q.language), " ({#1.kind})" if q.kinds else ""
    if q.language == "ru":
        return f"{{if @1 empty}}Показаний{kind}{where} {when or 'за это время'} нет.{{end}}"
    return f"{{if @1 empty}}There are no readings{kind}{where} {when}".rstrip() + ".{end}"


# -- the course of values


def _course(q: Question, context: Context, place: Place, period: Period) -> Plan:
    got = (yield from ask([_readings(q, place, period, _bucket(period, context), "MEAN")]))[0]
    when = say.period(period, context, q.language, "#1.from", "#1.to")
    if len({_code(n) for n in got.nodes}) > 1:
        return (yield from _courses(q, context, place, period))
    if not got.nodes:
        return Reply(refer(_nothing(q, place, when), got))
    more = yield from ask([_readings(q, place, period, "WHOLE", a) for a in ("MIN", "MAX")])
    ru = q.language == "ru"
    order = sorted(range(len(got.nodes)), key=lambda i: str(got.nodes[i].get("at")))
    rows = [order[i] for i in _sampled(len(order))]
    lines = "\n".join(f"• {{@1.nodes[{i}].{_time(got, i)}}} — {{@1.nodes[{i}].value}}" for i in rows)
    low, high = (f"{{r{each.number}.nodes[0].value}}" if each.nodes else "—" for each in more)
    span = f"от {low} до {high}" if ru else f"between {low} and {high}"
    change = (
        "было {@1.nodes[0].value}, стало {@1.nodes[-1].value}"
        if ru
        else "first {@1.nodes[0].value}, last {@1.nodes[-1].value}"
    )
    return Reply(refer(f"{_head(q, place, when, got)}: {span}; {change}.\n{lines}", got))


def _time(got: Got, index: int) -> str:
    return "bucketStart" if got.nodes[index].get("bucketStart") else "at"


def _sampled(count: int) -> list[int]:
    """At most ROWS indexes, evenly spread, the first and the last among them."""
    if count <= ROWS:
        return list(range(count))
    return sorted({round(i * (count - 1) / (ROWS - 1)) for i in range(ROWS)})


def _bucket(period: Period, context: Context) -> str:
    start: datetime = period.start or context.now - timedelta(days=30)
    length = min(period.end or context.now, context.now) - start
    if length <= timedelta(hours=3):
        return "QUARTER_HOUR"
    if length <= timedelta(days=2):
        return "HOUR"
    return "DAY" if length <= timedelta(days=35) else "WEEK" if length <= timedelta(days=250) else "MONTH"


def _courses(q: Question, context: Context, place: Place, period: Period) -> Plan:
    """Of several sensors: what each said first and last."""
    first, last = yield from ask([_readings(q, place, period, "WHOLE", a) for a in ("FIRST", "LAST")])
    when = say.period(period, context, q.language, "#1.from", "#1.to")
    ends = {_code(n): i for i, n in enumerate(last.nodes)}
    rows = [(i, ends[_code(n)]) for i, n in enumerate(first.nodes) if _code(n) in ends]
    lines = "\n".join(
        f"• {_where(f'@1.nodes[{i}]')}: {{@1.nodes[{i}].value}} → {{@2.nodes[{j}].value}}" for i, j in rows[:10]
    )
    rest = ("\n… и другие" if q.language == "ru" else "\n… and others") if len(rows) > 10 else ""
    return Reply(refer(f"{_head(q, place, when, first)}:\n{lines}{rest}", first, last))


def _moment(q: Question, context: Context, place: Place, at: datetime) -> Plan:
    """The last value before a moment."""
    window = Period(at - BEFORE, at + timedelta(minutes=1))
    got = (yield from ask([_readings(q, place, window, "WHOLE", "LAST")]))[0]
    if not got.nodes:
        return Reply(refer(_nothing(q, place, ""), got))
    lines = [
        f"{_where(f'@1.nodes[{i}]')}: {{@1.nodes[{i}].value}} ({{@1.nodes[{i}].at}})"
        for i in range(min(8, len(got.nodes)))
    ]
    head = _head(q, place, "", got)
    return Reply(refer(f"{head}: " + "; ".join(lines) + ".", got))
